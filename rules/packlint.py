"""What must hold between the tables of a pack: no clock forgotten, and no window longer than the one above it."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from itertools import product
from typing import Any

from rules.amounts import Amount
from rules.conditions import Condition, OneOf, Prefix
from rules.days import WorkingHours
from rules.derived import CLOCKS, DERIVED, TYPES, URGENCIES
from rules.lint import Finding
from rules.tables import Table, choose

Facts = dict[str, object]
SOME_DAY = date(2000, 1, 1)
# A unit's window beside the window of the district in which it lies.
OF_SHARES = ("sign_clock", "first_contact_clock", "handle_clock")
NESTED = [((clock, "unit"), (clock, "district")) for clock in CLOCKS] + [(("handle_clock", "unit"), ("total_clock", "district"))]


def lint_clocks(
    tables: Mapping[str, Table], hours: WorkingHours, inherited: Mapping[str, Table], valid_from: date | None
) -> list[Finding]:
    """Errors over the table of limits."""
    table = tables.get("limits")
    if table is None:
        return [Finding("error", "limits", "", "规则包没有时限表。", "The pack has no table of limits.")]
    days = stretches(table, valid_from)
    below = _longer_below(table, days, hours)
    return [*_forgotten(table, days), *_outlasting(table, days, hours), *below, *_loosened(table, inherited.get("limits"), hours)]


def stretches(table: Table, valid_from: date | None) -> list[date]:
    """A day within each stretch in which the same rows are in force."""
    cuts = {day for row in table.rows for day in (row.valid_from, row.valid_to) if day is not None}
    first = valid_from or min((day - timedelta(days=1) for day in cuts), default=SOME_DAY)
    return [first, *sorted(day for day in cuts if day > first)]


def _forgotten(table: Table, days: list[date]) -> Iterator[Finding]:
    for on in days:
        missing = [
            f"{clock}/{kind}/{urgency}"
            for clock, kind, urgency in product(CLOCKS, TYPES, URGENCIES)
            if not any(choose(table, question(clock, level, kind, urgency), on) for level in ("district", "unit"))
        ]
        if missing:
            yield Finding(
                "error", table.name, "", f"{on} 起，{len(missing)} 种情形既无时限也未声明不限，例如 {missing[0]}。",
                f"From {on}, {len(missing)} cases have no limit and are not declared unlimited, for example {missing[0]}.",
            )


def _outlasting(table: Table, days: list[date], hours: WorkingHours) -> Iterator[Finding]:
    told = set()
    for on, profile, kind, urgency in product(days, profiles(table), TYPES, URGENCIES):
        for (clock, level), (outer_clock, outer_level) in NESTED:
            inner = choose(table, {**profile, **question(clock, level, kind, urgency)}, on)
            outer = choose(table, {**profile, **question(outer_clock, outer_level, kind, urgency)}, on)
            pair = (inner and inner.row_id, outer and outer.row_id)
            if inner is None or outer is None or pair in told:
                continue
            own, given = inner.result["amount"], outer.result["amount"]
            # Declared unlimited, a unit has no window of its own, and the one above it binds.
            if own is not None and given is not None and nominal(own, hours) > nominal(given, hours):
                told.add(pair)
                yield Finding(
                    "error", table.name, inner.row_id,
                    f"单位时限 {own} 长于 {outer.row_id} 的 {given}（{kind}，{urgency}）。",
                    f"The unit's window {own} outlasts {given} of {outer.row_id} ({kind}, {urgency}).",
                )


def _longer_below(table: Table, days: list[date], hours: WorkingHours) -> Iterator[Finding]:
    """A unit to which a share was handed down has no longer than the unit above."""
    told = set()
    for on, clock, kind, urgency in product(days, OF_SHARES, TYPES, URGENCIES):
        asked = question(clock, "unit", kind, urgency)
        lower, upper = (choose(table, {**asked, "role": role}, on) for role in ("sub", "lead"))
        if lower is None or upper is None or lower.row_id in told:
            continue
        own, given = lower.result["amount"], upper.result["amount"]
        if own is not None and given is not None and nominal(own, hours) > nominal(given, hours):
            told.add(lower.row_id)
            yield Finding(
                "error", table.name, lower.row_id,
                f"下派单位的时限 {own} 长于上级单位的 {given}（{kind}，{urgency}）。",
                f"The window {own} of a unit below outlasts {given} of the unit above ({kind}, {urgency}).",
            )


def _loosened(table: Table, inherited: Table | None, hours: WorkingHours) -> Iterator[Finding]:
    """A limit of the pack above may be tightened, never loosened or dropped."""
    own = {row.id: row for row in table.rows}
    for above in inherited.rows if inherited else ():
        given = above.give["amount"]
        row = own.get(above.id)
        kept = row is not None and row.when == above.when and row.give["amount"] is not None
        if given is not None and not (kept and row is not None and nominal(row.give["amount"], hours) <= nominal(given, hours)):
            yield Finding(
                "error", table.name, above.id, f"上级规则 {above.id}（{given}）只能收紧，不能放宽或去掉。",
                f"The rule {above.id} ({given}) of the pack above may be tightened, not loosened or dropped.",
            )


def nominal(amount: Amount, hours: WorkingHours) -> float:
    """Working minutes, for comparison only: a natural day counts as a worked one, a day of minutes as a natural day."""
    day = max(sum(high - low for low, high in stretches) for stretches in hours.week)
    if amount.unit in ("wd", "nd"):
        return float(amount.value * day)
    minutes = float(amount.value * (60 if amount.unit == "wh" else 1))
    return minutes if amount.unit == "wh" or minutes <= day else max(day, minutes * day / 1440)


def profiles(table: Table) -> list[Facts]:
    """The plain case, and for each row that asks more than type and urgency one case that it answers."""
    profiles: list[Facts] = [{}]
    for row in table.rows:
        extra = {column: condition for column, condition in row.when.items() if column not in ("clock", "level", "type", "urgency")}
        if extra and not extra.keys() & DERIVED.keys():
            profiles.append({column: _sample(condition) for column, condition in extra.items()})
    return [profile for place, profile in enumerate(profiles) if profile not in profiles[:place]]


def _sample(condition: Condition) -> Any:
    if isinstance(condition, OneOf):
        return min(condition.values, key=str)
    if isinstance(condition, Prefix):
        return condition.prefixes[0]
    if condition.low is not None:
        return condition.low
    return condition.high - (timedelta(days=1) if isinstance(condition.high, date) else 1)


def question(clock: str, level: str, kind: str, urgency: str) -> Facts:
    return {"clock": clock, "level": level, "type": kind, "urgency": urgency}
