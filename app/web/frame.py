"""Pages for people with a browser: one layout, both languages, and every refusal as a page instead of JSON."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import orjson
from flask import Blueprint, Flask, Response, render_template, request

from app.config import CHECKOUT

PROBLEM = "application/problem+json"
LANGUAGES = ("zh", "en")
READMES: Mapping[str, Path] = {"zh": CHECKOUT / "README.zh.md", "en": CHECKOUT / "README.md"}
pages = Blueprint("web", __name__, template_folder="templates", static_folder="static", static_url_path="/static")


def lang() -> str:
    """The language of a page: the one clicked, else the browser's, else Chinese."""
    asked = request.args.get("lang", "")
    return asked if asked in LANGUAGES else request.accept_languages.best_match(LANGUAGES, "zh")


def page(template: str, language: str, **values: Any) -> str:
    return render_template(template, lang=language, other="en" if language == "zh" else "zh", path=request.path, **values)


@pages.get("/")
def index() -> str:
    """What this is, and where to go on."""
    return page("index.html", lang(), has_readme=readme_of(lang()) is not None)


@pages.get("/readme")
def readme() -> Response:
    """The tour, as it stands beside the code."""
    text = readme_of(lang())
    return Response(text or "", 200 if text else 404, content_type="text/plain; charset=utf-8")


def readme_of(language: str) -> str | None:
    path = READMES[language] if READMES[language].exists() else READMES["en"]
    return path.read_text(encoding="utf-8") if path.exists() else None


def wants_page() -> bool:
    """Data doors always speak JSON; elsewhere a browser, which asks for text/html, gets a page."""
    return not request.path.startswith("/api/") and request.accept_mimetypes.best_match((PROBLEM, "text/html")) == "text/html"


def problem_as_page(response: Response) -> Response:
    """The same refusal, with the same status and sentence, for eyes."""
    request.environ.setdefault("citydesk.door", f"page {request.endpoint or 'none'}")
    if response.mimetype != PROBLEM or not wants_page():
        return response
    problem = orjson.loads(response.get_data())
    language = "en" if response.headers.get("Content-Language") == "en" else "zh"
    response.set_data(page("problem.html", language, problem=problem))
    response.mimetype = "text/html"
    return response


def install(app: Flask) -> None:
    app.register_blueprint(pages)
    app.after_request(problem_as_page)
