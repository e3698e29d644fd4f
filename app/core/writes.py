"""Everything that a command changed, as one statement: each table's rows travel as one JSON array inside one WITH."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import Any

import orjson

Section = tuple[str, str, tuple[str, ...]]


def fragment(index: int, section: Section) -> str:
    """One part of the WITH. The operation is `insert`, `update` (by id), `progress` (by name) or `revoke`."""
    operation, table, columns = section
    source = f"jsonb_populate_recordset(NULL::{table}, ${index + 1}) n"
    names = ", ".join(columns)
    values = ", ".join(f"n.{name}" for name in columns)
    changed = ", ".join(f"{name} = n.{name}" for name in columns if name != "id")
    if operation == "insert":
        return f"w{index} AS (INSERT INTO {table} ({names}) SELECT {values} FROM {source})"
    if operation == "update":
        return f"w{index} AS (UPDATE {table} t SET {changed} FROM {source} WHERE t.id = n.id)"
    if operation == "revoke":
        return (
            f"w{index} AS (DELETE FROM {table} t USING {source}"
            " WHERE t.root_id = n.root_id AND t.unit_id = n.unit_id AND t.relation = n.relation)"
        )
    if operation == "progress":
        return f"w{index} AS (UPDATE {table} t SET {changed} FROM {source} WHERE t.name = n.name)"
    raise ValueError(f"unknown operation {operation}")


@lru_cache(maxsize=512)
def statement(sections: tuple[Section, ...]) -> str:
    return "WITH " + ", ".join(fragment(index, section) for index, section in enumerate(sections)) + " SELECT 1"


class Writes:
    """Rows waiting for the one write. Two changes of one row become one, since one statement may change a row only once."""

    def __init__(self) -> None:
        self._rows: dict[Section, list[dict[str, Any]]] = {}
        self._updates: dict[tuple[str, Any], dict[str, Any]] = {}

    def add(self, operation: str, table: str, row: dict[str, Any]) -> None:
        if operation == "update":
            self._updates.setdefault((table, row["id"]), {}).update(row)
        else:
            self._rows.setdefault((operation, table, tuple(row)), []).append(row)

    def __bool__(self) -> bool:
        return bool(self._rows or self._updates)

    def render(self) -> tuple[str, list[str]]:
        """The statement and its parameters, one JSON array for each table, operation and set of columns."""
        rows = dict(self._rows)
        for (table, _), row in self._updates.items():
            rows.setdefault(("update", table, tuple(row)), []).append(row)
        return statement(tuple(rows)), [orjson.dumps(part, default=encode).decode() for part in rows.values()]


def encode(value: object) -> object:
    if isinstance(value, bytes):
        return "\\x" + value.hex()
    if isinstance(value, frozenset | set):
        return sorted(value)
    if isinstance(value, Decimal | Fraction):
        return str(value)
    raise TypeError(f"{type(value).__name__} cannot be written")
