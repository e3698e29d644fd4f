"""What guards of handling together ask: the units around a share, and how far pack, calendar and city let a limit move or stand still."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from app.clock import end_of_day_shown, local
from app.core import timers
from app.core.gather import Gather
from app.core.registry import Loader
from app.core.root import Case, Clock
from app.hotline.pack_facts import pack_of, rows_of, until
from app.hotline.reference import Reference, reference
from app.hotline.rule_facts import complained_unit_ids
from rules import clocks as reckoning
from rules.amounts import Amount, parse_amount
from rules.tables import collect
from rules.worktime import add, spent

# Known by their names only: a later feature brings them.
CALLS_IN = frozenset({"supervision", "conference"})


def known(gather: Gather) -> Reference:
    return reference(gather.tx.system.engine, gather.root.epoch)


def sharing_unit_ids(gather: Gather) -> frozenset[int]:
    """The units that have an open share of this ticket, whoever gave it to them."""
    return frozenset(case.data["unit_id"] for case in gather.root.cases.values() if case.kind == "assignment" and case.open)


def subordinate_unit_ids(gather: Gather) -> frozenset[int]:
    """The active units directly below the one that has this share."""
    unit, now = gather.case.data["unit_id"], gather.root.now
    return frozenset(below.id for below in known(gather).units.values() if below.parent_id == unit and below.active(now))


def copied_unit_ids(gather: Gather) -> frozenset[int]:
    """Whom the pack copies in when the ticket goes to the unit named now, never who is complained of; nobody without such a table."""
    table, named = pack_of(gather).tables.get("copies"), known(gather)
    lead = named.units.get(gather.fields.get("lead_unit") or gather.case.data["lead_unit_id"] or 0)
    if table is None or lead is None:
        return frozenset()
    kind = gather.tx.system.registry.kinds[gather.case.kind]
    facts = {**kind.rule_facts(gather.root, gather.case), "unit": lead.code, "unit_kind": lead.kind}
    codes = [choice.result["unit"] for choice in collect(table, facts, local(gather.root.now).date())]
    found = [named.unit_by_code[code] for code in codes if code in named.unit_by_code]
    barred = complained_unit_ids(gather) | {lead.id}
    return frozenset(unit.id for unit in found if unit.active(gather.root.now) and unit.id not in barred)


def copied_before(gather: Gather) -> frozenset[int]:
    """Whom an earlier dispatch copied in; who is charged in a supervised matter, or sits in a conference, sees the ticket for that."""
    copied = frozenset(unit for unit, relation in gather.root.access if relation == "copied")
    return copied.difference(*(called_in(case) for case in gather.root.cases.values() if case.kind in CALLS_IN))


def called_in(case: Case) -> set[int | None]:
    units = {case.data.get("unit_id"), *(case.data.get("co_unit_ids") or ()), *(case.data.get("unit_ids") or ())}
    return units | {task["unit_id"] for task in case.data.get("tasks") or ()}


def share_of(gather: Gather) -> Case:
    """The share itself, or the one that an extension is asked for."""
    case = gather.case
    return case if case.kind == "assignment" else gather.root.cases[case.parent_id or 0]


def limit_of(gather: Gather, share: Case) -> Clock | None:
    """The limit for handling that binds: of several levels the nearest."""
    clocks = [clock for clock in gather.root.running(share, "handle_clock") if clock.due_at is not None]
    return min(clocks, key=lambda clock: clock.due_at or gather.root.now, default=None)


def handle_due_at(gather: Gather) -> datetime | None:
    clock = limit_of(gather, share_of(gather))
    return clock.due_at if clock else None


def upper_due_at(gather: Gather) -> datetime | None:
    """When the share above a handed-down one is due."""
    above = gather.root.cases.get(share_of(gather).parent_id or 0)
    clock = limit_of(gather, above) if above and above.kind == "assignment" else None
    return clock.due_at if clock else None


def prolonged(gather: Gather, clock: Clock, more: Amount) -> datetime | None:
    """When the limit would be due with so much more budget; one that is held, if it went on now."""
    ledger = timers.ledger_of(clock)
    assert ledger is not None  # the limit of a share is always a budget
    larger = replace(ledger, budget=ledger.budget.plus(more), running_since=ledger.running_since or gather.root.now)
    return reckoning.project(larger, gather.tx.system.settings.calendar(clock.pack), ()).due_at


def extended_due_at(gather: Gather) -> datetime | None:
    """When the limit would be due after an extension until the instant that is asked for, or was: whole working days."""
    clock = limit_of(gather, share_of(gather))
    asked = gather.fields.get("new_due_at") or gather.case.data.get("new_due_at")
    if clock is None or clock.due_at is None or clock.budget is None or asked is None or asked <= clock.due_at:
        return clock.due_at if clock else None
    calendar = gather.tx.system.settings.calendar(clock.pack)
    more = spent(clock.anchored_at, clock.due_at, asked, calendar, parse_amount(clock.budget).unit)
    return prolonged(gather, clock, reckoning.whole(more))


def extension_latest_at(gather: Gather) -> datetime | None:
    """When a limit is due that is extended by its original length. None only where the pack says that it may be extended further."""
    clock = limit_of(gather, share_of(gather))
    if clock is None or clock.budget is None or not pack_of(gather).parameters.get("extension_not_longer_than_limit", True):
        return None
    pack, share = pack_of(gather), share_of(gather)
    facts = gather.tx.system.registry.kinds["assignment"].rule_facts(gather.root, share)
    on = local(clock.anchored_at).date()
    limits = timers.limits_of(pack, clock.name, timers.asked(pack, "limits", facts), on)
    present = parse_amount(clock.budget)
    original = next((limit.amount for limit in limits if limit.level == clock.level and limit.amount.unit == present.unit), present)
    return prolonged(gather, clock, original)


def extensions_left(gather: Gather) -> int:
    """A pack that names no count lets one share be extended once."""
    allowed: int = pack_of(gather).parameters.get("extension_count", 1)
    return allowed - sum(child.kind == "extension" and child.state == "granted" for child in gather.root.children(share_of(gather)))


def extension_before_due_only(gather: Gather) -> bool:
    """Only a pack that says so lets a unit ask after the deadline."""
    return bool(pack_of(gather).parameters.get("extension_before_due_only", True))


def city_due_at(gather: Gather) -> datetime | None:
    due: datetime | None = gather.root.top().data.get("upstream_due_at")
    return due


def day_of(instant: datetime | None) -> frozenset[str]:
    """A day as a sentence says it."""
    return frozenset() if instant is None else frozenset({end_of_day_shown(instant).date().isoformat()})


def pause_grounds(gather: Gather) -> frozenset[str]:
    """A pack without grounds lets no clock pause."""
    return rows_of(gather, "hold_grounds")


def pause_terms(gather: Gather) -> dict[str, Any] | None:
    """What the pack says of the ground that is named now, or was when the pause was asked for."""
    table, share = pack_of(gather).tables.get("hold_grounds"), gather.case
    ground = gather.fields.get("pause_ground") or share.data["pause_ground"]
    facts = gather.tx.system.registry.kinds[share.kind].rule_facts(gather.root, share)
    rows = collect(table, facts, local(gather.root.now).date()) if table else []
    given = next((row.result for row in rows if row.row_id == ground), None)
    if given is None:
        return None
    longest, calendar = given["longest"], gather.tx.system.settings.calendar(share.pack)
    latest = add(gather.root.now, longest, calendar).at if longest else None
    return {"latest": latest, "approval": given["approval"], "total": given.get("total", False)}


def suspension_latest_at(gather: Gather) -> datetime | None:
    """A pack that names no longest suspension lets nothing be suspended."""
    return until(gather, gather.root.now, "suspension_longest")


OF_LIMITS: Mapping[str, Loader] = {
    "handle_due_at": handle_due_at,
    "extended_due_at": extended_due_at,
    "city_due_at": city_due_at,
    "city_due_day": lambda gather: day_of(city_due_at(gather)),
}
TICKET_FACTS: Mapping[str, Loader] = {
    "sharing_unit_ids": sharing_unit_ids,
    "copied_unit_ids": copied_unit_ids,
    "copied_before": copied_before,
    "suspension_latest_at": suspension_latest_at,
}
ASSIGNMENT_FACTS: Mapping[str, Loader] = {
    **OF_LIMITS,
    "sharing_unit_ids": sharing_unit_ids,
    "subordinate_unit_ids": subordinate_unit_ids,
    "upper_due_at": upper_due_at,
    "extension_latest_at": extension_latest_at,
    "extension_latest_day": lambda gather: day_of(extension_latest_at(gather)),
    "extensions_left": extensions_left,
    "extension_before_due_only": extension_before_due_only,
    "pause_grounds": pause_grounds,
    "pause_terms": pause_terms,
}
# Found without a statement, and asked when the open actions are shown.
TICKET_READY = frozenset({"suspension_latest_at"})
ASSIGNMENT_READY = frozenset({"handle_due_at", "extensions_left", "extension_before_due_only", "pause_grounds"})
