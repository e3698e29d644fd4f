"""The figures of days: those that are folded from where they are kept, all others, today above all, counted from history at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Final

import psycopg

from app.core.system import System
from app.hotline.queries import run
from app.overview.counting import CATEGORIES, DAILY, HOURLY, HOURS, RATES, window
from app.overview.scope import Scope
from rules.days import Calendar

WEEKS: Final = 8
KEPT = """SELECT d.day, f.unit_id, f.measure, f.hour, f.count FROM folded_days d LEFT JOIN day_figures f ON f.day = d.day
AND f.measure = ANY(%(measures)s) AND (%(every)s OR f.unit_id = ANY(%(units)s)) WHERE d.day = ANY(%(days)s)"""
KEPT_CATEGORIES = """SELECT d.day, f.unit_id, f.category_id, f.count FROM folded_days d LEFT JOIN category_figures f ON f.day = d.day
AND f.unit_id = ANY(%(units)s) WHERE d.day = ANY(%(days)s)"""
Hour = tuple[date, str, int]


@dataclass(slots=True)
class Figures:
    """Counts by day, measure and hour over the units of a scope, and by unit and measure over all days."""

    hours: dict[Hour, int] = field(default_factory=lambda: defaultdict(int))
    units: dict[tuple[int, str], int] = field(default_factory=lambda: defaultdict(int))

    def add(self, day: date, unit: int, measure: str, hour: int, count: int) -> None:
        self.hours[day, measure, hour] += count
        self.units[unit, measure] += count


def hourly(system: System, connection: psycopg.Connection[Any], days: Collection[date], scope: Scope) -> Figures:
    return figures(system, connection, days, scope.units, HOURLY, HOURS)


def daily(system: System, connection: psycopg.Connection[Any], days: Collection[date], units: Sequence[int] | None) -> Figures:
    """`units` None is every unit, the whole centre among them."""
    return figures(system, connection, days, units, DAILY, RATES)


def figures(
    system: System, connection: psycopg.Connection[Any], days: Collection[date], units: Sequence[int] | None,
    measures: Sequence[str], counted: str,
) -> Figures:  # fmt: skip
    asked = {"measures": list(measures), "every": units is None, "units": list(units or ()), "days": sorted(days)}
    kept = run(connection, KEPT, asked)
    found, known = Figures(), {row[0] for row in kept}
    for row in kept:
        if row[1] is not None:
            found.add(*row)
    for first, after in spans(set(days) - known):
        for row in run(connection, counted, window(system, first, after)):
            if units is None or row[1] in units:
                found.add(*row)
    return found


def categories(system: System, connection: psycopg.Connection[Any], days: Collection[date], scope: Scope) -> dict[tuple[date, int], int]:
    """How many demands of each category came on each day."""
    kept = run(connection, KEPT_CATEGORIES, {"units": list(scope.units), "days": sorted(days)})
    found, known = dict[tuple[date, int], int](), {row[0] for row in kept}
    fresh = [row for first, after in spans(set(days) - known) for row in run(connection, CATEGORIES, window(system, first, after))]
    for day, unit, category, count in [*kept, *fresh]:
        if unit in scope.units:
            found[day, category] = found.get((day, category), 0) + count
    return found


def spans(days: Iterable[date]) -> Iterator[tuple[date, date]]:
    """Days that follow each other as one span: its first day, and the day after its last."""
    first = after = None
    for day in sorted(days):
        if first is not None and after is not None and day != after:
            yield first, after
            first = None
        first, after = first or day, day + timedelta(days=1)
    if first is not None and after is not None:
        yield first, after


def usual_days(calendar: Calendar, day: date) -> list[date]:
    """The days that a day is compared with, newest first: the same weekday in the last eight weeks, worked as this one is.

    A make-up workday is a workday, whatever its weekday, and a holiday is no usual day of its weekday: these two are compared with the
    last eight days that are worked, or not, as they are.
    """
    before = [day - timedelta(days=back) for back in range(1, WEEKS * 7 + 1)]
    worked = is_worked(calendar, day)
    same = [each for each in before if is_worked(calendar, each) == worked]
    if calendar.day(day).kind in ("makeup", "holiday"):
        return same[:WEEKS]
    return [each for each in same if each.weekday() == day.weekday() and calendar.day(each).kind not in ("makeup", "holiday")]


def is_worked(calendar: Calendar, day: date) -> bool:
    return calendar.day(day).kind in ("workday", "makeup", "short")
