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
from app.simulation.arrivals import Arrival
from app.simulation.demand import Demand, pick
from app.simulation.people import District
from app.simulation.twins import Twin
from rules.amounts import Amount
from rules.days import Calendar
from rules.packs import Pack
from rules.worktime import add

# A thread of a ticket's life waits until an instant, or asks for a command to be done now and is sent its result.
# What others have done to it meanwhile is seen by LOOK.
Act = Any
LOOK = object()
BESIDE = frozenset({"return-request", "extension", "report-in", "co-request"})
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
    # The tickets of this process by their arrivals, and what the knowledge base holds.
    tickets: dict[int, Ticket] = field(default_factory=dict)
    entries: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Share:
    """One assignment as it was last seen."""

    id: int
    role: str
    unit_id: int
    state: str
    open: bool
    due_at: datetime | None = None
    return_by: datetime | None = None


@dataclass(frozen=True, slots=True)
class Beside:
    """A small case that stands beside a share, as it was last seen: a return, an extension, a report-in."""

    id: int
    kind: str
    state: str
    open: bool
    unit_id: int


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
    shares: tuple[Share, ...] = ()
    beside: tuple[Beside, ...] = ()
    alarms: tuple[int, ...] = ()
    joined: bool = False
    # Whether another was ever joined to it, and the earlier one that it is about.
    followed: bool = False
    twin: Twin | None = None
    # What those who call back, and who study, have told of a round: content, unhappy, unreachable; studied.
    heard: dict[int, str] = field(default_factory=dict)
    studied: set[int] = field(default_factory=set)
    elevated: bool = False
    city_due_at: datetime | None = None
    threads: list[Course] = field(default_factory=list)
    begun: int = 0

    @property
    def now(self) -> datetime:
        return self.world.now

    @property
    def lead(self) -> Share:
        return next(share for share in self.shares if share.open and share.role == "lead")

    @property
    def secret(self) -> bool:
        return bool(self.demand.citizen.get("confidential"))

    def share(self, share_id: int) -> Share:
        return next(share for share in self.shares if share.id == share_id)

    def hear(self, round_: int, word: str) -> None:
        if word == "studied":
            self.studied.add(round_)
        else:
            self.heard[round_] = word

    def look(self, root: Root) -> None:
        top = root.top()
        self.id, self.state, self.round = top.id, top.state, top.data["round"]
        self.joined = top.data["merged_into"] is not None
        below = [case for case in root.cases.values() if case is not top]
        self.alarms = tuple(case.id for case in below if case.kind == "alarm" and case.open)
        limits, windows = ends_of(root, "handle_clock"), ends_of(root, "return_window_clock")
        self.city_due_at = top.data["upstream_due_at"]
        self.shares = tuple(
            Share(case.id, case.data["role"], case.data["unit_id"], case.state, case.open, limits.get(case.id), windows.get(case.id))
            for case in below
            if case.kind == "assignment"
        )
        asked = (case for case in below if case.kind in BESIDE)
        self.beside = tuple(Beside(case.id, case.kind, case.state, case.open, case.data["unit_id"]) for case in asked)

    def waiting(self, kind: str) -> Beside | None:
        """The newest case of a kind beside the shares that is still open."""
        return next((case for case in reversed(self.beside) if case.kind == kind and case.open), None)

    def chance(self, share: float) -> bool:
        return self.rng.random() < share

    def happens(self, share: float, what: str) -> bool:
        """As `chance`, but sure for a ticket that a demonstration wants to show so."""
        return self.chance(share) or self.arrival.stops_at == what

    @property
    def shown(self) -> bool:
        """Whether it stands where a demonstration wants it: in a state, or with an open case of a kind beside it."""
        wanted = self.arrival.stops_at
        return bool(wanted) and (self.state == wanted or self.waiting(wanted) is not None or (wanted == "alarm" and bool(self.alarms)))

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

    def on(self, account: str, kind: str, case_id: int, trigger: str, **fields: Any) -> Fire:
        """Somebody of the centre moves a case beside the ticket."""
        return Fire(self.centre(account), kind, case_id, trigger, fields)

    def at(self, part: str, unit_id: int, kind: str, case_id: int, trigger: str, **fields: Any) -> Fire:
        """Somebody of a unit moves a case beside the ticket."""
        return Fire(self.world.district.of_unit(part, unit_id), kind, case_id, trigger, fields)

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


def ends_of(root: Root, name: str) -> dict[int, datetime | None]:
    """When the running limit of a name ends, by the case whose it is."""
    return {clock.case_id: clock.due_at for clock in root.clocks if clock.name == name and clock.state == "running"}
