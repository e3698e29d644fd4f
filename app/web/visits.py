"""A browser's session: its cookie, the proof that a form is ours, and how a visitor comes in, leaves, or has to sign in once more."""

from __future__ import annotations

import hashlib
import hmac
from urllib.parse import urlencode, urlsplit

from flask import Request, Response

from app.core.system import System
from app.errors import Forbidden, Unauthenticated
from app.people.signin import authenticate_token
from app.web.look import Visitor

COOKIE, LANGUAGE, REFRESH = "citydesk_session", "citydesk_lang", "X-Refresh"
LANGUAGES = ("zh", "en")
YEAR = 365 * 24 * 3600


def csrf_of(token: str) -> str:
    """Derived from the session's secret, so that nothing has to be stored: another site can neither read nor guess it."""
    return hmac.new(token.encode(), b"citydesk form", hashlib.sha256).hexdigest()[:40]


def visitor(system: System, request: Request) -> Visitor | None:
    """Who has come, by the cookie; nobody when there is none or its session has ended. A page that refreshes itself is no sign of life."""
    token = request.cookies.get(COOKIE, "")
    if not token:
        return None
    try:
        actor = authenticate_token(system, token, idle_counts=REFRESH not in request.headers)
    except Unauthenticated:
        return None
    request.environ["citydesk.actor"] = actor.label
    return Visitor(token, actor, csrf_of(token))


def prove_ours(request: Request, known: Visitor) -> None:
    """A form that changes something was made by a page of ours, for this session."""
    given = request.headers.get("X-CSRF-Token") or request.form.get("csrf", "")
    if not hmac.compare_digest(given.encode(), known.csrf.encode()):
        raise Forbidden("页面已过期，请刷新后重试。", "This page is out of date; reload it and try again.")


def same_site(request: Request) -> None:
    """What another site makes a browser send is refused, also where nobody has signed in."""
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
        raise Forbidden("请求来自别的网站。", "This request comes from another site.")
    origin = request.headers.get("Origin")
    if origin and origin != "null" and urlsplit(origin).netloc != request.host:
        raise Forbidden("请求来自别的网站。", "This request comes from another site.")


def lang_of(request: Request) -> str:
    """The language of a page: the one just clicked, the one clicked before, else the browser's, else Chinese."""
    for asked in (request.args.get("lang", ""), request.cookies.get(LANGUAGE, "")):
        if asked in LANGUAGES:
            return asked
    return request.accept_languages.best_match(LANGUAGES, "zh")


def remember_language(request: Request, response: Response) -> None:
    asked = request.args.get("lang", "")
    if asked in LANGUAGES:
        response.set_cookie(LANGUAGE, asked, max_age=YEAR, samesite="Lax", secure=request.is_secure, httponly=True)


def keep(request: Request, response: Response, token: str) -> None:
    """The cookie lives as long as the browser; the session itself ends by its own limits. An empty token is forgotten."""
    if token:
        response.set_cookie(COOKIE, token, samesite="Lax", secure=request.is_secure, httponly=True)
    else:
        response.delete_cookie(COOKIE, samesite="Lax", httponly=True)


def inner_path(wanted: str) -> str:
    """Where to go on after signing in: a path of ours, never another site."""
    parts = urlsplit(wanted)
    ours = wanted.startswith("/") and not wanted.startswith(("//", "/\\")) and not parts.netloc
    return wanted if ours and "\\" not in wanted and wanted.isprintable() else "/"


def next_query(request: Request) -> str:
    """The query of the sign-in page that leads back to what was asked for."""
    return urlencode({"next": request.full_path.rstrip("?")}) if request.path != "/" else ""
