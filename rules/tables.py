"""A decision table answers with the row that decided: `first` in order, the `min` of all that match, or `collect` them all."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import product
from math import prod
from typing import Any, Literal

from rules.amounts import Amount
from rules.conditions import Condition, OneOf, Prefix
from rules.derived import DERIVED, fact_of, with_derived

Policy = Literal["first", "min", "collect"]
Key = tuple[object, ...]
Signature = tuple[tuple[str, int], ...]  # Columns of an index; the number is the length of a prefix, 0 the whole value.
MOST_KEYS_OF_A_ROW = 64


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a table. `valid_to` is the first day on which it no longer holds; `pack` is the one that wrote it."""

    id: str
    when: Mapping[str, Condition]
    give: Mapping[str, Any]
    basis: str
    valid_from: date | None
    valid_to: date | None
    pack: str
    order: int = 0

    def in_force(self, on: date) -> bool:
        return (self.valid_from is None or self.valid_from <= on) and (self.valid_to is None or on < self.valid_to)

    def matches(self, facts: Mapping[str, object]) -> bool:
        return all((value := facts.get(column)) is not None and condition.holds(value) for column, condition in self.when.items())


@dataclass(frozen=True, slots=True)
class Choice:
    """What was decided and by which row of which table of which pack."""

    pack: str
    table: str
    row_id: str
    result: Mapping[str, Any]
    row: Row


@dataclass(frozen=True, eq=False, slots=True)
class Table:
    """Rows in order, and an index over what they ask by equality or prefix. Make it with `make_table`."""

    name: str
    policy: Policy
    by: str | None
    rows: tuple[Row, ...]
    derived: tuple[str, ...]
    index: tuple[tuple[Signature, Mapping[Key, Sequence[Row]]], ...]


def make_table(name: str, policy: Policy, by: str | None, rows: Iterable[Row]) -> Table:
    ordered = tuple(
        Row(row.id, row.when, row.give, row.basis, row.valid_from, row.valid_to, row.pack, order) for order, row in enumerate(rows)
    )
    index: dict[Signature, dict[Key, list[Row]]] = {}
    for row in ordered:
        for signature, key in keys_of(row.when):
            index.setdefault(signature, {}).setdefault(key, []).append(row)
    derived = tuple(sorted({column for row in ordered for column in row.when if column in DERIVED}))
    return Table(name, policy, by, ordered, derived, tuple(index.items()))


@lru_cache(maxsize=1024)
def asks(table: Table) -> frozenset[str]:
    """The given facts that some row of the table looks at, directly or through a derived one: what its answer can depend on."""
    columns = {column for row in table.rows for column in row.when}
    return frozenset(columns - DERIVED.keys()) | {need for column in columns & DERIVED.keys() for need in DERIVED[column].needs}


@lru_cache(maxsize=1024)
def turns(table: Table) -> tuple[date, ...]:
    """The days on which a row begins or ceases to hold, in order."""
    return tuple(sorted({day for row in table.rows for day in (row.valid_from, row.valid_to) if day}))


def since(table: Table, on: date) -> date:
    """The first day from which on, until that day, the same rows hold: between two turns every day is answered alike."""
    days = turns(table)
    passed = bisect_right(days, on)
    return days[passed - 1] if passed else date.min


def choose(table: Table, facts: Mapping[str, object], on: date) -> Choice | None:
    """The row that decides on that day: the first that matches, or with `min` the least; None when none matches."""
    known = with_derived(facts, table.derived) if table.derived else facts
    if table.policy == "min":
        found = min(_matching(table, known, on), key=lambda row: (rank(row.give[table.by or ""]), row.order), default=None)
    else:
        found = _first(table, known, on)
    return None if found is None else _choice(table, found)


def collect(table: Table, facts: Mapping[str, object], on: date) -> list[Choice]:
    """Every row that matches on that day, in order."""
    known = with_derived(facts, table.derived) if table.derived else facts
    return [_choice(table, row) for row in sorted(_matching(table, known, on), key=lambda row: row.order)]


def rank(value: object) -> tuple[int, Any]:
    """None is unlimited and comes last. Amounts compare by value: lint refuses rows that meet and differ in unit."""
    if value is None:
        return (1, 0)
    if isinstance(value, Amount):
        return (0, value.value)
    return (0, value)


def keys_of(when: Mapping[str, Condition]) -> Iterator[tuple[Signature, Key]]:
    """Every key under which a row stands in the index; columns that would multiply it too often are left to `matches`."""
    columns = {column: parts for column, condition in sorted(when.items()) if (parts := _parts(column, condition))}
    while prod(len(parts) for parts in columns.values()) > MOST_KEYS_OF_A_ROW:
        del columns[max(columns, key=lambda column: len(columns[column]))]
    for combination in product(*columns.values()):
        signature = tuple((column, length) for column, (length, _) in zip(columns, combination, strict=True))
        yield signature, tuple(value for _, value in combination)


def _parts(column: str, condition: Condition) -> list[tuple[int, object]]:
    fact = fact_of(column)
    if fact is None or fact.kind == "set":
        return []
    if isinstance(condition, OneOf):
        return [(0, value) for value in sorted(condition.values, key=str)]
    return [(len(prefix), prefix) for prefix in condition.prefixes] if isinstance(condition, Prefix) else []


def _first(table: Table, facts: Mapping[str, object], on: date) -> Row | None:
    best: Row | None = None
    for bucket in _buckets(table, facts):
        for row in bucket:
            if best is not None and best.order < row.order:
                break
            if row.in_force(on) and row.matches(facts):
                best = row
                break
    return best


def _matching(table: Table, facts: Mapping[str, object], on: date) -> list[Row]:
    found = {row.order: row for bucket in _buckets(table, facts) for row in bucket if row.in_force(on) and row.matches(facts)}
    return list(found.values())


def _buckets(table: Table, facts: Mapping[str, object]) -> Iterator[Sequence[Row]]:
    for signature, buckets in table.index:
        key = tuple([_part(facts.get(column), length) for column, length in signature])
        bucket = buckets.get(key)
        if bucket is not None:
            yield bucket


def _part(value: object, length: int) -> object:
    return value[:length] if length and isinstance(value, str) else value


def _choice(table: Table, row: Row) -> Choice:
    return Choice(row.pack, table.name, row.id, row.give, row)
