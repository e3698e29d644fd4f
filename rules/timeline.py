"""The worked days and stretches of a run of years in sorted microseconds: every question about them is a bisection."""

from bisect import bisect_right
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, timedelta, tzinfo
from itertools import pairwise
from typing import Literal

from rules.errors import CalendarError

Hours = tuple[tuple[int, int], ...]  # Half-open stretches of one local day, in minutes after its midnight.
DayEnd = Literal["midnight", "hours"]

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
ONE_DAY = timedelta(days=1)
MINUTE_IN_MICROSECONDS = 60_000_000
DAY_IN_MICROSECONDS = 24 * 60 * MINUTE_IN_MICROSECONDS
YEAR_IN_MICROSECONDS = 366 * DAY_IN_MICROSECONDS
FIRST_YEAR, LAST_YEAR = 1900, 2400


class OutsideTimeline(Exception):
    """The reckoning left the days laid out so far; the caller lays out more and tries again."""


def micros(at: datetime) -> int:
    """Whole microseconds since 1970; an instant without a zone is refused."""
    if at.tzinfo is None:
        raise CalendarError("时间缺少时区。", "An instant without a zone cannot be reckoned with.")
    return (at - EPOCH) // MICROSECOND


def instant(at: int) -> datetime:
    try:
        return EPOCH + timedelta(microseconds=at)
    except OverflowError as error:
        raise CalendarError("期限超出可计算的范围。", "The limit lies beyond every calendar.") from error


def at_minute(day: date, minute: int, zone: tzinfo) -> int:
    """The instant of a local minute; 1440 is 24:00, the midnight that begins the next day."""
    if minute == 24 * 60:
        day, minute = day + ONE_DAY, 0
    return micros(datetime(day.year, day.month, day.day, minute // 60, minute % 60, tzinfo=zone).astimezone(UTC))


class Timeline:
    """The years `first` to `last` of a calendar; lists run in step, one entry a worked day or a worked stretch."""

    __slots__ = (
        "before", "closes", "ends", "first", "first_stretch", "highs", "last", "lengths", "lows", "opens", "published", "reach", "worked",
    )

    def __init__(
        self, first: int, last: int, zone: tzinfo, day_end: DayEnd, hours: Callable[[date], Hours], published: Iterable[int]
    ) -> None:
        if not FIRST_YEAR <= first <= last <= LAST_YEAR:
            raise CalendarError("日期超出可计算的年份。", "The date lies outside the years that can be reckoned with.")
        self.first, self.last = first, last
        self.opens: list[int] = []  # The local midnight at which each worked day begins.
        self.closes: list[int] = []  # Its 24:00.
        self.ends: list[int] = []  # When a due day ends: its 24:00, or the end of its hours.
        self.lengths: list[int] = []  # The worked microseconds of the day.
        self.first_stretch: list[int] = []
        self.lows: list[int] = []
        self.highs: list[int] = []
        self.before: list[int] = []  # Worked microseconds before each stretch, since the beginning of the timeline,
        self.worked: list[int] = []  # and at its end.
        self.reach = (at_minute(date(first, 1, 1), 0, zone), at_minute(date(last + 1, 1, 1), 0, zone))
        self.published = _runs(sorted(published), zone)
        day, beyond, opens = date(first, 1, 1), date(last + 1, 1, 1), self.reach[0]
        while day < beyond:
            closes = at_minute(day, 24 * 60, zone)
            self._lay(hours(day), opens, closes, day_end, _minutes_of(day, opens, closes, zone))
            day, opens = day + ONE_DAY, closes

    def _lay(self, hours: Hours, opens: int, closes: int, day_end: DayEnd, minute: Callable[[int], int]) -> None:
        stretches = [(minute(low), minute(high)) for low, high in hours]
        stretches = [(low, high) for low, high in stretches if low < high]  # An hour that a zone skips in spring is not worked.
        if not stretches:
            return
        start = total = self.worked[-1] if self.worked else 0
        self.first_stretch.append(len(self.lows))
        for low, high in stretches:
            self.lows.append(low)
            self.highs.append(high)
            self.before.append(total)
            total += high - low
            self.worked.append(total)
        self.lengths.append(total - start)
        self.opens.append(opens)
        self.closes.append(closes)
        self.ends.append(closes if day_end == "midnight" else self.highs[-1])

    def holds(self, at: int) -> bool:
        """Whether the instant is laid out with a year to spare on both sides."""
        return self.reach[0] + YEAR_IN_MICROSECONDS <= at < self.reach[1] - YEAR_IN_MICROSECONDS

    def worked_until(self, at: int) -> int:
        """Worked microseconds from the beginning of the timeline to an instant."""
        stretch = bisect_right(self.lows, at) - 1
        if stretch < 0:
            raise OutsideTimeline
        return self.before[stretch] + min(at, self.highs[stretch]) - self.lows[stretch]

    def provisional(self, start: int, end: int) -> bool:
        """Whether any day between two instants lies in a year without a published calendar."""
        return not any(low <= start and end <= high for low, high in self.published)


def _minutes_of(day: date, opens: int, closes: int, zone: tzinfo) -> Callable[[int], int]:
    """The instant of each minute of a day; only a day of unusual length has to ask its zone."""
    if closes - opens == DAY_IN_MICROSECONDS:
        return lambda minute: opens + minute * MINUTE_IN_MICROSECONDS
    return lambda minute: at_minute(day, minute, zone)


def _runs(years: list[int], zone: tzinfo) -> list[tuple[int, int]]:
    """Unbroken runs of published years, from the first midnight to the last 24:00."""
    cuts = [0, *(at + 1 for at, (one, other) in enumerate(pairwise(years)) if other != one + 1), len(years)]
    return [
        (at_minute(date(years[low], 1, 1), 0, zone), at_minute(date(years[high - 1] + 1, 1, 1), 0, zone))
        for low, high in pairwise(cuts)
        if low < high
    ]
