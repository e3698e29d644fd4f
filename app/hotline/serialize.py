"""A ticket as JSON is plain dicts built from a root already in memory: no query, no schema object."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from app.api.problems import spoken_actions
from app.api.values import shown, shown_due
from app.core.actors import Actor
from app.core.root import Case, Clock, Root
from app.core.system import System
from app.core.visibility import sees, sees_all
from app.hotline import shares
from app.hotline.callbacks.lines import callback_line
from app.hotline.citizens import shown as picture
from app.hotline.citizens import tracking_code
from app.hotline.ladder import raised_view
from app.hotline.reference import Reference, reference
from app.hotline.shown import (
    TELLS_CODE,
    Remaining,
    badges_of,
    category_of,
    hides,
    passed,
    person_of,
    told,
    unit_of,
)
from workflows.vocabulary import WINDOWS

WORDS = ("title", "content", "purpose", "subject")
CITIZEN = ("name", "phone", "calling_number", "id_number")
LOCATION = ("street", "community", "lon", "lat", "crs", "coarse")
# The kinds are known by their names only: a later feature may have brought them.
OPEN_BADGES = {"alarm": "alarm", "extension": "extension_pending", "return-request": "return_pending"}
SHARE_TIMES = ("reply_by", "assigned_at", "signed_at", "contacted_at", "submitted_at", "replied_at", "extended_until")


def ticket_view(system: System, actor: Actor, root: Root, lang: str = "zh") -> dict[str, Any]:
    """The whole ticket as this actor may see it, from what a command or a read has left in memory."""
    case, named = root.top(), reference(system.engine, root.epoch)
    row, hidden, left = case.data, hides(case.data, actor), Remaining(system, root.now)
    clocks = clocks_of(root, actor)
    running = [clock for clock in clocks if clock.state == "running" and clock.name not in WINDOWS]
    return {
        "id": case.id,
        "kind": "ticket",
        "number": row["number"],
        "tracking_code": code_of(system, actor, row),
        **demand_of(named, row, hidden),
        "state": case.state,
        "state_label": state_label(case, lang),
        "round": row["round"],
        "version": case.version,
        "lead_unit": unit_of(named, row["lead_unit_id"]),
        "first_unit": unit_of(named, row["first_unit_id"]),
        "assignments": [share_line(named, child, lang) for child in shares_of(root)],
        "badges": ticket_badges(root, actor, running),
        "location": location_of(row, hidden),
        "citizen": None if hidden else citizen_of(system, row),
        "upstream": upstream_of(row),
        "rating": row["rating"],
        "solved": row["solved"],
        "dissatisfactions": row["dissatisfactions"] or 0,
        "no_further_ground": row["no_further_ground"],
        "callback": callback_line(root, case, lang),
        "claimed_by": person_of(named, row["claimed_by"]),
        "due_at": shown_due(min((clock.due_at for clock in running if clock.due_at), default=None)),
        "clocks": [clock_view(left, clock) for clock in clocks],
        "suspension": suspension_of(row, case.state),
        **raised_view(system, root, case),
        "actions": spoken_actions(shares.actions(system, root, case, actor), lang),
        "created_at": shown(case.created_at),
        "updated_at": shown(case.last_at),
    }


def demand_of(named: Reference, row: Mapping[str, Any], hidden: bool) -> dict[str, Any]:
    """What was asked for, and by what it is sorted."""
    return {
        "type": row["type"], "channel": row["channel"], "source": row["source"], "category": category_of(named, row["category_id"]),
        **{name: told(row[name], hidden) for name in WORDS},
        "occurred_at": shown(row["occurred_at"]), "reply_by": shown(row["reply_by"]),
        "urgency": row["urgency"], "enterprise": row["enterprise"], "labels": row["labels"] or [],
    }  # fmt: skip


def ticket_badges(root: Root, actor: Actor, running: Collection[Clock]) -> list[str]:
    """`running` are the clocks that the reader sees, without windows."""
    case = root.top()
    overdue = case.state != "suspended" and any(passed(clock, root.now) for clock in running)
    return [
        *badges_of(case.data, actor, case.state, overdue, any(clock.provisional for clock in running)),
        *open_badges(kind_of_open(root, case)),
        *share_badges(case.data, ({**share.data, "state": share.state} for share in shares_of(root))),
    ]


def assignment_view(system: System, actor: Actor, root: Root, case_id: int, lang: str = "zh") -> dict[str, Any]:
    """One unit's share, with what its reader needs to know of the ticket."""
    case, ticket, named = root.cases[case_id], root.top(), reference(system.engine, root.epoch)
    hidden, left = hides(ticket.data, actor), Remaining(system, root.now)
    return {
        **share_line(named, case, lang),
        "kind": "assignment",
        "version": case.version,
        "ticket": {
            "id": ticket.id, "number": ticket.data["number"], "title": told(ticket.data["title"], hidden),
            "type": ticket.data["type"], "urgency": ticket.data["urgency"], "state": ticket.state,
        },
        "clocks": [clock_view(left, clock) for clock in latest(root) if clock.case_id == case_id],
        "actions": spoken_actions(shares.available(system, root, case, actor), lang),
        "created_at": shown(case.created_at),
        "updated_at": shown(case.last_at),
    }  # fmt: skip


def answer(system: System, actor: Actor, root: Root, case_id: int, lang: str = "zh") -> dict[str, Any]:
    """The case after a command. Who has just given it away sees only what he did."""
    case = root.cases[case_id]
    if not sees(actor, root):
        return {"id": case.id, "kind": case.kind, "state": case.state, "version": case.version}
    if case.kind == "assignment":
        return assignment_view(system, actor, root, case_id, lang)
    return ticket_view(system, actor, root, lang)


