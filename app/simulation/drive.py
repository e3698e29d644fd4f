"""Driving a season: the clock stands still at each step, what is due fires first, then people act, however fast this machine is."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from app.core import sweep
from app.core.actors import SYSTEM
from app.core.bus import transaction
from app.core.system import System
from app.core.wake import Waker
from app.errors import Unavailable
from app.simulation.clock import ClockHand
from app.simulation.crew import Crew
from app.simulation.office import Office

OWED = "SELECT count(*) AS n FROM outbox WHERE done_at IS NULL"
PATIENCE = 60.0
MOMENT = 0.02


@dataclass
class Progress:
    """How far a drive has come; `born` tells which case each planned arrival became."""

    now: datetime
    began: float = field(default_factory=time.monotonic)
    acts: int = 0
    rungs: int = 0
    born: dict[int, int] = field(default_factory=dict)
    refused: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0


@dataclass(frozen=True)
class Pace:
    """People act at the points of `grid`, what is due fires at those of `rung_grid`, so that it is hardly ever late; what is owed
    beside is done every so often."""

    grid: timedelta = timedelta(minutes=10)
    rung_grid: timedelta = timedelta(minutes=1)
    drain_every: timedelta = timedelta(hours=6)


@dataclass(frozen=True)
class Ways:
    """How a season is driven. `last` is another pace from so long before its end on.

    `sweeps` False leaves due clocks and owed reactions to the installation's own tick and workers, and waits for them;
    `waiting` is called again and again meanwhile, `watch` after each step.
    """

    processes: int = 1
    pace: Pace = Pace()
    last: tuple[timedelta, Pace] = (timedelta(0), Pace())
    tail: timedelta = timedelta(0)
    sweeps: bool = True
    watch: Callable[[Progress], None] = lambda progress: None
    stop: Callable[[], bool] = lambda: False
    waiting: Callable[[], None] = lambda: None

    def at(self, left: timedelta) -> Pace:
        """The pace when so much of the season is left."""
        return self.pace if left > self.last[0] else self.last[1]


@dataclass
class Drive:
    """The clock stands still at each step, what is due fires first, then people act, until the season ends."""

    system: System
    clock: ClockHand
    crew: Crew
    office: Office
    ways: Ways = Ways()

    def run(self, start: datetime, end: datetime, first: datetime) -> Progress:
        """From `start` to `end`, or until asked to stop; `first` is when the first demand arrives."""
        progress = Progress(start)
        drained, acts_at = start, on(start, first, self.ways.at(end - start).grid)
        while progress.now < end and not self.ways.stop():
            pace = self.ways.at(end - progress.now)
            progress.now, due = self.clock.step(min(acts_at, end), start, progress.now, pace.rung_grid)
            if due:
                self.settle(progress)
            if progress.now >= min(acts_at, end):
                acts_at = on(start, self.act(progress, end), pace.grid)
            if self.ways.sweeps and progress.now - drained >= pace.drain_every:
                self.crew.drain()
                drained = progress.now
            progress.seconds = time.monotonic() - progress.began
            self.ways.watch(progress)
        self.settle(progress)
        self.finish()
        progress.seconds = time.monotonic() - progress.began
        return progress

    def act(self, progress: Progress, end: datetime) -> datetime:
        """Everybody's due actions, first what the centre does at its hours; returns when the next one is wanted."""
        news = self.office.step(progress.now, progress.born)
        progress.acts += self.office.done
        progress.refused.update(self.office.refused)
        self.office.done, self.office.refused = 0, Counter()
        wanted, owes = min(end, self.office.next_at), False
        for told in self.crew.step(progress.now, news):
            owes = owes or told.owes
            progress.born.update(told.born)
            progress.acts += told.done
            progress.refused.update(told.refused)
            if told.next_at is not None:
                wanted = min(wanted, told.next_at)
        if owes:
            self.finish()
        return wanted

    def settle(self, progress: Progress) -> None:
        """Until nothing is due any more, whoever fires it."""
        deadline = time.monotonic() + PATIENCE
        while sweep.lag(self.system) is not None:
            if self.ways.sweeps:
                progress.rungs += sweep.sweep(self.system)
            else:
                self.wake()
            if time.monotonic() > deadline:
                raise Unavailable("到期时钟长时间无人处理。", "What is due was not fired for a minute: does a tick process run?")

    def finish(self) -> None:
        """Until every reaction that is owed has been done."""
        deadline = time.monotonic() + PATIENCE
        while self.owed():
            if self.ways.sweeps:
                self.crew.drain()
            else:
                self.wake()
            if time.monotonic() > deadline:
                return

    def wake(self) -> None:
        """A waker of its own each time, because the system's is sparing: nobody waits here but this driver."""
        Waker().nudge(self.system.redis)
        time.sleep(MOMENT)
        self.ways.waiting()

    def owed(self) -> int:
        with transaction(self.system, SYSTEM) as tx:
            return tx.query(OWED)[0]["n"]  # type: ignore[no-any-return]


def on(start: datetime, at: datetime, grid: timedelta) -> datetime:
    """The first point of a grid that is not earlier than `at`."""
    return start + max(0, -((start - at) // grid)) * grid
