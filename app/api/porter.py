"""Who comes in: the token's actor, within its scopes, not too often, with a body that the door can read. Then the view is asked."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Flask, Request, Response, request

from app.api.body import check, read_form, read_json, read_query
from app.api.doors import NO_QUERY, PREFIX, Address, Ask, Door, IdConverter, WordConverter, as_response, rule_of
from app.api.limits import Limiter
from app.core.actors import CITIZEN, Actor
from app.core.system import System
from app.errors import Forbidden, Unauthenticated
from app.people.roles import LIMITED, PASSWORD_ONLY, SESSION, WALL_ONLY

_BEARER = re.compile(r"[Bb][Ee][Aa][Rr][Ee][Rr] +([A-Za-z0-9._~+/=-]{1,512})")
Authenticate = Callable[..., Actor]


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
        actor = self._known(asked, door)
        asked.environ["citydesk.actor"] = actor.label
        self.limiter.by_token(actor.id)
        within_scope(door, actor)
        return actor

    def _known(self, asked: Request, door: Door) -> Actor:
        given = asked.headers.get("Authorization")
        found = _BEARER.fullmatch(given.strip()) if given else None
        if not found:
            raise Unauthenticated("请用 Authorization: Bearer 令牌 访问。", "Send Authorization: Bearer TOKEN.")
        try:
            return self.authenticate(self.system, found[1], **({} if door.idle_counts else {"idle_counts": False}))
        except Unauthenticated as refusal:
            self.limiter.failed(asked.remote_addr)
            refusal.extra["headers"] = {"WWW-Authenticate": 'Bearer realm="citydesk", error="invalid_token"'}
            raise


def within_scope(door: Door, actor: Actor) -> None:
    """A restricted token opens only what its scopes name; a limited session only what leads out of its limit, and its own end."""
    if actor.scopes is None or (actor.scopes in (*LIMITED, WALL_ONLY) and door.scope == SESSION):
        return
    if actor.scopes == WALL_ONLY:
        if not door.wall:
            raise Forbidden("此会话只显示大屏。", "This session shows the wall screen and nothing else.")
        return
    if actor.scopes == PASSWORD_ONLY:
        raise Forbidden("请先修改初始密码。", "Change the first password before anything else.")
    if actor.scopes in LIMITED and door.scope not in actor.scopes:
        raise Forbidden("您的角色须先绑定动态验证码。", "Your role demands a second factor: enrol before anything else.")
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
    app.url_rule_class = Address
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
