"""A chunk of planned rows: its names learnt, its rows replayed in one command, and the refused ones among them told apart."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from app.core import bus
from app.core.actors import IMPORTER
from app.core.system import System
from app.errors import Conflict, Refusal, Unavailable
from app.imports.asis import retold
from app.imports.commands import ReplayRows
from app.imports.mapping import Mapping
from app.imports.names import LearnNames, NameKey, Sought, category_key, names_in, read_known, unit_key
from app.imports.planned import Plan, PlannedTicket, Rejected, Repeated
from app.imports.replay import Ready
from app.imports.vocabulary import FINAL


@dataclass(frozen=True)
class Order:
    """Which run a chunk belongs to: plain values, so that it travels to another process."""

    mapping: Mapping
    run_id: int
    live: bool


@dataclass
class Done:
    """What became of a chunk: counts by what was done, and the rejected rows in the order of the file."""

    counts: Counter[str] = field(default_factory=Counter)
    rejected: list[Rejected] = field(default_factory=list)


class Replayer:
    """Replays chunks of one run in one process; the names met so far are remembered between chunks."""

    def __init__(self, system: System, order: Order) -> None:
        self.system, self.order = system, order
        self.with_clocks, self.without = retold(system, clocks=True, live=order.live), retold(system, clocks=False)
        self.known: dict[NameKey, int] = {}
        with bus.transaction(system, IMPORTER) as tx:
            self.known = read_known(tx, order.mapping.namespace)

    def do(self, chunk: list[Plan]) -> Done:
        planned = [plan for plan in chunk if isinstance(plan, PlannedTicket)]
        self.learn(planned)
        done = Done()
        rejected = {plan.row_number: plan for plan in chunk if isinstance(plan, Rejected)}
        for system, clocked in ((self.with_clocks, True), (self.without, False)):
            rows = [self.ready(plan) for plan in planned if self.clocked(plan) is clocked]
            for row in self.together(system, rows, done):
                rejected[row.row_number] = row
        done.rejected = [rejected[number] for number in sorted(rejected)]
        done.counts["read"] = len(chunk)
        done.counts["already"] += sum(isinstance(plan, Repeated) for plan in chunk)
        done.counts["rejected"] = len(rejected)
        return done

    def clocked(self, plan: PlannedTicket) -> bool:
        """Our limits judge our own tickets; those still open begin to count only in a live import."""
        return self.order.live or (self.order.mapping.ours and plan.state in FINAL)

    def together(self, system: System, rows: list[Ready], done: Done, again: bool = False) -> Iterator[Rejected]:
        """All rows in one command; when one of them is refused, each in its own, so that it alone is rejected, in the rule's words."""
        if not rows:
            return
        try:
            done.counts.update(self.replay(system, rows))
        except Unavailable:
            # Nothing is wrong with the rows: the import stops here and can be resumed.
            raise
        except Refusal as refusal:
            if isinstance(refusal, Conflict) and not again:
                # Another import brought some of these rows in the same moment; by now they are there to be seen.
                yield from self.together(system, rows, done, again=True)
            elif len(rows) == 1:
                plan = rows[0].plan
                yield Rejected(plan.row_number, plan.cells, refusal.zh, refusal.en)
            else:
                for row in rows:
                    yield from self.together(system, [row], done)

    def replay(self, system: System, rows: list[Ready]) -> Counter[str]:
        mapping = self.order.mapping
        command = ReplayRows(IMPORTER, self.order.run_id, mapping.namespace, mapping.name, tuple(rows))
        did: dict[int, str] = bus.execute(system, command).detail["did"]
        return Counter(did.values())

    def ready(self, plan: PlannedTicket) -> Ready:
        unit = self.known[unit_key(plan.unit)] if plan.unit and plan.dispatched else None
        category = self.known[category_key(plan.category)] if plan.category else None
        return Ready(plan, unit, category, live=self.order.live and plan.state not in FINAL)

    def learn(self, plans: Iterable[PlannedTicket]) -> None:
        """Names that were not met before are found or added, those above first."""
        new: dict[NameKey, Sought] = {}
        for plan in plans:
            for sought in names_in(plan):
                if sought.key not in self.known:
                    new.setdefault(sought.key, sought)
        mapping = self.order.mapping
        for depth in sorted({sought.depth for sought in new.values()}):
            level = tuple(sought for sought in new.values() if sought.depth == depth)
            command = LearnNames(IMPORTER, mapping.namespace, self.order.run_id, mapping.ours, level, self.known)
            self.known.update(bus.execute(self.system, command).detail["known"])
