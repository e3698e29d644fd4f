"""The figures of days: those that are folded from where they are kept, all others, today above all, counted from history at once."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, Final

import psycopg

from app.core.system import System
from app.hotline.queries import run
from app.overview.counting import CATEGORIES, HOURS, RATES, Counted, window
from app.overview.scope import Scope
from rules.days import Calendar

WEEKS: Final = 8
DAY: Final = timedelta(days=1)
# Which days are folded and until when, beside their figures, in one statement: neither is younger than the other.
KEPT: Final = """WITH kept AS (SELECT d.day, d.counted_until FROM folded_days d WHERE d.day = ANY(%(days)s))
SELECT NULL::date, NULL::timestamptz, f.* FROM ({figures}) f UNION ALL SELECT k.day, k.counted_until{nothing} FROM kept k"""
KEPT_HOURS: Final = """SELECT f.day, f.unit_id, f.measure, f.hour, f.count FROM day_figures f JOIN kept USING (day)
WHERE f.measure = ANY(%(measures)s) AND f.unit_id = ANY(%(units)s)"""
KEPT_RATES: Final = """SELECT NULL::date, f.unit_id, f.measure, 0::smallint, sum(f.count)::int FROM day_figures f JOIN kept USING (day)
WHERE f.measure = ANY(%(measures)s) AND (%(every)s OR f.unit_id = ANY(%(units)s)) GROUP BY 2, 3"""
KEPT_CATEGORIES: Final = """SELECT min(f.day), f.unit_id, f.category_id, sum(f.count)::int FROM category_figures f JOIN kept USING (day)
WHERE f.unit_id = ANY(%(units)s) GROUP BY 2, 3, f.day >= %(begin)s"""
Hour = tuple[date, str, int]
Span = tuple[date, date, datetime | None]


def hourly(system: System, connection: psycopg.Connection[Any], days: Collection[date], scope: Scope) -> dict[Hour, int]:
    """By day, measure and hour over the units of a scope."""
    found = dict[Hour, int]()
    asked = {"measures": list(HOURS.measures), "units": list(scope.units)}
    for day, unit, measure, hour, count in figures(system, connection, days, HOURS, KEPT_HOURS, asked):
        if unit in scope.units:
            found[day, measure, hour] = found.get((day, measure, hour), 0) + count
    return found


def daily(
    system: System, connection: psycopg.Connection[Any], days: Collection[date], units: Sequence[int] | None
) -> dict[tuple[int, str], int]:
    """By unit and measure over all days. `units` None is every unit, the whole centre among them."""
    found = dict[tuple[int, str], int]()
    asked = {"measures": list(RATES.measures), "every": units is None, "units": list(units or ())}
    for _, unit, measure, _, count in figures(system, connection, days, RATES, KEPT_RATES, asked):
        if units is None or unit in units:
            found[unit, measure] = found.get((unit, measure), 0) + count
    return found


def categories(
    system: System, connection: psycopg.Connection[Any], days: Collection[date], begin: date, scope: Scope
) -> dict[tuple[int, bool], int]:
    """How many demands of each category came on the days, those from `begin` on (True) apart from those before."""
    found = dict[tuple[int, bool], int]()
    asked = {"units": list(scope.units), "begin": begin}
    for day, unit, category, count in figures(system, connection, days, CATEGORIES, KEPT_CATEGORIES, asked):
        if unit in scope.units:
            found[category, day >= begin] = found.get((category, day >= begin), 0) + count
    return found


def figures(
    system: System, connection: psycopg.Connection[Any], days: Collection[date], counted: Counted, kept: str, asked: Mapping[str, Any]
) -> Iterator[tuple[Any, ...]]:
    """What is kept, then what has to be counted at once; rows of both are alike."""
    nothing = ", NULL" * (len(counted.keys) + 1)
    rows = run(connection, KEPT.format(figures=kept, nothing=nothing), {**asked, "days": sorted(days)})
    yield from (row[2:] for row in rows if row[0] is None)
    for first, after, begin in uncounted(days, {row[0]: row[1] for row in rows if row[0] is not None}):
        yield from run(connection, counted.sql, window(system, first, after, begin))


def uncounted(days: Collection[date], folded: Mapping[date, datetime | None]) -> Iterator[Span]:
    """Spans of days that are not folded, and of each day that is folded in part what has happened since."""
    for first, after in spans(set(days) - folded.keys()):
        yield first, after, None
    for day, until in folded.items():
        if until is not None:
            yield day, day + DAY, until


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
