"""The centre's own day: what its people do at fixed hours with the cases of all tickets, one after another, in the driving process."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any

from app.clock import local
from app.core.actors import SYSTEM, Actor
from app.core.bus import Result, execute, transaction
from app.core.fire import Fire
from app.core.system import System
from app.errors import Refusal
from app.simulation.answers import next_call
from app.simulation.people import District
from rules.amounts import Amount
from rules.days import Calendar
from rules.worktime import add

MORNING = timedelta(hours=9)


@dataclass(frozen=True, slots=True)
class News:
    """What a ticket's people hear: by the arrival, of which round, and what."""

    n: int
    round: int
    word: str


@dataclass
class Office:
    """`sessions` of the morning and of each calling hour. Nothing here looks at an id to decide anything."""

    system: System
    district: District
    calendar: Calendar
    seed: int
    start: datetime
    calling: Callable[[Office], None]
    morning: Sequence[Callable[[Office], None]]
    # From here on nobody calls and no rising subject is judged, so that a demonstration shows who and what waits for it.
    quiet_from: datetime | None = None
    now: datetime = field(init=False)
    calls_at: datetime = field(init=False)
    morning_at: datetime = field(init=False)
    arrivals: dict[int, int] = field(default_factory=dict)
    news: list[News] = field(default_factory=list)
    refused: Counter[str] = field(default_factory=Counter)
    done: int = 0

    def __post_init__(self) -> None:
        self.now = self.start
        self.calls_at, self.morning_at = next_call(self.start), next_morning(self.start)

    @property
    def next_at(self) -> datetime:
        return min(self.calls_at, self.morning_at)

    @property
    def day(self) -> int:
        """Counted from 0 on the first day of the season."""
        return (self.now - self.start).days

    @property
    def quiet(self) -> bool:
        return self.quiet_from is not None and self.now >= self.quiet_from

    def step(self, now: datetime, born: Mapping[int, int]) -> list[News]:
        """The sessions that are due by now; what tickets should hear of them."""
        if self.next_at > now:
            return []
        self.now, self.news = now, []
        self.arrivals = {case_id: n for n, case_id in born.items()}
        if self.morning_at <= now:
            for session in self.morning:
                session(self)
            self.morning_at = next_morning(now)
        if self.calls_at <= now:
            if not self.quiet:
                self.calling(self)
            self.calls_at = next_call(now)
        return self.news

    def do(self, command: Any) -> Result | None:
        """None when it was refused, which is counted, or when there was nothing to do."""
        try:
            result: Result | None = execute(self.system, command)
        except Refusal as refusal:
            self.refused[f"{getattr(command, 'trigger', type(command).__name__)}: {refusal.en}"] += 1
            return None
        self.done += 1
        return result

    def fire(self, actor: Actor | str, kind: str, case_id: int, trigger: str, **fields: Any) -> Result | None:
        who = self.district.centre(actor) if isinstance(actor, str) else actor
        return self.do(Fire(who, kind, case_id, trigger, fields))

    def rows(self, sql: str, **asked: Any) -> list[dict[str, Any]]:
        with transaction(self.system, SYSTEM) as tx:
            return tx.query(sql, {"now": self.now, **asked})

    def rng(self, *words: object) -> Random:
        return Random(":".join(str(word) for word in (self.seed, *words)))

    def of(self, root_id: int) -> int:
        """The arrival that became this ticket; 0 for one of an earlier season, or for what is no ticket."""
        return self.arrivals.get(root_id, 0)

    def in_days(self, days: int) -> datetime:
        return add(self.now, Amount(days, "wd"), self.calendar).at - timedelta(minutes=1)

    def unit(self, *words: object) -> int:
        return self.rng(*words).choice(self.district.departments)

    def hear(self, root_id: int, round_: int, word: str) -> None:
        if self.of(root_id):
            self.news.append(News(self.of(root_id), round_, word))


def next_morning(now: datetime) -> datetime:
    midnight = local(now).replace(hour=0, minute=0, second=0, microsecond=0)
    return next(at for at in (midnight + MORNING, midnight + timedelta(days=1) + MORNING) if at > now)
