"""Clocks as a budget ledger: a transition starts, stops, holds or resumes them in memory; due instants and rungs are derived by rules."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from app.clock import local
from app.core.load import instant
from app.core.root import Case, Clock, Root
from app.core.tx import Tx
from rules import clocks as reckoning
from rules.amounts import parse_amount
from rules.clocks import Ledger, Limit, Projection, RungRow
from rules.days import Calendar
from rules.packs import Pack
from rules.tables import asks, since
from rules.worktime import spent
from workflows.definition import Transition
from workflows.vocabulary import WINDOWS

UPSTREAM_CLOCK = "total_clock"
LAPSE = "lapse"
Asked = tuple[tuple[str, object], ...]


def move(tx: Tx, root: Root, case: Case, edge: Transition) -> None:
    """What one edge does to the clocks of its case; a final state leaves none running."""
    final = case.workflow.states[case.state].final
    if not (edge.stops or edge.holds or edge.resumes or edge.starts or edge.restarts or edge.rebudgets or final):
        return
    for name in (*edge.stops, *edge.restarts):
        stop(root, root.running(case, name))
    if final:
        stop(root, root.running(case))
    for name in edge.holds:
        for clock in root.running(case, name):
            hold(tx, root, case, clock, edge.trigger)
    for name in edge.resumes:
        for clock in root.running(case, name):
            resume(tx, root, case, clock, edge.trigger)
    for name in (*edge.starts, *edge.restarts):
        start(tx, root, case, name)
    for other in root.cases.values() if edge.rebudgets else ():
        rebudget(tx, root, other, edge.trigger)
        follow_city(tx, root, other, edge.trigger)
        show_due(root, other)
    show_due(root, case)


def asked(pack: Pack, table: str, facts: Mapping[str, object]) -> Asked:
    """The facts that this table looks at; others, such as the instant of registration, would make every question a new one."""
    return tuple((name, facts[name]) for name in sorted(asks(pack.tables[table])) if name in facts) if table in pack.tables else ()


def limits_of(pack: Pack, name: str, facts: Asked, on: date) -> tuple[Limit, ...]:
    return known_limits(pack, name, facts, since(pack.tables["limits"], on))


def rungs_of(pack: Pack, name: str, level: str, facts: Asked, on: date) -> tuple[RungRow, ...]:
    return known_rungs(pack, name, level, facts, since(pack.tables["escalation"], on)) if "escalation" in pack.tables else ()


# Thousands of tickets a day ask a pack the same few questions; a pack never changes, so neither does its answer, until a row of it
# begins or ceases to hold.
@lru_cache(maxsize=20_000)
def known_limits(pack: Pack, name: str, facts: Asked, on: date) -> tuple[Limit, ...]:
    return reckoning.limits(pack, name, dict(facts), on)


@lru_cache(maxsize=20_000)
def known_rungs(pack: Pack, name: str, level: str, facts: Asked, on: date) -> tuple[RungRow, ...]:
    return reckoning.rungs_for(pack, name, level, dict(facts), on)


def show_due(root: Root, case: Case) -> None:
    """A case shows the smallest of its running limits; the limits themselves own the fact."""
    limits = (c for c in root.running(case) if c.state == "running" and c.name not in WINDOWS)
    due = min((c.due_at for c in limits if c.due_at), default=None)
    if due != case.due_at:
        case.due_at = due
        case.touched = True


def start(tx: Tx, root: Root, case: Case, name: str) -> None:
    """A new generation of a clock, one row for each level of limit that the pack, or the city, sets."""
    if root.running(case, name):
        return
    kind = tx.system.registry.kinds[case.kind]
    if name in kind.fixed:
        start_fixed(tx, root, case, name, kind.fixed[name])
        return
    pack = tx.system.settings.pack(case.pack)
    facts = kind.rule_facts(root, case)
    on = local(root.now).date()
    for limit in limits_of(pack, name, asked(pack, "limits", facts), on):
        clock = blank(tx, root, case, name, limit.level)
        clock.budget, clock.consumed = str(limit.amount), f"0{limit.amount.unit}"
        clock.table, clock.row = limit.table, limit.row
        project(tx, root, case, clock)
    due = kind.upstream_due(root, case) if name == UPSTREAM_CLOCK else None
    if due is not None:
        start_upstream(tx, root, case, due)


def start_fixed(tx: Tx, root: Root, case: Case, name: str, column: str) -> None:
    """A limit whose end a person has set: no pause moves it, and without that instant there is none."""
    if case.data[column] is not None:
        clock = blank(tx, root, case, name, "district")
        clock.fixed_due_at, clock.table, clock.row = case.data[column], "set", column
        project(tx, root, case, clock)


def start_upstream(tx: Tx, root: Root, case: Case, due: datetime) -> None:
    clock = blank(tx, root, case, UPSTREAM_CLOCK, "upstream")
    clock.fixed_due_at, clock.table, clock.row = due, "upstream", "order"
    project(tx, root, case, clock)


def blank(tx: Tx, root: Root, case: Case, name: str, level: str) -> Clock:
    before = [c.generation for c in root.clocks if c.case_id == case.id and c.name == name and c.level == level]
    clock = Clock(
        id=tx.system.ids.next(), case_id=case.id, name=name, level=level, generation=max(before, default=0) + 1, state="running",
        budget=None, consumed=None, fixed_due_at=None, anchored_at=root.now, running_since=root.now, held_at=None, due_at=None,
        provisional=False, rungs=[], rung_next=0, next_rung_at=None, stopped_at=None, late=None, pack=case.pack, table="", row="",
        new=True,
    )  # fmt: skip
    root.clocks.append(clock)
    return clock


def ledger_of(clock: Clock) -> Ledger | None:
    """None for a limit that is an instant given from above, which no pause moves."""
    if clock.budget is None or clock.consumed is None:
        return None
    return Ledger(parse_amount(clock.budget), parse_amount(clock.consumed), clock.anchored_at, clock.running_since)


def project(tx: Tx, root: Root, case: Case, clock: Clock, held_at: datetime | None = None) -> None:
    """Derives the due instant and the rungs of a running clock; rungs that have fired are not touched."""
    pack = tx.system.settings.pack(clock.pack)
    calendar = tx.system.settings.calendar(clock.pack)
    facts = tx.system.registry.kinds[case.kind].rule_facts(root, case)
    rows = rungs_of(pack, clock.name, clock.level, asked(pack, "escalation", facts), local(root.now).date())
    found = projection(clock, calendar, rows)
    # A clock whose budget was spent before it was held stays due when it was due.
    if not (found.exhausted and clock.due_at and (held_at is None or clock.due_at <= held_at)):
        clock.due_at, clock.provisional = found.due_at, found.provisional
    fired = clock.rungs[: clock.rung_next]
    keys = {rung["key"] for rung in fired}
    coming: list[dict[str, Any]] = [
        {"key": r.key, "at": r.at.isoformat(), "actions": list(r.actions), "rows": list(r.rows)} for r in found.rungs if r.key not in keys
    ]
    trigger = case.workflow.states[case.state].lapses.get(clock.name)
    if trigger and clock.due_at and LAPSE not in keys:
        coming.append({"key": LAPSE, "at": clock.due_at.isoformat(), "actions": [f"fire:{trigger}"]})
        coming.sort(key=lambda rung: datetime.fromisoformat(rung["at"]))
    clock.rungs = fired + coming
    clock.next_rung_at = instant(coming[0]["at"]) if coming else None
    clock.touched = clock.reckoned = True


def projection(clock: Clock, calendar: Calendar, rows: Sequence[Any]) -> Projection:
    ledger = ledger_of(clock)
    if ledger is None:
        assert clock.fixed_due_at is not None
        return reckoning.project_fixed(clock.anchored_at, clock.fixed_due_at, calendar, rows)
    return reckoning.project(ledger, calendar, rows)


def stop(root: Root, clocks: Iterable[Clock]) -> None:
    """Frozen with its result: late is judged when it was last running, and never again."""
    for clock in clocks:
        ended = clock.held_at or root.now
        clock.late = clock.due_at is not None and ended >= clock.due_at
        clock.state, clock.stopped_at, clock.running_since, clock.next_rung_at = "stopped", root.now, None, None
        clock.touched = True


def hold(tx: Tx, root: Root, case: Case, clock: Clock, reason: str) -> None:
    """The time from here on is nobody's. Holding what is held changes nothing; the city's limit runs on whatever we hold."""
    if clock.state != "running" or clock.level == "upstream":
        return
    ledger = ledger_of(clock)
    if ledger is not None:
        clock.consumed = str(reckoning.hold(ledger, root.now, tx.system.settings.calendar(clock.pack)).consumed)
    clock.state, clock.held_at, clock.running_since, clock.next_rung_at = "held", root.now, None, None
    clock.touched = clock.reckoned = True
    tell(tx, root, clock, "hold", clock.due_at, reason)


def resume(tx: Tx, root: Root, case: Case, clock: Clock, reason: str) -> None:
    """The same generation goes on with what is left of its budget."""
    if clock.state != "held":
        return
    prior = clock.due_at
    held_at = clock.held_at
    clock.state, clock.held_at, clock.running_since = "running", None, root.now
    project(tx, root, case, clock, held_at)
    tell(tx, root, clock, "resume", prior, reason)


def rebudget(tx: Tx, root: Root, case: Case, reason: str) -> None:
    """The class of a case changed: each clock keeps what is consumed and gets the budget of the new class."""
    pack = tx.system.settings.pack(case.pack)
    facts = tx.system.registry.kinds[case.kind].rule_facts(root, case)
    for clock in root.running(case):
        limits = limits_of(pack, clock.name, asked(pack, "limits", facts), local(clock.anchored_at).date())
        limit = next((limit for limit in limits if limit.level == clock.level), None)
        if limit is None or str(limit.amount) == clock.budget:
            continue
        prior = clock.due_at
        ledger = ledger_of(clock)
        if ledger is not None:
            moved = reckoning.rebudget(ledger, limit.amount, root.now, tx.system.settings.calendar(clock.pack))
            clock.budget, clock.consumed, clock.running_since = str(moved.budget), str(moved.consumed), moved.running_since
        clock.table, clock.row = limit.table, limit.row
        if clock.state == "running":
            project(tx, root, case, clock)
        clock.touched = clock.reckoned = True
        tell(tx, root, clock, "rebudget", prior, reason)


def extend(tx: Tx, root: Root, case: Case, name: str, until: datetime, reason: str) -> None:
    """More budget, so that the limit ends on the day of `until`; what has been consumed stays, and nothing is ever shortened."""
    for clock in root.running(case, name):
        if clock.level == "upstream" or clock.due_at is None or clock.due_at >= until:
            continue
        prior, ledger = clock.due_at, ledger_of(clock)
        if ledger is None:
            clock.fixed_due_at = until
        else:
            calendar = tx.system.settings.calendar(clock.pack)
            more = spent(clock.anchored_at, clock.due_at, until, calendar, ledger.budget.unit)
            clock.budget = str(ledger.budget.plus(reckoning.whole(more)))
        if clock.state == "running":
            project(tx, root, case, clock)
        clock.touched = clock.reckoned = True
        tell(tx, root, clock, "extend", prior, reason)
    show_due(root, case)


def follow_city(tx: Tx, root: Root, case: Case, reason: str) -> None:
    """The city's deadline is the city's: its clock moves when it names another one, and begins when it named none before."""
    running = [clock for clock in root.running(case, UPSTREAM_CLOCK) if clock.state == "running"]
    due = tx.system.registry.kinds[case.kind].upstream_due(root, case) if running else None
    if due is None:
        return
    clock = next((clock for clock in running if clock.level == "upstream"), None)
    if clock is None:
        start_upstream(tx, root, case, due)
    elif clock.fixed_due_at != due:
        prior, clock.fixed_due_at = clock.due_at, due
        project(tx, root, case, clock)
        tell(tx, root, clock, "rebudget", prior, reason)


def tell(tx: Tx, root: Root, clock: Clock, event: str, prior: datetime | None, reason: str) -> None:
    row = {"clock_id": clock.id, "at": root.now, "event": event, "prior_due_at": prior, "due_at": clock.due_at, "reason": reason}
    tx.insert("clock_events", row)
