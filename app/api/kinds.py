"""The doors that every kind of case has: list, one, birth, transitions, history. A feature says how its kind is shown and found."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from marshmallow import Schema

from app.api import histories
from app.api.doors import PREFIX, Answer, Ask, Door
from app.api.fields import Triggers
from app.api.paging import Paged, envelope, fingerprint, read_cursor
from app.core.bus import Result, execute
from app.core.fire import Fire
from app.core.registry import Registry
from app.core.system import System
from app.errors import Unseen

Page = tuple[Sequence[Mapping[str, Any]], Sequence[Any] | None]


@dataclass(frozen=True)
class KindDoors:
    """How one kind meets the world.

    `one(ask, id)` shows a case that the actor may see, with `version` in it, or raises Unseen. `page(ask, filters, after, limit)` gives
    rows and the key of the last one when there is more; `order` are the types of that key. `after(ask, result)` shows a case from what a
    command still holds in memory (default: `one`).
    `history(ask, id, after, limit)` gives history rows with the words that this reader may read (default: the rows without words).
    `named(system, fields, under)` turns codes in the fields of a trigger into ids.
    `reads` and `writes` are the scopes of its doors. `born(ask)` registers a case with the body that `birth` reads; without it the
    kind is only ever opened by other cases.
    """

    kind: str
    zh: str
    en: str
    one: Callable[[Ask, int], Mapping[str, Any]]
    page: Callable[[Ask, Mapping[str, Any], Sequence[Any] | None, int], Page] | None = None
    order: tuple[type, ...] = (datetime, int)
    filters: Schema | None = None
    shape: Schema | None = None
    page_shape: Schema | None = None
    birth: Schema | None = None
    born: Callable[[Ask], Result] | None = None
    after: Callable[[Ask, Result], Mapping[str, Any]] | None = None
    history: Callable[[Ask, int, Sequence[Any] | None, int], Page] | None = None
    history_order: tuple[type, ...] = histories.ORDER
    named: Callable[[System, Mapping[str, Any], str], dict[str, Any]] | None = None
    reads: str = "tickets:read"
    writes: str = "tickets:write"


def one_of(name: str) -> str:
    """The English name with its article."""
    return f"{'an' if name[0] in 'aeiou' else 'a'} {name}"


def doors_of(registry: Registry, kind: KindDoors) -> list[Door]:
    plural = registry.kinds[kind.kind].plural
    triggers = Triggers(kind.kind, [flow for flow in registry.workflows.values() if flow.kind == kind.kind])
    made = [_one(kind, plural), _transitions(kind, plural, triggers), _history(kind, plural)]
    if kind.page is not None:
        made.append(_list(kind, plural, kind.page))
    if kind.born is not None:
        made.append(_birth(kind, plural, kind.born))
    return made


def shown_after(kind: KindDoors, ask: Ask, result: Result) -> Answer:
    """The case as it is after a command. Who has just given it away sees only what he did."""
    if kind.after is not None and result.root is not None:
        body = kind.after(ask, result)
    else:
        try:
            body = kind.one(ask, result.case_id)
        except Unseen:
            body = {"id": result.case_id, "kind": result.kind, "state": result.state, "version": result.version}
    headers = {"Idempotency-Replayed": "true"} if result.replayed else {}
    return Answer(body, version=body["version"], headers=headers)


def _one(kind: KindDoors, plural: str) -> Door:
    def view(ask: Ask, id: int) -> Answer:
        body = kind.one(ask, id)
        return Answer(body, version=body["version"])

    return Door(
        "GET", f"/{plural}/{{id}}", view, f"查看{kind.zh}", f"One {kind.en}",
        response_schema=kind.shape, scope=kind.reads, tag=plural,
    )  # fmt: skip


def _transitions(kind: KindDoors, plural: str, triggers: Triggers) -> Door:
    def view(ask: Ask, id: int) -> Answer:
        given = ask.body.get("fields")
        named = {"fields": kind.named(ask.system, given, "fields.")} if kind.named and isinstance(given, dict) else {}
        trigger, fields = triggers.read({**ask.body, **named})
        expected = ask.expected(lambda: histories.root_of(ask.system, ask.actor, kind.kind, id)[1])
        return shown_after(kind, ask, execute(ask.system, Fire(ask.actor, kind.kind, id, trigger, fields, expected, ask.key)))

    return Door(
        "POST", f"/{plural}/{{id}}/transitions", view, f"{kind.zh}：执行操作", f"Do something with {one_of(kind.en)}",
        response_schema=kind.shape, scope=kind.writes, tag=plural, triggers=triggers,
    )  # fmt: skip


def _history(kind: KindDoors, plural: str) -> Door:
    def view(ask: Ask, id: int) -> Mapping[str, Any]:
        mark = fingerprint(f"{plural}/{id}/history", {})
        after, limit = read_cursor(mark, ask.query["cursor"], kind.history_order), ask.query["limit"]
        page = kind.history or (lambda *asked: histories.page(ask, kind.kind, *asked[1:]))
        items, last = page(ask, id, after, limit)
        return envelope(items, mark, last)

    return Door(
        "GET", f"/{plural}/{{id}}/history", view, f"{kind.zh}的经过", f"History of {one_of(kind.en)}",
        scope=kind.reads, query_schema=Paged(), tag=plural,
    )  # fmt: skip


def _list(kind: KindDoors, plural: str, page: Callable[..., Page]) -> Door:
    def view(ask: Ask) -> Mapping[str, Any]:
        mark = fingerprint(plural, ask.query)
        after = read_cursor(mark, ask.query["cursor"], kind.order)
        items, last = page(ask, ask.query, after, ask.query["limit"])
        return envelope(items, mark, last)

    return Door(
        "GET", f"/{plural}", view, f"{kind.zh}列表", f"List of {kind.en}s",
        response_schema=kind.page_shape, scope=kind.reads, query_schema=kind.filters or Paged(), tag=plural,
    )  # fmt: skip


def _birth(kind: KindDoors, plural: str, born: Callable[[Ask], Result]) -> Door:
    def view(ask: Ask) -> Answer:
        result = born(ask)
        answer = shown_after(kind, ask, result)
        headers = {**answer.headers, "Location": f"{PREFIX}/{plural}/{result.case_id}"}
        return Answer(answer.body, 201, answer.version, headers)

    return Door(
        "POST", f"/{plural}", view, f"登记{kind.zh}", f"Register {one_of(kind.en)}",
        request_schema=kind.birth, response_schema=kind.shape, scope=kind.writes, tag=plural, status=201,
    )  # fmt: skip
