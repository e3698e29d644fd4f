"""One simulated ticket: what its people know of it, how long they take, and with which words they act."""

from __future__ import annotations

import math
from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from fractions import Fraction
from random import Random
from typing import Any

from app.core.actors import Actor
from app.core.bus import Result
from app.core.fire import Fire
from app.core.root import Root
from app.hotline.commands import ActOn
from app.hotline.shares import callback_of
from app.simulation.arrivals import Arrival
from app.simulation.demand import Demand, pick
from app.simulation.people import District
from rules.amounts import Amount
from rules.days import Calendar
from rules.packs import Pack
from rules.worktime import add

# A thread of a ticket's life waits until an instant, or asks for a command to be done now and is sent its result.
Act = Any
Course = Generator["datetime | Act", "Result | None", None]
Working = Generator["datetime | Act", "Result | None", bool]


@dataclass
class World:
    """What all tickets of one process share. `now` is the step at which the clock stands."""

    district: District
    pack: Pack
    calendar: Calendar
    run: str
    now: datetime
    # What the reviewer sees before deciding: the gates at which a machine found something failing.
    failing: Callable[[Actor, int], Sequence[str]]


@dataclass(frozen=True, slots=True)
class Share:
    """One assignment as it was last seen."""

    id: int
    role: str
    unit_id: int
    state: str
    open: bool


@dataclass
class Ticket:
    """`shares` and `state` are what the last command of this ticket left behind; rungs change neither."""

    world: World
    arrival: Arrival
    demand: Demand
    rng: Random
    id: int = 0
    state: str = ""
    round: int = 1
    evaluated: bool = False
    rings_again: datetime | None = None
    shares: tuple[Share, ...] = ()
    alarms: tuple[int, ...] = ()
    threads: list[Course] = field(default_factory=list)
    begun: int = 0

    @property
    def now(self) -> datetime:
        return self.world.now

    @property
    def lead(self) -> Share:
        return next(share for share in self.shares if share.open and share.role == "lead")

    def share(self, share_id: int) -> Share:
        return next(share for share in self.shares if share.id == share_id)

    def look(self, root: Root) -> None:
        top = root.top()
        self.id, self.state, self.round = top.id, top.state, top.data["round"]
        self.evaluated = top.data["evaluated_round"] == self.round
        callback = callback_of(root, top)
        self.rings_again = callback.data["next_call_at"] if callback else None
        self.alarms = tuple(child.id for child in root.children(top) if child.kind == "alarm" and child.open)
        self.shares = tuple(
            Share(child.id, child.data["role"], child.data["unit_id"], child.state, child.open)
            for child in root.children(top)
            if child.kind == "assignment"
        )

    def chance(self, share: float) -> bool:
        return self.rng.random() < share

    def pick(self, shares: Mapping[str, float]) -> str:
        return pick(self.rng, shares)

    def centre(self, account: str) -> Actor:
        return self.world.district.centre(account)

    def fire(self, account: str, trigger: str, **fields: Any) -> ActOn:
        """Somebody of the centre moves the ticket."""
        return ActOn(self.centre(account), self.id, trigger, fields)

    def by_unit(self, part: str, share: Share, trigger: str, **fields: Any) -> ActOn:
        """Somebody of a handling unit acts on the ticket and means the unit's own share."""
        return ActOn(self.world.district.of_unit(part, share.unit_id), self.id, trigger, fields)

    def on_share(self, part: str, share: Share, trigger: str, **fields: Any) -> Fire:
        """What has the same name on a ticket and on a share is asked of the share itself."""
        return Fire(self.world.district.of_unit(part, share.unit_id), "assignment", share.id, trigger, fields)

    def around(self, median: float, spread: float) -> float:
        """Log-normal: half are quicker than the median, a few take very long."""
        return median * math.exp(self.rng.gauss(0, spread))

    def minutes(self, median: float, spread: float = 0.8) -> datetime:
        """So much later by the wall clock: people of the desk work day and night."""
        return self.now + timedelta(seconds=round(60 * self.around(median, spread)))

    def hours(self, median: float, spread: float = 0.8) -> datetime:
        """So much later in working hours: offices close at night and on holidays."""
        return self.at_work(Fraction(round(60 * self.around(median, spread)) + 1, 60))

    def days(self, median: float, spread: float = 0.6) -> datetime:
        """So much later in working days, each of seven hours."""
        return self.hours(7 * median, spread)

    def at_work(self, hours: Fraction) -> datetime:
        return add(self.now, Amount(hours, "wh"), self.world.calendar).at

    def later(self, days: float) -> datetime:
        return self.now + timedelta(days=days)
