"""What units ask of each other beside a share, with what may be done about it: many are read together, never one by one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from marshmallow import fields

from app.api.doors import Ask, Door
from app.api.paging import envelope, fingerprint, page_of
from app.api.problems import ill_formed, spoken_actions
from app.api.values import Flag
from app.api.words import Words
from app.core.root import Case, Root
from app.hotline.case_shapes import shape
from app.hotline.cases import READ, Showing, UnitCaseFilters, case_view
from app.hotline.queries import read_case, read_many
from app.hotline.reference import reference
from app.hotline.shapes import ActionShown, ClockShown
from app.hotline.shares import available

# With each row the whole of its ticket is read, so that a page of them is shorter than others.
MOST = 50
TOO_MANY = Words("带可做的操作时，每页最多 50 条。", "With what may be done, a page holds at most 50.")
ASKED = ("return-request", "report-in", "extension", "co-request")
ANSWERED = frozenset({"granted", "declined"})
Found = Sequence[tuple[Showing, Case]]
More = Callable[[Found], Mapping[int, Mapping[str, Any]]]


class ActingFilters(UnitCaseFilters):
    """The same, and each row with `actions` when it is asked for."""

    actions = Flag(text=True, metadata={"description": "每条附可做的操作 / each with what may be done; 50 at most"})


def nothing(found: Found) -> Mapping[int, Mapping[str, Any]]:
    return {}


def acting(doors: Sequence[Door], plural: str, more: More = nothing) -> list[Door]:
    """The list among these doors learns `actions=true`; `more` are further words of its rows."""
    return [with_actions(door, more) if door.name == f"GET /{plural}" else door for door in doors]


def with_actions(door: Door, more: More) -> Door:
    plain: Callable[[Ask], Any] = door.view

    def view(ask: Ask) -> Any:
        if not ask.query.get("actions"):
            return plain(ask)
        if ask.query["limit"] > MOST:
            raise ill_formed({"limit": [TOO_MANY]})
        body = plain(ask)
        return {**body, "items": acted(ask, body["items"], more)}

    return replace(door, view=view)


def acted(ask: Ask, rows: Sequence[Mapping[str, Any]], more: More) -> list[dict[str, Any]]:
    """A ticket that has gone out of sight meanwhile leaves its row with nothing to be done."""
    roots = read_many(ask.system, ask.actor, "ticket", {row["root"] for row in rows}) if rows else {}
    named = reference(ask.system.engine, ask.system.settings.epoch)
    found = {
        row["id"]: (Showing(ask.system, ask.actor, roots[row["root"]], named, ask.lang), roots[row["root"]].cases[row["id"]])
        for row in rows if row["root"] in roots
    }  # fmt: skip
    told = more(list(found.values()))
    return [{**row, "actions": open_to(*found[row["id"]]) if row["id"] in found else [], **told.get(row["id"], {})} for row in rows]


def open_to(showing: Showing, case: Case) -> list[dict[str, Any]]:
    return spoken_actions(available(showing.system, showing.root, case, showing.actor), showing.lang)


REQUESTS = page_of(
    shape(
        "TicketRequest",
        {
            "plural": fields.String(), "clocks": fields.List(fields.Nested(ClockShown)),
            "actions": fields.List(fields.Nested(ActionShown)),
        },
    )
)  # fmt: skip


def requests(ask: Ask, id: int) -> Mapping[str, Any]:
    """What still stands of it; another unit's words are left out, as in the lists of each kind."""
    root, kinds = read_case(ask.system, ask.actor, "ticket", id), ask.system.registry.kinds
    cases = sorted((case for case in root.cases.values() if case.kind in ASKED and standing(root, case)), key=lambda case: case.id)
    items = [
        {"plural": kinds[case.kind].plural, **case_view(ask.system, ask.actor, root, case.id, ask.lang)} for case in cases
    ]  # fmt: skip
    return envelope(items, fingerprint(f"tickets/{id}/requests", {}), None)


def standing(root: Root, case: Case) -> bool:
    """Still open; or a wish for a co-unit that was answered, for as long as the share goes on that the answer is for."""
    return case.open or (case.kind == "co-request" and case.state in ANSWERED and root.cases[case.parent_id or 0].open)


DOOR = Door(
    "GET", "/tickets/{id}/requests", requests, "工单上的申请与报到", "What was asked for beside a ticket", response_schema=REQUESTS,
    scope=READ, tag="tickets",
)  # fmt: skip
