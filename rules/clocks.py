"""A clock is a ledger of budget and consumption; when it is due, and when each of its rungs is reached, is always derived from it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from fractions import Fraction
from math import ceil

from rules.amounts import Amount
from rules.days import Calendar
from rules.meters import Reading
from rules.packs import Pack
from rules.shapes import RungSpec
from rules.tables import choose, collect
from rules.worktime import Due, add, between, reach_each, shift, spent

BUDGETED_LEVELS = ("district", "unit")  # The third level, `upstream`, is an instant given from above.


@dataclass(frozen=True, slots=True)
class Limit:
    """How long, at which level, and the row that says so."""

    level: str
    amount: Amount
    pack: str
    table: str
    row: str
    basis: str


@dataclass(frozen=True, slots=True)
class Ledger:
    """`consumed` is what was spent before `running_since`; a held ledger is running since None."""

    budget: Amount
    consumed: Amount
    anchored_at: datetime
    running_since: datetime | None


@dataclass(frozen=True, slots=True)
class RungRow:
    """One rung of the escalation table, with the actions of every row that sets it."""

    key: str
    spec: RungSpec
    actions: tuple[str, ...]
    pack: str
    table: str
    rows: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Rung:
    """When a rung is reached and what happens then. `at` of one passed before the clock was last resumed is that resumption."""

    key: str
    at: datetime
    actions: tuple[str, ...]
    rows: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Projection:
    """`exhausted`: the budget was spent before the clock was last resumed; a due instant that had passed by then remains right."""

    due_at: datetime | None
    provisional: bool
    rungs: tuple[Rung, ...]
    exhausted: bool = False


def limits(pack: Pack, clock: str, facts: Mapping[str, object], on: date) -> tuple[Limit, ...]:
    """One limit for each level that has one on that day; a clock declared unlimited has none."""
    found = []
    for level in BUDGETED_LEVELS:
        choice = choose(pack.tables["limits"], {**facts, "clock": clock, "level": level}, on)
        if choice is not None and choice.result["amount"] is not None:
            found.append(Limit(level, choice.result["amount"], choice.pack, choice.table, choice.row_id, choice.row.basis))
    return tuple(found)


def rungs_for(pack: Pack, clock: str, level: str, facts: Mapping[str, object], on: date) -> tuple[RungRow, ...]:
    """The rungs of a clock of that level; two rows that set the same rung add up."""
    table = pack.tables.get("escalation")
    rungs: dict[str, RungRow] = {}
    for choice in collect(table, {**facts, "clock": clock, "level": level}, on) if table else ():
        spec: RungSpec = choice.result["rung"]
        known = rungs.get(spec.key)
        actions = tuple(dict.fromkeys((*known.actions, *choice.result["actions"]))) if known else choice.result["actions"]
        rungs[spec.key] = RungRow(spec.key, spec, actions, choice.pack, choice.table, (*(known.rows if known else ()), choice.row_id))
    return tuple(rungs.values())


def start(amount: Amount, now: datetime, calendar: Calendar, rungs: Sequence[RungRow]) -> tuple[Ledger, Projection]:
    """A new generation of a clock."""
    ledger = Ledger(amount, Amount(0, amount.unit), now, now)
    return ledger, project(ledger, calendar, rungs)


def hold(ledger: Ledger, now: datetime, calendar: Calendar) -> Ledger:
    """What has run until now is consumed; what follows is nobody's time. Holding a held ledger changes nothing."""
    if ledger.running_since is None:
        return ledger
    return replace(ledger, consumed=consumed(ledger, now, calendar), running_since=None)


def resume(ledger: Ledger, now: datetime) -> Ledger:
    return ledger if ledger.running_since is not None else replace(ledger, running_since=now)


def consumed(ledger: Ledger, now: datetime, calendar: Calendar) -> Amount:
    """What is spent until now, all runs together; more than the budget when the clock is overdue."""
    if ledger.running_since is None:
        return ledger.consumed
    return ledger.consumed.plus(spent(ledger.anchored_at, ledger.running_since, now, calendar, ledger.budget.unit))


