"""Pages become routes: who comes in, what he may open, what a refusal looks like, and how a thing done is told."""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from flask import Flask, Response, redirect, request

from app.api.doors import rule_of
from app.api.limits import Limiter
from app.api.words import TAGS
from app.core.system import System
from app.errors import Forbidden, Refusal, TooMany, Unauthenticated
from app.people.roles import LIMITED, WALL_ONLY
from app.web import kept, visits
from app.web.inside import Inside
from app.web.look import Done, Look, Page, Shown, Visitor
from app.web.renderer import Renderer

TOLD = "citydesk_told"
OPEN_TO_ALL = frozenset({"/password", "/sign-out", "/account/second-factor", "/account/second-factor/confirm"})


@dataclass(frozen=True, slots=True)
class Porch:
    """What every page's way in needs."""

    system: System
    inside: Inside
    renderer: Renderer
    limiter: Limiter


def hang(app: Flask, porch: Porch, pages: Iterable[Page]) -> None:
    for number, page in enumerate(pages):
        options: dict[str, Any] = {"methods": [page.method], "provide_automatic_options": False}
        app.add_url_rule(rule_of(page.path), f"page {number} {page.method} {page.path}", entrance(porch, page), **options)


def entrance(porch: Porch, page: Page) -> Callable[..., Response]:
    def enter(**path: Any) -> Response:
        asked = request._get_current_object()  # type: ignore[attr-defined]  # the proxy costs more than the request itself
        asked.environ["citydesk.door"] = f"page {page.method} {page.path}"
        asked.max_content_length = page.upload
        look = Look(porch.system, asked, visits.lang_of(asked), porch.inside, porch.limiter, visits.visitor(porch.system, asked))
        try:
            made = answer(porch, page, look, admitted(porch, page, look, path), path)
        except Unauthenticated:
            made = to_sign_in(porch, look)
        visits.remember_language(asked, made)
        made.headers["Vary"] = "Cookie, Accept-Language, HX-Request"
        return made

    return enter


def admitted(porch: Porch, page: Page, look: Look, path: dict[str, Any]) -> Refusal | None:
    """A refusal of a form that can be shown again with what was typed, None when all is well; other refusals are raised."""
    if page.method != "GET":
        visits.same_site(look.request)
    if page.public:
        return counted(porch, page, look)
    if look.visitor is None:
        raise Unauthenticated("请先登录。", "Sign in first.")
    porch.limiter.by_token(look.actor.id)
    if look.actor.scopes in LIMITED and page.path not in OPEN_TO_ALL:
        raise Forbidden("请先修改初始密码，或设置动态验证码。", "First change the password, or set up the second factor.")
    if look.actor.scopes == WALL_ONLY and not page.wall and page.path not in OPEN_TO_ALL:
        raise Forbidden("此屏只显示大屏；要做别的，请重新登录。", "This screen shows the wall and nothing else; sign in again for more.")
    if page.roles and not look.has(*page.roles):
        raise Forbidden("您的角色不能打开此页面。", "This page is not for your role.")
    if page.method == "GET":
        return None
    return proven(page, look, look.visitor)


def counted(porch: Porch, page: Page, look: Look) -> TooMany | None:
    """Too many requests of one address are refused; a form all the same comes back with what was typed."""
    try:
        porch.limiter.by_address(look.request.remote_addr)
    except TooMany as refusal:
        if page.again is None:
            raise
        return refusal
    return None


def proven(page: Page, look: Look, visitor: Visitor) -> Refusal | None:
    """A form of a session that ended meanwhile is shown once more, for this session, with all that was typed."""
    try:
        visits.prove_ours(look.request, visitor)
    except Forbidden as refusal:
        if page.again is None:
            raise
        return refusal
    return None


def answer(porch: Porch, page: Page, look: Look, before: Refusal | None, path: dict[str, Any]) -> Response:
    try:
        if before is not None:
            raise before
        given = page.view(look, **path)
    except Refusal as refusal:
        if page.again is None or (isinstance(refusal, Unauthenticated) and not page.public):
            raise
        given = page.again(look, refusal, **path)
    else:
        forget_draft(look, given)
    return as_response(porch, page, look, given)


def forget_draft(look: Look, given: Any) -> None:
    """What was sent is no draft any more: a form names its draft in the field `draft`."""
    if isinstance(given, Done) and given.sent and look.visitor is not None and look.form.get("draft"):
        look.drop_draft(look.form["draft"])


def as_response(porch: Porch, page: Page, look: Look, given: Any) -> Response:
    if isinstance(given, Response):
        return given
    if not isinstance(given, (Done, Shown)):
        raise TypeError(f"a page gave {type(given).__name__}")
    made = went_well(look, given) if isinstance(given, Done) else shown(porch, page, look, given)
    if given.session is not None:
        visits.keep(look.request, made, given.session)
    return made


def shown(porch: Porch, page: Page, look: Look, given: Shown) -> Response:
    told = read_told(look) if not look.partial else None
    text = porch.renderer.render(look, page, given, told)
    made = Response(text, given.status, headers=dict(given.headers), mimetype="text/html")
    made.headers["Content-Language"] = TAGS[look.lang]
    made.headers.setdefault("Cache-Control", "no-store")
    if told is not None:
        made.delete_cookie(TOLD)
    return made


def went_well(look: Look, done: Done) -> Response:
    """A full page goes on to where it is told; a part of a page is told what happened and what to fetch anew."""
    words = look.t(done.zh, done.en)
    if look.partial and not done.to:
        made = Response(status=204)
        # Headers are ASCII, in which JSON can say anything.
        made.headers["HX-Trigger"] = json.dumps({"citydesk:done": {"said": words}})
        return made
    made = Response(status=204) if look.partial else redirect(done.to or look.request.referrer or "/", 303)  # type: ignore[assignment]
    if look.partial:
        made.headers["HX-Redirect"] = done.to
    if words:
        made.set_cookie(TOLD, urlsafe_b64encode(words.encode()).decode(), max_age=60, samesite="Lax", httponly=True)
    return made


def read_told(look: Look) -> str | None:
    """What the page before wants said on this one."""
    raw = look.request.cookies.get(TOLD)
    if not raw:
        return None
    try:
        return urlsafe_b64decode(raw.encode()).decode()[:300]
    except ValueError:
        return ""


def to_sign_in(porch: Porch, look: Look) -> Response:
    """A part of a page is told that nobody is signed in, and the page asks in place; a form is kept and sent again afterwards."""
    if look.partial:
        made = Response(status=401)
        made.headers["HX-Trigger"] = "citydesk:signin"
        return made
    if look.request.path == "/" and visits.COOKIE not in look.request.cookies:
        # Whoever comes to the front door without ever having signed in is a citizen.
        return redirect("/portal", 303)  # type: ignore[return-value]
    if look.request.method == "GET":
        return redirect(f"/sign-in?{visits.next_query(look.request)}", 303)  # type: ignore[return-value]
    again = Shown("sign-in.html", {"kept": kept.of_form(look), "to": look.request.path, "expired": True, "second": False}, status=401)
    return shown(porch, SIGN_IN_AGAIN, look, again)


SIGN_IN_AGAIN = Page("/sign-in", lambda look: None, "登录", "Sign in", public=True)
