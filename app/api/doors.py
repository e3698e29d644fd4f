"""A door: one address, one method, one view, as a row of data; what a view is given, and what it may give back."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import orjson
from flask import Request, Response
from marshmallow import Schema
from werkzeug.routing import BaseConverter, Rule

from app.api.conditions import etag, expected_version, idempotency_key
from app.api.fields import Triggers
from app.api.values import Body, shown
from app.api.words import preferred
from app.core.actors import Actor
from app.core.system import System

PREFIX = "/api/v1"
NO_QUERY = Body()


@dataclass(slots=True)
class Ask:
    """What a view is given: who asks, in which language, and what was sent, already checked."""

    system: System
    actor: Actor
    request: Request
    body: dict[str, Any] = field(default_factory=dict)
    query: dict[str, Any] = field(default_factory=dict)

    @property
    def lang(self) -> str:
        return preferred(self.request.headers.get("Accept-Language", ""))

    @property
    def key(self) -> str | None:
        """The idempotency key, to be handed to the command."""
        return idempotency_key(self.request.headers.get("Idempotency-Key"))

    def expected(self, current: Callable[[], int]) -> int | None:
        """The version that If-Match expects, to be handed to the command."""
        return expected_version(self.request.headers.get("If-Match"), current)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a view gives back when a plain mapping with status 200 does not say it all. `version` becomes the ETag."""

    body: Any
    status: int = 200
    version: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Door:
    """`path` is written as in OpenAPI, below /api/v1: `{id}` and `{..._id}` are ids, other names are one segment of text.

    `view(ask, **path)` gives a mapping, an Answer or a Response. `scope` is what a restricted token must carry. `public` doors know no
    account. `upload` doors take multipart of at most so many bytes. Schemas are instances, made once.
    """

    method: str
    path: str
    view: Callable[..., Any]
    summary_zh: str
    summary_en: str
    request_schema: Schema | None = None
    response_schema: Schema | None = None
    scope: str | None = None
    public: bool = False
    query_schema: Schema = NO_QUERY
    upload: int | None = None
    tag: str = "citydesk"
    status: int = 200
    # What asks how long a session still lives must not prolong it.
    idle_counts: bool = True
    # Also open to the session of a wall screen.
    wall: bool = False
    # A transitions door names its triggers, and an OpenAPI object stands for a body that one schema cannot say.
    triggers: Triggers | None = None
    request_shown: Mapping[str, Any] | None = None

    @property
    def name(self) -> str:
        return f"{self.method} {self.path}"


class IdConverter(BaseConverter):
    """A positive number that the database can hold; anything else is no address of ours."""

    regex = r"[1-9][0-9]{0,17}"

    def to_python(self, value: str) -> int:
        return int(value)


class WordConverter(BaseConverter):
    """One segment of text without control characters."""

    regex = r"[^/\x00-\x1f\x7f\ufffd]{1,200}"


class Address(Rule):
    """An address is matched, never built from a name: what would build it is not compiled, which was more than half of the start."""

    def _compile_builder(self, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
        return unbuilt


def unbuilt(rule: Rule, **values: Any) -> tuple[str, str]:
    raise LookupError(f"{rule.rule} is written out where it is needed: nothing builds it from a name")


def rule_of(path: str) -> str:
    """An OpenAPI path as a routing rule."""
    return re.sub(r"\{(\w+)\}", lambda m: f"<{'id' if m[1] == 'id' or m[1].endswith('_id') else 'word'}:{m[1]}>", path)


def _plain(value: Any) -> Any:
    """What JSON does not know: instants in the district's zone, days, exact decimals, sets in order."""
    if isinstance(value, datetime):
        return shown(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, (set, frozenset)):
        return sorted(value)
    raise TypeError(f"cannot show {type(value).__name__}")


def as_response(given: Any) -> Response:
    """A view's answer on the wire."""
    if isinstance(given, Response):
        return given
    answer = given if isinstance(given, Answer) else Answer(given)
    packed = orjson.dumps(answer.body, default=_plain, option=orjson.OPT_PASSTHROUGH_DATETIME | orjson.OPT_NON_STR_KEYS)
    made = Response(packed, status=answer.status, mimetype="application/json")
    if answer.version is not None:
        made.headers["ETag"] = etag(answer.version)
    for name, value in answer.headers.items():
        made.headers[name] = value
    return made
