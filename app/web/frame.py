"""The frame of pages: routes, renderer, front-end packages and refusals as pages are put on a Flask application here, once."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import orjson
from flask import Blueprint, Flask, Response, request

from app.api.doors import Door
from app.api.limits import Limiter
from app.api.words import TAGS
from app.config import CHECKOUT
from app.core.system import System
from app.errors import Unseen
from app.people.roles import WALL_ONLY
from app.web import account, acts, drafts, sign_in, vendor, visits
from app.web.inside import Inside
from app.web.look import Look, Page, Shown
from app.web.renderer import Renderer
from app.web.screens import Porch, hang
from app.web.vocabulary import Vocabulary

PROBLEM = "application/problem+json"
READMES = {"zh": CHECKOUT / "README.md", "en": CHECKOUT / "README.en.md"}


def install(
    app: Flask, system: System, doors: Sequence[Door], pages: Sequence[Page], vocabulary: Vocabulary, limiter: Limiter
) -> tuple[Page, ...]:
    """Hangs the features' pages and the frame's own; gives all of them."""
    every = (*pages, *sign_in.PAGES, *account.PAGES, *drafts.PAGES, *acts.act_pages(vocabulary), *PAGES)
    app.register_blueprint(Blueprint("web", __name__, static_folder="static", static_url_path="/static"))
    vendor.install(app)
    tools = {"vendor": vendor.vendor, "asset": vendor.asset, "icon": vendor.icon}
    porch = Porch(system, Inside(doors), Renderer(every, vocabulary, tools), limiter)
    hang(app, porch, every)

    @app.before_request
    def in_clicked_language() -> None:
        """Refusals are worded by the language that a request asks for; on a page that is the one which was clicked."""
        if not request.path.startswith("/api/"):
            request.environ["HTTP_ACCEPT_LANGUAGE"] = TAGS[visits.lang_of(request)]

    @app.after_request
    def problem_as_page(response: Response) -> Response:
        """The same refusal, with the same status and sentence, for eyes."""
        request.environ.setdefault("citydesk.door", f"page {request.endpoint or 'none'}")
        if response.mimetype != PROBLEM or not wants_page():
            return response
        return refused(porch, response)

    return every


def wants_page() -> bool:
    """Data doors always speak JSON; elsewhere a browser, which asks for text/html, gets a page."""
    if request.path.startswith("/api/"):
        return False
    return "HX-Request" in request.headers or request.accept_mimetypes.best_match((PROBLEM, "text/html")) == "text/html"


def refused(porch: Porch, response: Response) -> Response:
    asked = request._get_current_object()  # type: ignore[attr-defined]  # as everywhere in the frame
    known = visits.visitor(porch.system, asked) if response.status_code < 500 else None
    if known is not None and known.actor.scopes == WALL_ONLY:
        known = None  # what a page offers to who has signed in is not for whoever walks by
    look = Look(porch.system, asked, visits.lang_of(asked), porch.inside, porch.limiter, known)
    problem = orjson.loads(response.get_data())
    template = "problem-part.html" if look.partial else "problem.html"
    response.set_data(porch.renderer.render(look, PROBLEM_PAGE, Shown(template, {"problem": problem})))
    response.mimetype = "text/html"
    visits.remember_language(asked, response)
    if look.partial:
        # Whatever part was asked for, the page keeps what it shows and says why it did not change.
        response.headers["HX-Retarget"], response.headers["HX-Reswap"] = "#said", "beforeend"
    return response


def readme(look: Look) -> Response:
    """The tour, as it stands beside the code."""
    path: Path = READMES[look.lang]
    if not path.exists():
        raise Unseen
    return Response(path.read_text(encoding="utf-8"), content_type="text/plain; charset=utf-8")


def nothing(look: Look, **path: Any) -> Shown:
    raise Unseen


PROBLEM_PAGE = Page("/problem", nothing, "请求被拒绝", "Refused", public=True)
PAGES = (Page("/readme", readme, "使用导览", "A tour", public=True),)
