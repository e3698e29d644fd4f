"""The doors of requests for a co-unit: asking, the lists, and the answer that adds the unit."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from marshmallow.fields import Boolean, Integer

from app.api.doors import Ask, Door
from app.api.fields import reader
from app.api.histories import root_of
from app.api.kinds import KindDoors, shown_after
from app.api.values import Body, Ref
from app.core.bus import Result, execute
from app.core.system import System
from app.core.visibility import predicate
from app.hotline.acting import ActingFilters, acting
from app.hotline.cases import READ, CaseDoors, case_doors, case_view
from app.hotline.co_requests.commands import AskForUnit, GrantUnit
from app.hotline.co_requests.facts import KIND
from app.hotline.naming import Named, named_fields
from app.hotline.queries import read_case, reading, run

PLURAL = "co-requests"
MOST_COUNTED = 99
WAITING = """SELECT count(*) FROM (SELECT 1 FROM cases c WHERE c.kind = 'co-request' AND c.open AND {condition} LIMIT %(most)s) w"""


class CoRequestIn(Body):
    """`POST /co-requests`."""

    ticket = Ref(required=True, metadata={"description": "工单 / on this ticket, which the asking unit leads"})
    wished_unit = Named(required=True, metadata={"description": "请求协办的单位，编号或代码 / the unit wished for, by id or code"})
    reason = reader("reason")


class CountShown(Body):
    """`more` says that there are more than are counted."""

    count = Integer()
    more = Boolean()


def asked(ask: Ask) -> Result:
    fields = named_fields(ask.system, ask.body)
    ticket = fields.pop("ticket")
    result: Result = execute(ask.system, AskForUnit(ask.actor, ticket, fields, ask.key))
    return result


COUNT = CountShown()
REQUESTS = CaseDoors(KIND, "协办请求", "request for a co-unit", asked=ActingFilters(), birth=CoRequestIn(), born=asked)


def doors(system: System) -> list[Door]:
    count = Door(
        "GET", f"/{PLURAL}/count", counted, "待答复的协办请求数", "How many requests for co-units wait", response_schema=COUNT, scope=READ,
        tag=PLURAL,
    )  # fmt: skip
    return [*(granting(door) for door in acting(case_doors(system.registry, REQUESTS), PLURAL)), count]


def counted(ask: Ask) -> dict[str, Any]:
    """In one trip, for a tab that counts anew every few seconds."""
    condition, params = predicate(ask.actor)
    with reading(ask.system) as connection:
        count = run(connection, WAITING.format(condition=condition), {**params, "most": MOST_COUNTED + 1})[0][0]
    return {"count": min(count, MOST_COUNTED), "more": count > MOST_COUNTED}


def granting(door: Door) -> Door:
    """Of the answers one does more than move the request: it hands out a share."""
    return replace(door, view=granted(door)) if door.name == f"POST /{PLURAL}/{{id}}/transitions" else door


def granted(door: Door) -> Callable[..., Any]:
    def view(ask: Ask, id: int) -> Any:
        if ask.body.get("trigger") != "grant" or door.triggers is None:
            return door.view(ask, id)
        given = ask.body.get("fields")
        named = {"fields": named_fields(ask.system, given, "fields.")} if isinstance(given, dict) else {}
        _, fields = door.triggers.read({**ask.body, **named})
        expected = ask.expected(lambda: root_of(ask.system, ask.actor, KIND, id)[1])
        return shown_after(SHOWN, ask, execute(ask.system, GrantUnit(ask.actor, id, fields, expected, ask.key)))

    return view


def one(ask: Ask, id: int) -> dict[str, Any]:
    return case_view(ask.system, ask.actor, read_case(ask.system, ask.actor, KIND, id), id, ask.lang)


SHOWN = KindDoors(KIND, REQUESTS.zh, REQUESTS.en, one)
