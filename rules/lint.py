"""A row that can never match is an error when the table is read; what no row answers is a finding to look at."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import product
from math import prod
from typing import Literal

from rules.amounts import Amount
from rules.conditions import Condition, OneOf, Prefix, covers, meets
from rules.derived import fact_of
from rules.tables import Key, Row, Signature, Table, keys_of

MOST_ATOMS_OF_A_ROW = 512
MOST_GAPS_TOLD = 5


@dataclass(frozen=True, slots=True)
class Finding:
    """`error` keeps a pack out of force, `note` is told to whoever edits it."""

    severity: Literal["error", "note"]
    table: str
    row: str
    zh: str
    en: str

    def __str__(self) -> str:
        return f"{self.severity}: {self.table}{'/' + self.row if self.row else ''}: {self.zh} {self.en}"


def lint_table(table: Table, valid_from: date | None, valid_to: date | None) -> list[Finding]:
    """Everything that can be said of one table alone, given the days on which its pack is in force."""
    findings = [finding for row in table.rows for finding in _validity(table, row, valid_from, valid_to)]
    if table.policy == "first":
        findings += [*_shadowed(table), *_gaps(table)]
    if table.policy == "min":
        findings += _unlike_units(table)
    return findings


def _validity(table: Table, row: Row, valid_from: date | None, valid_to: date | None) -> Iterator[Finding]:
    begins = max((day for day in (row.valid_from, valid_from) if day is not None), default=None)
    ends = min((day for day in (row.valid_to, valid_to) if day is not None), default=None)
    if begins is not None and ends is not None and begins >= ends:
        yield Finding(
            "error", table.name, row.id, f"此行从不生效：{begins} 起，{ends} 止。", f"Never in force: from {begins} until {ends}."
        )


def _shadowed(table: Table) -> Iterator[Finding]:
    """Only earlier rows that share a key of the index can cover a row, so large tables are checked in one pass."""
    buckets: dict[Signature, dict[Key, list[Row]]] = {}
    for row in table.rows:
        covering = [_cover(atom, row, buckets) for atom in _atoms(row)]
        if covering and all(covering):
            ids = "、".join(sorted({found.id for found in covering if found}))
            yield Finding("error", table.name, row.id, f"此行永远轮不到：已被 {ids} 遮住。", f"The row can never match: {ids} comes first.")
        for signature, key in keys_of(row.when):
            buckets.setdefault(signature, {}).setdefault(key, []).append(row)


def _atoms(row: Row) -> list[Mapping[str, Condition]]:
    """The row taken apart into single values, so that several earlier rows together can be seen to cover it."""
    lists = {
        column: [OneOf(frozenset([value])) for value in condition.values]
        for column, condition in row.when.items()
        if isinstance(condition, OneOf) and len(condition.values) > 1 and (fact := fact_of(column)) and fact.kind != "set"
    }
    if prod(len(values) for values in lists.values()) > MOST_ATOMS_OF_A_ROW:
        return [row.when]
    return [{**row.when, **dict(zip(lists, values, strict=True))} for values in product(*lists.values())]


def _cover(atom: Mapping[str, Condition], row: Row, buckets: Mapping[Signature, Mapping[Key, list[Row]]]) -> Row | None:
    for signature, by_key in buckets.items():
        key = _key_of_atom(atom, signature)
        for earlier in by_key.get(key, ()) if key is not None else ():
            asked = all(covers(condition, atom.get(column)) for column, condition in earlier.when.items())
            if asked and outlives(earlier, row):
                return earlier
    return None


def _key_of_atom(atom: Mapping[str, Condition], signature: Signature) -> Key | None:
    """The key under which a covering row would stand; None when no row of this signature can cover the atom."""
    key: list[object] = []
    for column, length in signature:
        condition = atom.get(column)
        if isinstance(condition, OneOf):
            value = next(iter(condition.values))
            key.append(value[:length] if length and isinstance(value, str) else value)
        elif isinstance(condition, Prefix) and length and all(len(prefix) >= length for prefix in condition.prefixes):
            key.append(condition.prefixes[0][:length])
        else:
            return None
    return tuple(key)


def outlives(earlier: Row, later: Row) -> bool:
    begins = earlier.valid_from is None or (later.valid_from is not None and earlier.valid_from <= later.valid_from)
    return begins and (earlier.valid_to is None or (later.valid_to is not None and later.valid_to <= earlier.valid_to))


def _unlike_units(table: Table) -> Iterator[Finding]:
    rows = [(row, value) for row in table.rows if isinstance(value := row.give.get(table.by or ""), Amount)]
    for place, (row, amount) in enumerate(rows):
        for other, others in rows[:place]:
            if amount.unit != others.unit and _meet(row, other):
                yield Finding(
                    "error", table.name, row.id,
                    f"{amount} 与 {other.id} 的 {others} 可能同时适用而单位不同，无法取最小。",
                    f"{amount} and {others} of {other.id} may both apply and differ in unit: no least one.",
                )


def _meet(one: Row, other: Row) -> bool:
    begins = [row.valid_from for row in (one, other) if row.valid_from]
    ends = [row.valid_to for row in (one, other) if row.valid_to]
    if begins and ends and max(begins) >= min(ends):
        return False
    shared = one.when.keys() & other.when.keys()
    return all((fact := fact_of(column)) is not None and meets(fact, one.when[column], other.when[column]) for column in shared)


def _gaps(table: Table) -> Iterator[Finding]:
    """Combinations of closed vocabularies that no row answers whatever the other facts are."""
    closed = [fact for column in sorted({column for row in table.rows for column in row.when}) if (fact := fact_of(column)) and fact.values]
    plain = [row for row in table.rows if row.when.keys() <= {fact.name for fact in closed} and row.valid_from is row.valid_to is None]
    vocabularies = [fact.values or () for fact in closed]
    if prod(len(values) for values in vocabularies) > 20_000:
        return
    missing = [
        values for values in product(*vocabularies)
        if not any(row.matches(dict(zip((fact.name for fact in closed), values, strict=True))) for row in plain)
    ]
    if missing:
        told = "; ".join("/".join(values) for values in missing[:MOST_GAPS_TOLD])
        zh = f"有 {len(missing)} 种情形没有无条件适用的行，例如：{told}。" if told else "没有兜底的行：其余情形没有结果。"
        en = f"{len(missing)} combinations have no row that always answers, for example: {told}." if told else "No row answers the rest."
        yield Finding("note", table.name, "", zh, en)
