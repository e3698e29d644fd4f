"""A calendar says of every day whether it is worked, when, and why; a year not published follows the week and is provisional."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, tzinfo
from typing import Literal

from rules.errors import CalendarError
from rules.timeline import DayEnd, Hours, Timeline, instant

DayKind = Literal["workday", "makeup", "short", "holiday", "rest"]
MAXIMUM_SPAN_YEARS = 80  # No law grants so long a limit; a slip of the pen does.


@dataclass(frozen=True, slots=True)
class Special:
    """A day that a notice names: off, worked in exchange, or worked in part only."""

    kind: Literal["holiday", "makeup", "short"]
    name: str
    hours: Hours = ()


@dataclass(frozen=True, slots=True)
class Year:
    """One published year of a series of calendars (`cn`)."""

    series: str
    year: int
    title: str
    notices: tuple[str, ...]
    days: Mapping[date, Special]
    digest: str


@dataclass(frozen=True, slots=True)
class Day:
    kind: DayKind
    name: str
    hours: Hours
    published: bool


@dataclass(frozen=True, slots=True)
class WorkingHours:
    """The hours of a week (Monday first) and of a make-up workday, their zone, and how days are counted."""

    series: str
    zone: tzinfo
    week: tuple[Hours, ...]
    makeup: Hours
    count_start_day: bool = False
    day_end: DayEnd = "midnight"

    def __post_init__(self) -> None:
        if len(self.week) != 7 or not any(self.week):
            raise CalendarError("日历没有任何工作时间，期限无从计算。", "The calendar has no working time: no limit could be reckoned.")


@dataclass(frozen=True, eq=False)
class Calendar:
    """Working hours and published years together. Make one and keep it: the days laid out are kept with it."""

    hours: WorkingHours
    years: Mapping[int, Year]
    _laid: list[Timeline] = field(default_factory=list, repr=False)

    @property
    def zone(self) -> tzinfo:
        return self.hours.zone

    @property
    def digest(self) -> str:
        """Changes when any published year changes."""
        return " ".join(f"{year}:{self.years[year].digest[:12]}" for year in sorted(self.years))

    def day(self, day: date) -> Day:
        year = self.years.get(day.year)
        special = year.days.get(day) if year else None
        normal = self.hours.week[day.weekday()]
        if special is None:
            return Day("workday" if normal else "rest", "", normal, year is not None)
        return Day(special.kind, special.name, self.hours.makeup if special.kind == "makeup" else special.hours, True)

    def timeline(self, at: int) -> Timeline:
        """The days laid out around an instant, in microseconds since 1970."""
        if self._laid and self._laid[0].holds(at):
            return self._laid[0]
        year = instant(at).year
        near = [known for known in self.years if abs(known - year) < MAXIMUM_SPAN_YEARS // 2]
        return self._lay(min([year, *near]) - 2, max([year, *near]) + 2)

    def wider(self, line: Timeline) -> Timeline:
        """More days on both sides, up to a horizon: a walk over days always ends."""
        span = line.last - line.first + 1
        if span >= MAXIMUM_SPAN_YEARS:
            raise CalendarError("期限超出可计算的范围。", "The limit lies beyond the horizon of the calendar.")
        return self._lay(line.first - 5, min(line.last + span, line.first + MAXIMUM_SPAN_YEARS))

    def _lay(self, first: int, last: int) -> Timeline:
        line = Timeline(first, last, self.zone, self.hours.day_end, lambda day: self.day(day).hours, self.years)
        self._laid[:] = [line]  # One assignment: another thread sees the old days or the new ones, both right.
        return line