def rebudget(ledger: Ledger, budget: Amount, now: datetime, calendar: Calendar) -> Ledger:
    """Another budget, the same consumption.

    Across units, a clock that never paused is measured anew from its anchor; of one that did, what it has consumed is
    taken as spent in one run from its anchor, and that run is measured in the new unit.
    """
    if budget.unit == ledger.budget.unit:
        return replace(ledger, budget=budget)
    if ledger.running_since == ledger.anchored_at:
        return replace(ledger, budget=budget, consumed=Amount(0, budget.unit))
    held = hold(ledger, now, calendar)
    if held.consumed.value:
        run = between(held.anchored_at, add(held.anchored_at, held.consumed, calendar).at, calendar, budget.unit)
    else:
        run = Amount(0, budget.unit)
    return replace(held, budget=budget, consumed=run, running_since=None if ledger.running_since is None else now)


def whole(amount: Amount) -> Amount:
    """Days are given whole: a begun one counts."""
    return Amount(ceil(amount.value), amount.unit) if amount.unit in ("wd", "nd") else amount


def project(ledger: Ledger, calendar: Calendar, rungs: Sequence[RungRow]) -> Projection:
    """When a running ledger is due and its rungs are reached; a held one is not due at all."""
    since, unit = ledger.running_since, ledger.budget.unit
    if since is None:
        return Projection(None, False, ())
    marks = [_mark(ledger.budget, rung.spec) for rung in rungs]
    thresholds = [ledger.budget.value, *(mark for mark in marks if mark is not None)]
    due, *others = reach_each(ledger.anchored_at, since, [mark - ledger.consumed.value for mark in thresholds], unit, calendar)
    measured = iter(others)
    instants = [_shifted(due, rung.spec, calendar) if mark is None else next(measured).at for rung, mark in zip(rungs, marks, strict=True)]
    exhausted = since != ledger.anchored_at and ledger.consumed.value >= ledger.budget.value
    return Projection(due.at, due.provisional, _in_order(rungs, instants), exhausted)


def project_fixed(anchored_at: datetime, due_at: datetime, calendar: Calendar, rungs: Sequence[RungRow]) -> Projection:
    """For a due instant given from above, which no pause moves: shares are of the working time until then."""
    worked = between(anchored_at, due_at, calendar, "wh")
    due = Due(due_at, False)
    instants = [_share_of(anchored_at, worked, rung.spec, due, calendar) for rung in rungs]
    return Projection(due_at, False, _in_order(rungs, instants))


def passed(projection: Projection, after: datetime, until: datetime) -> tuple[Rung, ...]:
    """The rungs reached later than `after` and not later than `until`, in order."""
    return tuple(rung for rung in projection.rungs if after < rung.at <= until)


def _mark(budget: Amount, spec: RungSpec) -> Reading | None:
    """The consumption at which a rung is reached; None for one that is told in another unit, counted from the due instant."""
    if spec.percent is not None:
        share = budget.value * spec.percent
        return share // 100 if share % 100 == 0 else Fraction(share, 100)  # Whole numbers are reckoned with much faster.
    if spec.offset is None:
        return budget.value
    if spec.offset.unit != budget.unit:
        return None
    return budget.value - spec.offset.value if spec.before else budget.value + spec.offset.value


def _shifted(due: Due, spec: RungSpec, calendar: Calendar) -> datetime:
    return shift(due.at, spec.offset, calendar, spec.before).at if spec.offset else due.at


def _share_of(anchored_at: datetime, worked: Amount, spec: RungSpec, due: Due, calendar: Calendar) -> datetime:
    if spec.percent is None:
        return _shifted(due, spec, calendar)
    return min(due.at, add(anchored_at, worked.times(Fraction(spec.percent, 100)), calendar).at) if worked.value else due.at


def _in_order(rungs: Iterable[RungRow], instants: Iterable[datetime]) -> tuple[Rung, ...]:
    reached = (Rung(rung.key, at, rung.actions, rung.rows) for rung, at in zip(rungs, instants, strict=True))
    return tuple(sorted(reached, key=lambda rung: rung.at))
