"""The doors of collective complaints and hot issues: list, one, what may be done, who belongs to them, and the monthly brief."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from app.api.doors import Ask, Door
from app.api.values import Body, Month
from app.core.bus import Result, execute
from app.core.system import System
from app.hotline.cases import READ, WRITE, CaseDoors, UnitCaseFilters, case_doors
from app.hotline.figure_shapes import BRIEF, MEMBERS, SEARCHED
from app.hotline.groups import queries
from app.hotline.groups.finding import FindHotIssues


class BriefAsked(Body):
    """`GET /collective-complaints/brief`."""

    month = Month(required=True)


COLLECTIVE = CaseDoors(
    kind="collective-complaint", zh="集体投诉", en="collective complaint", more=queries.main_of, asked=UnitCaseFilters()
)
HOT = CaseDoors(kind="hot-issue", zh="热点", en="hot issue", more=queries.days_of, asked=UnitCaseFilters())
BRIEF_ASKED = BriefAsked()


def doors(system: System) -> list[Door]:
    collective, hot = "collective-complaints", "hot-issues"
    return [
        *(with_main(door) for door in case_doors(system.registry, COLLECTIVE)),
        *case_doors(system.registry, HOT),
        Door("GET", f"/{collective}/{{id}}/tickets", group, "集体投诉的工单", "Tickets of the group", None, MEMBERS, scope=READ,
             tag=collective),
        Door(
            "GET", f"/{collective}/brief", brief, "集体投诉月度通报", "Monthly brief of collective complaints",
            None, BRIEF, scope=READ, query_schema=BRIEF_ASKED, tag=collective,
        ),
        Door("GET", f"/{hot}/{{id}}/tickets", subject, "热点的工单", "Tickets of a hot issue", None, MEMBERS, scope=READ, tag=hot),
        Door("POST", f"/{hot}/find", find, "查找热点", "Look for hot issues", None, SEARCHED, scope=WRITE, tag=hot),
    ]  # fmt: skip


def with_main(door: Door) -> Door:
    """The list says of each complaint under which ticket it stands, as the page of one does."""
    if door.name != "GET /collective-complaints":
        return door

    def listed(ask: Ask) -> Mapping[str, Any]:
        page = door.view(ask)
        return {**page, "items": queries.with_mains(ask.system, ask.actor, page["items"])}

    return replace(door, view=listed)


def group(ask: Ask, id: int) -> Mapping[str, Any]:
    return {"items": queries.group_members(ask.system, ask.actor, id), "next": None}


def subject(ask: Ask, id: int) -> Mapping[str, Any]:
    return {"items": queries.subject_members(ask.system, ask.actor, id), "next": None}


def brief(ask: Ask) -> Mapping[str, Any]:
    return queries.brief(ask.system, ask.actor, ask.query["month"])


def find(ask: Ask) -> Mapping[str, Any]:
    result: Result = execute(ask.system, FindHotIssues(ask.actor, ask.key))
    return result.detail or {}
