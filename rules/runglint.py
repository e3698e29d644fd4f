"""A rung that can never fire is refused: no limit under it, none long enough, conditions that exclude one another, said before."""

from collections.abc import Iterator, Mapping
from datetime import date
from itertools import product
from typing import Any

from rules.amounts import Amount
from rules.conditions import Condition, OneOf, Range, covers
from rules.days import WorkingHours
from rules.derived import CLOCKS, DERIVED, FACTS, LEVELS, OTHER_CLOCKS, SET_CLOCKS, TYPES, URGENCIES, with_derived
from rules.lint import Finding, outlives
from rules.packlint import Facts, nominal, profiles, question, stretches
from rules.shapes import RungSpec
from rules.tables import Row, Table, choose

# Budgets that run under these facts, by clock and level; a clock whose end is set by hand has no budget that could be too short.
Budgets = Mapping[tuple[str, str], list[tuple[Facts, Amount]]]
ANY_LENGTH = frozenset(SET_CLOCKS)


def lint_rungs(tables: Mapping[str, Table], hours: WorkingHours, valid_from: date | None) -> list[Finding]:
    """Errors over `limits` and `escalation` together."""
    escalation, limits = tables.get("escalation"), tables.get("limits")
    if escalation is None or limits is None:
        return []
    running = budgets(limits, stretches(limits, valid_from))
    findings: list[Finding] = []
    for place, row in enumerate(escalation.rows):
        found = [*contradictions(row), *dead(row, running, hours), *said_before(row, escalation.rows[:place])]
        findings += [Finding("error", escalation.name, row.id, zh, en) for zh, en in found]
    return findings


def budgets(table: Table, days: list[date]) -> Budgets:
    found: dict[tuple[str, str], list[tuple[Facts, Amount]]] = {}
    clocks = CLOCKS + OTHER_CLOCKS
    for on, profile, clock, level, kind, urgency in product(days, profiles(table), clocks, ("district", "unit"), TYPES, URGENCIES):
        facts = {**profile, **question(clock, level, kind, urgency)}
        choice = choose(table, facts, on)
        if choice is not None and choice.result["amount"] is not None:
            found.setdefault((clock, level), []).append((facts, choice.result["amount"]))
    return found


def dead(row: Row, running: Budgets, hours: WorkingHours) -> Iterator[tuple[str, str]]:
    """The clocks on which it never fires, and the levels at which none of its clocks has a limit."""
    rung = row.give["rung"].key
    fires = {pair for pair in product(named(row, "clock"), named(row, "level")) if fits(row, *pair, running, hours)}
    clocks = [clock for clock in named(row, "clock") if all(clock != other for other, _ in fires)]
    if clocks:
        yield f"节点 {rung} 在 {clocks} 上永远不会触发。", f"The rung {rung} can never fire on {clocks}."
    levels = [level for level in named(row, "level") if all(level != other for _, other in fires)]
    if levels and not clocks:
        yield f"节点 {rung} 在层级 {levels} 上永远不会触发。", f"The rung {rung} can never fire at the level {levels}."


def fits(row: Row, clock: str, level: str, running: Budgets, hours: WorkingHours) -> bool:
    spec: RungSpec = row.give["rung"]
    if clock in ANY_LENGTH:
        return level == "district"
    if level == "upstream":
        return clock == "total_clock"
    narrow = {column: row.when[column] for column in ("type", "urgency") if column in row.when}
    least = nominal(spec.offset, hours) if spec.offset and spec.before else 0
    return any(
        nominal(amount, hours) > least and all(condition.holds(facts[column]) for column, condition in narrow.items())
        for facts, amount in running.get((clock, level), ())
    )


def contradictions(row: Row) -> Iterator[tuple[str, str]]:
    """Conditions that exclude one another: a role is asked of a unit's own limit only, and a derived fact follows from its sources."""
    if "role" in row.when and "unit" not in named(row, "level"):
        levels = named(row, "level")
        yield f"承办角色只有单位时限才有，层级 {levels} 没有。", f"Only a unit's limit has a role; the level {levels} has none."
    for column in sorted(row.when.keys() & DERIVED.keys()):
        (source,) = DERIVED[column].needs
        tried = samples(source, row.when.get(source))
        if tried and not any(together(row, column, source, value) for value in tried):
            yield (
                f"条件“{column} = {row.when[column]}”与“{source} = {row.when.get(source)}”互相矛盾，永远不会成立。",
                f"'{column} = {row.when[column]}' and '{source} = {row.when.get(source)}' exclude one another: the row can never match.",
            )


def together(row: Row, column: str, source: str, value: object) -> bool:
    others = [name for name in row.when if name in DERIVED and DERIVED[name].needs == (source,)]
    known = with_derived({source: value}, {column, *others})
    return all(row.when[name].holds(known[name]) for name in others) and (source not in row.when or row.when[source].holds(value))


def samples(source: str, condition: Condition | None) -> list[Any]:
    """Values that decide: those named, the ends of a range and beside them, and the first few of an open one."""
    if isinstance(condition, OneOf):
        return list(condition.values)
    if FACTS[source].kind == "flag":
        return [True, False]
    ends = [end for end in (condition.low, condition.high) if end is not None] if isinstance(condition, Range) else []
    return sorted({0, 1, 2, 3, *(end + step for end in ends for step in (-1, 0, 1))})


def said_before(row: Row, earlier: tuple[Row, ...]) -> Iterator[tuple[str, str]]:
    """An earlier row that always matches where this one does, sets the same rung and already does all that it would do."""
    for other in earlier:
        same = other.give["rung"].key == row.give["rung"].key and set(row.give["actions"]) <= set(other.give["actions"])
        if same and outlives(other, row) and all(covers(condition, row.when.get(column)) for column, condition in other.when.items()):
            rung = row.give["rung"].key
            yield f"{other.id} 已在同样情形设了节点 {rung} 的全部动作。", f"{other.id} already sets all of the rung {rung} in these cases."
            return


def named(row: Row, column: str) -> list[str]:
    condition = row.when[column]
    if isinstance(condition, OneOf):
        return sorted(str(value) for value in condition.values)
    return [value for value in (LEVELS if column == "level" else FACTS[column].values or ()) if condition.holds(value)]
