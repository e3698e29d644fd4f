"""A door: one address, one method, one view. The frame lets people in, reads what they bring, and writes what the view answers."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import orjson
from flask import Flask, Request, Response, request
from marshmallow import Schema
from werkzeug.routing import BaseConverter

from app.api.body import check, read_form, read_json, read_query
from app.api.conditions import etag, expected_version, idempotency_key
from app.api.fields import Triggers
from app.api.limits import Limiter
from app.api.values import Body, shown
from app.api.words import preferred
from app.core.actors import CITIZEN, Actor
from app.core.system import System
from app.errors import Forbidden, Unauthenticated
from app.people.roles import PASSWORD_ONLY

PREFIX = "/api/v1"
NO_QUERY = Body()
_BEARER = re.compile(r"[Bb][Ee][Aa][Rr][Ee][Rr] +([A-Za-z0-9._~+/=-]{1,512})")
Authenticate = Callable[[System, str], Actor]


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


def rule_of(path: str) -> str:
    """An OpenAPI path as a routing rule."""
    return re.sub(r"\{(\w+)\}", lambda m: f"<{'id' if m[1] == 'id' or m[1].endswith('_id') else 'word'}:{m[1]}>", path)


@dataclass(frozen=True, slots=True)
class Porter:
    """Who may come in: the token's actor, within its scopes and not too often. Identity never comes from anything but the token."""

    system: System
    authenticate: Authenticate
    limiter: Limiter

    def admit(self, door: Door, asked: Request) -> Actor:
        if door.public:
            self.limiter.by_address(asked.remote_addr)
            return CITIZEN
        actor = self._known(asked)
        asked.environ["citydesk.actor"] = actor.label
        self.limiter.by_token(actor.id)
        within_scope(door, actor)
        return actor

    def _known(self, asked: Request) -> Actor:
        given = asked.headers.get("Authorization")
        found = _BEARER.fullmatch(given.strip()) if given else None
        if not found:
            raise Unauthenticated("请用 Authorization: Bearer 令牌 访问。", "Send Authorization: Bearer TOKEN.")
        try:
            return self.authenticate(self.system, found[1])
        except Unauthenticated as refusal:
            self.limiter.failed(asked.remote_addr)
            refusal.extra["headers"] = {"WWW-Authenticate": 'Bearer realm="citydesk", error="invalid_token"'}
            raise


def within_scope(door: Door, actor: Actor) -> None:
    """A restricted token opens only what its scopes name; one that may only change the password opens nothing here."""
    if actor.scopes is None:
        return
    if actor.scopes == PASSWORD_ONLY:
        raise Forbidden("请先修改初始密码。", "Change the first password before anything else.")
    if door.scope is not None and door.scope not in actor.scopes:
        told = {"WWW-Authenticate": f'Bearer error="insufficient_scope", scope="{door.scope}"'}
        raise Forbidden(f"此令牌没有“{door.scope}”范围。", f"This token lacks the scope “{door.scope}”.", headers=told)


def read(door: Door, asked: Request) -> tuple[dict[str, Any], dict[str, Any]]:
    """The body and the query by the door's schemas."""
    query = read_query(asked, door.query_schema) if asked.environ.get("QUERY_STRING") or door.query_schema is not NO_QUERY else {}
    if door.upload is not None:
        return read_form(asked, door.request_schema or NO_QUERY, door.upload), query
    if door.triggers is not None:
        return read_json(asked), query
    if door.request_schema is not None:
        return check(door.request_schema, read_json(asked)), query
    return {}, query


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


def _endpoint(door: Door, porter: Porter) -> Callable[..., Response]:
    def enter(**path: Any) -> Response:
        asked = request._get_current_object()  # type: ignore[attr-defined]  # the proxy costs more than the request itself
        asked.environ["citydesk.door"] = door.name
        actor = porter.admit(door, asked)
        body, query = read(door, asked)
        return as_response(door.view(Ask(porter.system, actor, asked, body, query), **path))

    return enter


def hang(app: Flask, porter: Porter, doors: Iterable[Door]) -> Sequence[Door]:
    """Each door becomes a route. Two doors at one address are a mistake found at the start."""
    app.url_map.converters.update(id=IdConverter, word=WordConverter)
    app.url_map.merge_slashes = False
    hung = list(doors)
    names = [door.name for door in hung]
    twice = {name for name in names if names.count(name) > 1}
    if twice:
        raise ValueError(f"doors hung twice: {sorted(twice)}")
    for door in hung:
        options: dict[str, Any] = {"methods": [door.method], "provide_automatic_options": False}
        app.add_url_rule(PREFIX + rule_of(door.path), f"door {door.name}", _endpoint(door, porter), **options)
    return hung
