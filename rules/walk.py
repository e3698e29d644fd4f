"""A deadline is explained by the same meters that reckon it: what each day counted, what it did not, and why."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction

from rules.amounts import Amount
from rules.days import Calendar, Day
from rules.timeline import ONE_DAY
from rules.worktime import Due, reach, spent

Pause = tuple[datetime, datetime | None]
Run = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True)
class Step:
    """One local day of the walk: what it counted, and the sum so far, in the unit of the limit."""

    day: date
    of: Day
    first: bool
    counted: Amount
    total: Amount

    @property
    def zh(self) -> str:
        kind = {"workday": "工作日", "makeup": f"{self.of.name}调休上班", "short": f"{self.of.name}，部分工作"}
        said = kind.get(self.of.kind, f"{self.of.name}放假" if self.of.name else "休息日")
        if not self.of.published:
            said += "（该年日历未公布，暂按平常周）"
        if self.counted.value:
            return f"{said}，计 {_number(self.counted)}，累计 {self.total.spoken()[0]}"
        return f"{said}，{'起算当日' if self.first else ''}不计"

    @property
    def en(self) -> str:
        kind = {"workday": "working day", "makeup": "make-up workday", "short": "worked in part", "holiday": "holiday", "rest": "day off"}
        said = kind[self.of.kind] + ("" if self.of.published else " (year not published, assumed)")
        if self.counted.value:
            return f"{said}, counts {_number(self.counted)}, {self.total.spoken()[1]} so far"
        return f"{said}, {'start day, ' if self.first else ''}not counted"


@dataclass(frozen=True, slots=True)
class Walk:
    """`due` is None while the limit is paused; the steps then lead to the pause."""

    start: datetime
    amount: Amount
    pauses: tuple[Pause, ...]
    steps: tuple[Step, ...]
    due: Due | None


def explain(start: datetime, amount: Amount, calendar: Calendar, pauses: Sequence[Pause] = ()) -> Walk:
    """The walk from the start of a limit to its due instant, past its pauses (held, resumed or None), which stand in order.

    A limit that was due before a pause began stays due then.
    """
    runs, left, since = list[Run](), amount, start
    for held, resumed in pauses:
        due = reach(start, since, left, calendar)
        if due.at <= held:
            return _walk(start, amount, pauses, [*runs, (since, due.at)], calendar, due)
        runs.append((since, held))
        left = left.minus(spent(start, since, held, calendar, amount.unit))
        if resumed is None:
            return _walk(start, amount, pauses, runs, calendar, None)
        since = resumed
    due = reach(start, since, left, calendar)
    return _walk(start, amount, pauses, [*runs, (since, due.at)], calendar, due)


def _walk(start: datetime, amount: Amount, pauses: Sequence[Pause], runs: Sequence[Run], calendar: Calendar, due: Due | None) -> Walk:
    return Walk(start, amount, tuple(pauses), tuple(_steps(start, runs, amount, calendar)), due)


def _steps(start: datetime, runs: Sequence[Run], amount: Amount, calendar: Calendar) -> Iterator[Step]:
    day, last = _local_day(start, calendar), _local_day(max(start, runs[-1][1] - timedelta(microseconds=1)), calendar)
    total = Amount(0, amount.unit)
    while day <= last:
        begin, end = _midnight(day, calendar), _midnight(day + ONE_DAY, calendar)
        counted = Amount(0, amount.unit)
        for low, high in runs:
            if max(low, begin) < min(high, end):
                counted = counted.plus(spent(start, max(low, begin), min(high, end), calendar, amount.unit))
        total = total.plus(counted)
        yield Step(day, calendar.day(day), day == _local_day(start, calendar), counted, total)
        day += ONE_DAY


def _local_day(at: datetime, calendar: Calendar) -> date:
    return at.astimezone(calendar.zone).date()


def _midnight(day: date, calendar: Calendar) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=calendar.zone).astimezone(UTC)


def _number(amount: Amount) -> str:
    value = Fraction(amount.value)
    return str(value) if value.denominator == 1 else f"{float(value):.2f}"
