"""Each unit of time is a meter that never runs backwards: a budget is spent by what the meter moves, whatever was paused between."""

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from math import ceil, floor
from typing import Protocol

from rules.amounts import Unit
from rules.days import Calendar
from rules.errors import CalendarError
from rules.timeline import MINUTE_IN_MICROSECONDS, OutsideTimeline, Timeline, at_minute, instant

HOUR, MINUTE = 60 * MINUTE_IN_MICROSECONDS, MINUTE_IN_MICROSECONDS
Reading = Fraction | int


class Meter(Protocol):
    """Instants are microseconds since 1970, readings are in the unit and mean something only against each other."""

    def origin(self, start: int) -> Reading:
        """The reading from which a budget that starts at `start` is spent."""

    def reading(self, at: int) -> Reading: ...

    def instant(self, reading: Reading) -> int:
        """The earliest instant with this reading; a whole day ends when the calendar says that a due day ends."""

    def provisional(self, start: int, end: int) -> bool: ...


@dataclass(frozen=True, slots=True)
class WorkingDays:
    """A day counts as a whole; of a day in which a pause begins or ends, the worked share counts."""

    line: Timeline
    count_start_day: bool

    def origin(self, start: int) -> int:
        return bisect_right(self.line.closes if self.count_start_day else self.line.opens, start)

    def reading(self, at: int) -> Reading:
        day = bisect_right(self.line.opens, at) - 1
        if day < 0:
            raise OutsideTimeline
        spent = self.line.worked_until(at) - self.line.before[self.line.first_stretch[day]] if at < self.line.closes[day] else None
        if spent is None or spent >= self.line.lengths[day]:
            return day + 1
        return day + Fraction(max(spent, 0), self.line.lengths[day])

    def instant(self, reading: Reading) -> int:
        day = floor(reading)
        if day < 1 or reading > len(self.line.ends):
            raise OutsideTimeline
        if reading == day:
            return self.line.ends[day - 1]
        share = reading - day
        needed = self.line.before[self.line.first_stretch[day]] + ceil(share * self.line.lengths[day])
        return _when_worked(self.line, needed)

    def provisional(self, start: int, end: int) -> bool:
        return self.line.provisional(start, end)


@dataclass(frozen=True, slots=True)
class WorkingHoursMeter:
    line: Timeline

    def origin(self, start: int) -> Fraction:
        return self.reading(start)

    def reading(self, at: int) -> Fraction:
        return Fraction(self.line.worked_until(at), HOUR)

    def instant(self, reading: Reading) -> int:
        return _when_worked(self.line, ceil(reading * HOUR))

    def provisional(self, start: int, end: int) -> bool:
        return self.line.provisional(start, end)


@dataclass(frozen=True, slots=True)
class NaturalDays:
    """Local days of the calendar's zone, whatever is worked in them."""

    calendar: Calendar

    def origin(self, start: int) -> int:
        return self._day(start) + (0 if self.calendar.hours.count_start_day else 1)

    def reading(self, at: int) -> Reading:
        day = self._day(at)
        begin, end = self._midnight(day), self._midnight(day + 1)
        return day + Fraction(at - begin, end - begin)

    def instant(self, reading: Reading) -> int:
        day = floor(reading)
        begin = self._midnight(day)
        return begin + ceil((reading - day) * (self._midnight(day + 1) - begin)) if reading != day else begin

    def provisional(self, start: int, end: int) -> bool:
        return False

    def _day(self, at: int) -> int:
        return instant(at).astimezone(self.calendar.zone).toordinal()

    def _midnight(self, day: int) -> int:
        if not 1 < day < date.max.toordinal():
            raise CalendarError("期限超出可计算的范围。", "The limit lies beyond every calendar.")
        return at_minute(date.fromordinal(day), 0, self.calendar.zone)


@dataclass(frozen=True, slots=True)
class Minutes:
    """Wall-clock minutes: the duty office and urgent orders know neither nights nor holidays."""

    def origin(self, start: int) -> Fraction:
        return Fraction(start, MINUTE)

    def reading(self, at: int) -> Fraction:
        return Fraction(at, MINUTE)

    def instant(self, reading: Reading) -> int:
        return ceil(reading * MINUTE)

    def provisional(self, start: int, end: int) -> bool:
        return False


def meter_of(unit: Unit, line: Timeline, calendar: Calendar) -> Meter:
    if unit == "wd":
        return WorkingDays(line, calendar.hours.count_start_day)
    if unit == "wh":
        return WorkingHoursMeter(line)
    return NaturalDays(calendar) if unit == "nd" else Minutes()


def _when_worked(line: Timeline, needed: int) -> int:
    """The earliest instant at which so many microseconds were worked: the end of a morning, not the end of its lunch."""
    stretch = bisect_left(line.worked, needed)
    if needed <= 0 or stretch == len(line.worked):
        raise OutsideTimeline
    return line.lows[stretch] + needed - line.before[stretch]
