"""The only working-time arithmetic: a budget is anchored where it starts, spent by a meter, due when the meter has moved that far."""

# Start day, day's end and zone belong to the calendar. Instants are aware, results are UTC, intervals half-open: 24:00 is the next 00:00.
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from rules.amounts import UNITS, Amount, Unit, parse_amount
from rules.days import Calendar
from rules.meters import Meter, Reading, meter_of
from rules.timeline import OutsideTimeline, instant, micros

__all__ = ["UNITS", "Amount", "Calendar", "Due", "Unit", "add", "between", "parse_amount", "reach", "reach_each", "shift", "shown", "spent"]

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Due:
    """An instant in UTC; provisional when the way to it crosses a year whose calendar is not published."""

    at: datetime
    provisional: bool


def add(start: datetime, amount: Amount, calendar: Calendar) -> Due:
    """When a limit that starts at `start` is due."""
    return reach(start, start, amount, calendar)


def between(start: datetime, end: datetime, calendar: Calendar, unit: Unit) -> Amount:
    """How much of a limit that starts at `start` is spent at `end`: the inverse of `add`."""
    return spent(start, start, end, calendar, unit)


def reach(anchor: datetime, since: datetime, left: Amount, calendar: Calendar) -> Due:
    """When `left` of a limit anchored at `anchor` is spent, if it runs from `since` on without a pause."""
    return reach_each(anchor, since, (left.value,), left.unit, calendar)[0]


def reach_each(anchor: datetime, since: datetime, lefts: Sequence[Reading], unit: Unit, calendar: Calendar) -> list[Due]:
    """The same for several remainders at once; a negative one was spent already and is answered with `since`."""
    origin, begin = micros(anchor), micros(since)

    def reckon(meter: Meter) -> list[Due]:
        base = _base(meter, origin, begin)
        ends = [begin if left < 0 else max(begin, meter.instant(base + left)) for left in lefts]
        return [Due(instant(end), meter.provisional(origin, end)) for end in ends]

    return _reckon(reckon, unit, begin, calendar)


def spent(anchor: datetime, since: datetime, until: datetime, calendar: Calendar, unit: Unit) -> Amount:
    """What a limit anchored at `anchor` spends while it runs from `since` to `until`."""
    origin, begin, end = micros(anchor), micros(since), micros(until)

    def reckon(meter: Meter) -> Amount:
        base = _base(meter, origin, begin)
        moved = max(meter.reading(max(begin, end)), base) - base
        return Amount(moved if moved.denominator > 1 else int(moved), unit)

    return _reckon(reckon, unit, begin, calendar)


def shift(at: datetime, amount: Amount, calendar: Calendar, back: bool = False) -> Due:
    """So much later, or earlier, than an instant: the end of a day stays the end of a day."""
    here = micros(at)
    step = -amount.value if back else amount.value

    def reckon(meter: Meter) -> Due:
        there = meter.instant(meter.reading(here) + step)
        return Due(instant(there), meter.provisional(min(here, there), max(here, there)))

    return _reckon(reckon, amount.unit, here, calendar)


def shown(at: datetime, calendar: Calendar) -> datetime:
    """As people write it, in the calendar's zone: a day ends at 23:59:59, not at the next 00:00."""
    local = at.astimezone(calendar.zone)
    if (local.hour, local.minute, local.second, local.microsecond) == (0, 0, 0, 0):
        return (at - timedelta(seconds=1)).astimezone(calendar.zone)
    return local


def _base(meter: Meter, anchor: int, since: int) -> Reading:
    """A limit that never paused begins at its origin; one resumed begins where it was resumed, but never before its origin."""
    origin = meter.origin(anchor)
    return origin if since == anchor else max(origin, meter.reading(since))


def _reckon(reckon: Callable[[Meter], T], unit: Unit, at: int, calendar: Calendar) -> T:
    line = calendar.timeline(at)
    while True:
        try:
            return reckon(meter_of(unit, line, calendar))
        except OutsideTimeline:
            line = calendar.wider(line)
