"""The tickets of one process: a heap of what is due next, each step done through the same door as by people."""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from app.core.actors import SYSTEM
from app.core.bus import Result, execute, transaction
from app.core.system import System
from app.errors import Refusal
from app.hotline.review.queries import failing_gates
from app.simulation.arrivals import Season
from app.simulation.course import life
from app.simulation.demand import Place, demand_of
from app.simulation.joining import alike
from app.simulation.learning import published
from app.simulation.office import News
from app.simulation.people import read_district
from app.simulation.ticket import LOOK, Act, Course, Ticket, World
from app.simulation.twins import Twin

# The next step of a thread lies later than the one before, however short its wait.
AT_LEAST = timedelta(seconds=1)
# A main ticket in one of these sets those free, or completes them, that were joined to it.
SETTLED = ("completed", "closed", "terminated", "withdrawn")


@dataclass(frozen=True)
class Part:
    """Which of a season's tickets a process drives: those whose number, divided by `of`, leaves `index`."""

    season: Season
    places: Sequence[Place]
    run: str
    index: int = 0
    of: int = 1
    twins: Mapping[int, Twin] = field(default_factory=dict)
    callers: Mapping[int, dict[str, Any]] = field(default_factory=dict)


@dataclass
class Told:
    """What a process reports after a step. `next_at` is when it wants to act again, None when all its tickets have ended;
    `owes` when a reaction is owed for which other tickets of the step wait.
    """

    next_at: datetime | None
    born: list[tuple[int, int]] = field(default_factory=list)
    done: int = 0
    owes: bool = False
    refused: Counter[str] = field(default_factory=Counter)


@dataclass
class Shard:
    """Deterministic: what a ticket does depends on its own seed and on the steps of the clock, never on another ticket or on an id."""

    system: System
    world: World
    heap: list[tuple[datetime, int, int, Course | None]]
    plan: dict[int, Ticket]
    acted: set[int] = field(default_factory=set)

    def step(self, now: datetime, news: Sequence[News] = ()) -> Told:
        """What was heard, then what is due by `now`. A ticket acts once in a step: no thread overtakes a rung that another caused."""
        self.world.now = now
        self.acted.clear()
        for heard in news:
            if heard.n in self.plan:
                self.plan[heard.n].hear(heard.round, heard.word)
        told = Told(None)
        while self.heap and self.heap[0][0] <= now:
            at, n, k, course = heapq.heappop(self.heap)
            if n in self.acted:
                heapq.heappush(self.heap, (now + AT_LEAST, n, k, course))
                continue
            self.acted.add(n)
            self.act(self.plan[n], k, course or life(self.plan[n]), told)
        told.next_at = self.heap[0][0] if self.heap else None
        return told

    def act(self, ticket: Ticket, k: int, course: Course, told: Told) -> None:
        """Runs one thread until it waits or ends; threads that it began start with the next step."""
        waits = self.advance(ticket, course, told)
        n = ticket.arrival.n
        if waits is not None:
            heapq.heappush(self.heap, (max(waits, self.world.now + AT_LEAST), n, k, course))
        for begun in ticket.threads:
            ticket.begun += 1
            heapq.heappush(self.heap, (self.world.now + AT_LEAST, n, ticket.begun, begun))
        ticket.threads.clear()

    def advance(self, ticket: Ticket, course: Course, told: Told) -> datetime | None:
        result: Result | None = None
        while True:
            try:
                item: datetime | Act = course.send(result)
            except StopIteration:
                return None
            if isinstance(item, datetime):
                return item
            if item is LOOK:
                self.look(ticket)
                continue
            try:
                result = execute(self.system, item)
            except Refusal as refusal:
                told.refused[f"{getattr(item, 'trigger', type(item).__name__)}: {refusal.en}"] += 1
                return None
            assert result is not None and result.root is not None
            told.done += 1
            if not ticket.id:
                told.born.append((ticket.arrival.n, result.case_id))
            ticket.look(result.root)
            told.owes = told.owes or (ticket.followed and ticket.state in SETTLED)
            if ticket.shown:
                return None


    def look(self, ticket: Ticket) -> None:
        """What others have done to it since."""
        with transaction(self.system, SYSTEM) as tx:
            ticket.look(tx.root_of("ticket", ticket.id))


def open_shard(system: System, part: Part) -> Shard:
    district = read_district(system)
    with transaction(system, SYSTEM) as tx:
        now = tx.now
    pack = system.settings.current_pack
    world = World(district, system.settings.pack(pack), system.settings.calendar(pack), part.run, now, partial(failing_gates, system))
    mine = [arrival for arrival in part.season.arrivals() if arrival.n % part.of == part.index]
    plan = {}
    for arrival in mine:
        demand = demand_of(arrival, part.places)
        if arrival.n in part.callers and demand.citizen.get("phone"):
            demand = replace(demand, citizen={**demand.citizen, **part.callers[arrival.n]})
        plan[arrival.n] = Ticket(world, arrival, demand, arrival.rng)
    for n, twin in part.twins.items():
        if n in plan:
            plan[n].twin = twin
            plan[n].demand = alike(plan[n].demand, plan[twin.main].demand, twin, part.places)
    world.tickets, world.entries = plan, published(system)
    heap: list[tuple[datetime, int, int, Course | None]] = [(arrival.at, arrival.n, 0, None) for arrival in mine]
    heapq.heapify(heap)
    return Shard(system, world, heap, plan)
