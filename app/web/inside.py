"""The API's doors asked from inside by a page: the same schemas, views, rights and refusals, without a second request on the wire."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from flask import Request
from werkzeug.datastructures import FileStorage

from app.api.body import check, tidy
from app.api.doors import Answer, Ask, Door
from app.api.porter import within_scope
from app.api.words import TAGS
from app.errors import Unauthenticated

if TYPE_CHECKING:
    from app.web.look import Look

Files = Mapping[str, FileStorage]


class Inside:
    """All doors by method and path."""

    def __init__(self, doors: Sequence[Door]) -> None:
        self.doors = {door.name: door for door in doors}

    def ask(
        self, look: Look, method: str, path: str, ids: Mapping[str, Any], query: Mapping[str, Any] | None = None,
        body: Mapping[str, Any] | None = None, files: Files | None = None, step: str = "",
    ) -> Any:  # fmt: skip
        """The body of the door's answer."""
        given = self.whole(look, method, path, ids, query, body, files, step)
        return given.body if isinstance(given, Answer) else given

    def whole(
        self, look: Look, method: str, path: str, ids: Mapping[str, Any], query: Mapping[str, Any] | None = None,
        body: Mapping[str, Any] | None = None, files: Files | None = None, step: str = "",
    ) -> Any:  # fmt: skip
        """All that the door's view gives. KeyError for a door that does not exist, which a test finds."""
        door = self.doors[f"{method} {path}"]
        if look.visitor is None and not door.public:
            raise Unauthenticated("请先登录。", "Sign in first.")
        if not door.public:
            within_scope(door, look.actor)
        asked = as_asked(look, files, step)
        ask = Ask(look.system, look.actor, asked, read_body(door, body or {}), check(door.query_schema, dict(query or {})))
        return door.view(ask, **ids)


def read_body(door: Door, body: Mapping[str, Any]) -> dict[str, Any]:
    tidied: dict[str, Any] = tidy(dict(body))
    if door.triggers is not None or door.request_schema is None:
        return tidied
    return check(door.request_schema, tidied)


def as_asked(look: Look, files: Files | None, step: str = "") -> Request:
    """The page's request as an API client would have sent it: language, token, and the form's key and version as headers."""
    environ = {**look.request.environ, "HTTP_ACCEPT_LANGUAGE": TAGS[look.lang]}
    for name in ("HTTP_IF_MATCH", "HTTP_IDEMPOTENCY_KEY", "HTTP_AUTHORIZATION", "werkzeug.request"):
        environ.pop(name, None)
    if look.visitor is not None:
        environ["HTTP_AUTHORIZATION"] = f"Bearer {look.visitor.token}"
    if look.request.method == "POST":
        version, key = look.form.get("version", ""), look.form.get("key", "")
        if version and not step:
            environ["HTTP_IF_MATCH"] = f'"{version}"'
        if key:
            environ["HTTP_IDEMPOTENCY_KEY"] = f"{key}-{step}" if step else key
    asked = Request(environ)
    if files is not None:
        asked.__dict__["files"] = files
    return asked
