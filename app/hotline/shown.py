"""The small pieces that every view of a ticket is made of: names beside ids, badges, and how much of a limit is left."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any

from app.core.actors import Actor
from app.core.root import Clock
from app.core.system import System
from app.core.visibility import CENTRE, sees_all
from app.hotline.redaction import for_public
from app.hotline.reference import Reference
from rules.amounts import UNIT_NAMES, Unit, parse_amount
from rules.worktime import between, spent

# Who may tell a citizen the code that opens the public page of a ticket.
TELLS_CODE = CENTRE - {"leader"}


def badges_of(row: Mapping[str, Any], actor: Actor, state: str, overdue: bool, provisional: bool) -> list[str]:
    """What a ticket is beside its state: words, and `round N` from the second on. `row` may be the few columns that a list reads. What is
    decided of its caller is the centre's alone."""
    found = [f"round {row['round']}"] if row["round"] > 1 else []
    held = (
        ("overdue", overdue), ("provisional", provisional), ("confidential", row["confidential"]), ("anonymous", row["anonymous"]),
        ("enterprise", row["enterprise"]), ("urged", row["urges"]), ("escalated", row["escalations"]),
        ("supervised", row["supervised"]), ("elevated", row["elevations"]),
        ("sent_back", row["send_backs"] and state == "handling"), ("termination_requested", row["termination_requested_by"]),
        ("suspension_requested", row["suspension_requested_by"]),
        ("merged", row["merged_into"]), ("earlier_reply_proposed", row["earlier_reply_by"]),
        ("restricted_caller", row["caller_effects"] and sees_all(actor)),
        ("dissatisfied", row["dissatisfied_round"] == row["round"]),
    )  # fmt: skip
    found += [f"main of {row['joined']}"] if row["joined"] else []
    return found + [name for name, holds in held if holds]


def hides(row: Mapping[str, Any], actor: Actor) -> bool:
    """Who spoke in a confidential ticket stays inside the centre: units see neither the citizen nor names inside the texts."""
    return bool(row["confidential"]) and not sees_all(actor)


def told(text: str | None, hidden: bool) -> str | None:
    return for_public(text) if hidden and text else text


def unit_of(named: Reference, unit_id: int | None) -> dict[str, Any] | None:
    if unit_id is None:
        return None
    unit = named.units[unit_id]
    return {"id": unit.id, "code": unit.code, "name": unit.name}


def category_of(named: Reference, category_id: int | None) -> dict[str, Any] | None:
    """With the path from the top of the tree, since the name of a leaf alone says little."""
    if category_id is None:
        return None
    path = named.path(category_id)
    return {"id": category_id, "code": path[-1].code, "name": path[-1].name, "path": [category.name for category in path]}


def person_of(named: Reference, person_id: int | None) -> dict[str, Any] | None:
    if person_id is None:
        return None
    person = named.people.get(person_id)
    return {"id": person_id, "name": person.name if person else None}


def passed(clock: Clock, now: datetime) -> bool:
    """A stopped clock keeps its result; a held one is over when it was over before it was held."""
    if clock.state == "stopped":
        return bool(clock.late)
    return clock.due_at is not None and clock.due_at <= (clock.held_at or now)


@lru_cache(maxsize=4096)
def number_of(amount: str) -> tuple[float, Unit]:
    """A stored amount as a number to be shown, no longer exact."""
    parsed = parse_amount(amount)
    return float(parsed.value), parsed.unit


class Remaining:
    """What is left of the clocks of one root. Clocks that began together have spent the same, which is reckoned once."""

    def __init__(self, system: System, now: datetime) -> None:
        self.settings, self.now = system.settings, now
        self._spent: dict[tuple[str, datetime, datetime, Unit], float] = {}

    def of(self, clock: Clock) -> dict[str, str] | None:
        """In the unit of the limit itself; None for what no longer runs."""
        if clock.state == "stopped":
            return None
        if clock.budget is None or clock.consumed is None:
            return self._until(clock)
        budget, unit = number_of(clock.budget)
        left = budget - number_of(clock.consumed)[0]
        if clock.running_since is not None:
            left -= self._since(clock, clock.running_since, unit)
        return spoken(left, unit, passed(clock, self.now))

    def _since(self, clock: Clock, since: datetime, unit: Unit) -> float:
        key = (clock.pack, clock.anchored_at, since, unit)
        if key not in self._spent:
            calendar = self.settings.calendar(clock.pack)
            self._spent[key] = float(spent(clock.anchored_at, since, self.now, calendar, unit).value)
        return self._spent[key]

    def _until(self, clock: Clock) -> dict[str, str] | None:
        """A limit from above is an instant: what is left of it is the working time until then."""
        if clock.due_at is None:
            return None
        calendar = self.settings.calendar(clock.pack)
        begin, end = min(self.now, clock.due_at), max(self.now, clock.due_at)
        hours = float(between(begin, end, calendar, "wh").value)
        return spoken(-hours if clock.due_at <= self.now else hours, "wh", clock.due_at <= self.now)


def spoken(left: float, unit: Unit, over: bool) -> dict[str, str]:
    """`amount` is negative when the limit is over. A day counts as spent when its hours are, though it is due only at its end."""
    number = f"{abs(left):.2f}".rstrip("0").rstrip(".") if over or left > 0 else "0"
    zh, en = UNIT_NAMES[unit]
    if over:
        return {"amount": f"-{number}{unit}", "zh": f"已超期 {number} {zh}", "en": f"{number} {en} overdue"}
    return {"amount": f"{number}{unit}", "zh": f"剩余 {number} {zh}", "en": f"{number} {en} left"}