def kind_of_open(root: Root, ticket: Case) -> set[str]:
    return {case.kind for case in root.cases.values() if case.open and case.id != ticket.id}


def open_badges(kinds: Collection[str]) -> list[str]:
    """What stands open under the ticket: a word for each kind of case that its reader must not miss."""
    return [badge for kind, badge in OPEN_BADGES.items() if kind in kinds]


def share_badges(row: Mapping[str, Any], shares: Iterable[Mapping[str, Any]]) -> list[str]:
    """A share of this round was given more time; its unit's clock stands still, or a reviewer is asked to let it."""
    lines = [share for share in shares if share["round"] == row["round"]]
    working = [line for line in lines if line["state"] == "handling"]
    held = (
        ("extended", any(line["extended_until"] for line in lines)), ("paused", any(line["paused_at"] for line in working)),
        ("pause_requested", any(line["pause_requested_by"] for line in working)),
    )  # fmt: skip
    return [name for name, holds in held if holds]


def pause_of(row: Mapping[str, Any]) -> dict[str, Any] | None:
    """A pause that runs, or is asked for; None when there is neither."""
    if row["paused_at"] is None and row["pause_requested_by"] is None:
        return None
    return {"ground": row["pause_ground"], "since": shown(row["paused_at"]), "until": shown_due(row["pause_until"])}


def suspension_of(row: Mapping[str, Any], state: str) -> dict[str, Any] | None:
    """Since when, until which review, approved at which level; of one that is only asked for, `since` is nothing."""
    if state != "suspended" and row["suspension_requested_by"] is None:
        return None
    return {
        "level": row["suspension_level"], "since": shown(row["suspended_at"]), "review_at": shown_due(row["suspended_until"]),
        "from": row["suspended_from"],
    }  # fmt: skip


def state_label(case: Case, lang: str) -> str:
    state = case.workflow.states[case.state]
    return state.label_en if lang == "en" else state.label_zh


def shares_of(root: Root) -> list[Case]:
    """As they were given out, also those handed down: a row that was changed moves in the table, and must not move on the screen."""
    return sorted((case for case in root.cases.values() if case.kind == "assignment"), key=lambda case: case.id)


def share_line(named: Reference, case: Case, lang: str) -> dict[str, Any]:
    row = case.data
    return {
        "id": case.id,
        "parent": case.parent_id if case.parent_id != case.root_id else None,
        "unit": unit_of(named, row["unit_id"]),
        "role": row["role"],
        "person": person_of(named, row["person_id"]),
        "state": case.state,
        "state_label": state_label(case, lang),
        "round": row["round"],
        "attempt": row["attempt"],
        "instructions": row["instructions"],
        "designated": bool(row["designated"]),
        "outcome": row["outcome"],
        **{name: shown(row[name]) for name in SHARE_TIMES},
        "due_at": shown_due(case.due_at),
        "pause": pause_of(row),
        "held_at": shown(row["held_at"]),
    }


def latest(root: Root) -> list[Clock]:
    """The newest generation of each limit, in the order in which they began."""
    newest: dict[tuple[int, str, str], Clock] = {}
    for clock in root.clocks:
        key = (clock.case_id, clock.name, clock.level)
        if key not in newest or newest[key].generation < clock.generation:
            newest[key] = clock
    return sorted(newest.values(), key=lambda clock: clock.id)


def clocks_of(root: Root, actor: Actor) -> list[Clock]:
    """The limits of the ticket and of its present shares; a unit is not shown those of another unit."""
    ticket, whole = root.top(), sees_all(actor)
    keep = {ticket.id}
    for case in root.cases.values():
        present = case.kind == "assignment" and case.state != "recalled" and case.data["round"] == ticket.data["round"]
        if present and (whole or case.data["unit_id"] in actor.units):
            keep.add(case.id)
        if case.kind == "callback" and case.open and whole:
            keep.add(case.id)
    return [clock for clock in latest(root) if clock.case_id in keep]


def clock_view(left: Remaining, clock: Clock) -> dict[str, Any]:
    return {
        "id": clock.id,
        "case": clock.case_id,
        "name": clock.name,
        "level": clock.level,
        "due_at": shown_due(clock.due_at),
        "state": clock.state,
        "overdue": passed(clock, left.now),
        "provisional": clock.provisional,
        "remaining": left.of(clock),
    }


def citizen_of(system: System, row: Mapping[str, Any]) -> dict[str, Any]:
    """The masked picture. Real values are opened one by one, each with its reason, by `Unmask` and never here."""
    known = picture(system.keyring, row)
    return {**{name: known.get(name) for name in CITIZEN}, "anonymous": row["anonymous"], "confidential": row["confidential"]}


def code_of(system: System, actor: Actor, row: Mapping[str, Any]) -> str | None:
    return None if actor.roles.isdisjoint(TELLS_CODE) else tracking_code(system.keyring, row)


def location_of(row: Mapping[str, Any], hidden: bool) -> dict[str, Any]:
    return {"address": told(row["address"], hidden), **{name: row[name] for name in LOCATION}}


def upstream_of(row: Mapping[str, Any]) -> dict[str, Any] | None:
    if row["upstream_number"] is None:
        return None
    return {"number": row["upstream_number"], "due_at": shown_due(row["upstream_due_at"])}
