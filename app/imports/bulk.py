"""New rows of a replay travel by COPY instead of by the one write, in the same transaction: less than half of the server's work."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from typing import Any

import orjson
from psycopg import sql
from psycopg.types.json import Jsonb
from sqlalchemy import Table
from sqlalchemy.dialects.postgresql import JSONB

from app.core.models import CaseRow
from app.core.tx import Tx
from app.core.writes import Writes, encode
from app.hotline.models import Ticket
from app.imports.models import ImportRow
from app.people.models import Unit


@cache
def tables() -> Mapping[str, Table]:
    """Every table of the house by its name, those that others refer to first. By the first replay each feature has loaded its own; these
    are the modules whose tables all of them refer to."""
    return {table.name: table for model in (CaseRow, Unit, Ticket, ImportRow) for table in model.metadata.sorted_tables}


@cache
def places() -> Mapping[str, int]:
    return {name: place for place, name in enumerate(tables())}


class BulkWrites(Writes):
    """Keeps the rows to be inserted apart; everything else goes the usual way."""

    def __init__(self) -> None:
        super().__init__()
        self.inserts: dict[tuple[str, tuple[str, ...]], list[tuple[Any, ...]]] = {}

    def add(self, operation: str, table: str, row: dict[str, Any]) -> None:
        if operation == "insert":
            self.inserts.setdefault((table, tuple(row)), []).append(tuple(row.values()))
        else:
            super().add(operation, table, row)


def copy_inserts(tx: Tx, writes: BulkWrites) -> None:
    """Sends what was collected, tables that others refer to before those that refer to them."""
    with tx.wire.connection.cursor() as cursor:
        for (table, columns), rows in sorted(writes.inserts.items(), key=lambda item: places()[item[0][0]]):
            packed = json_places(table, columns)
            names = sql.SQL(", ").join(map(sql.Identifier, columns))
            with cursor.copy(sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(table), names)) as copy:
                for row in rows:
                    copy.write_row(wrapped(row, packed) if packed else row)
    tx.direct = True
    writes.inserts.clear()


@lru_cache(maxsize=256)
def json_places(table: str, columns: tuple[str, ...]) -> tuple[int, ...]:
    types = tables()[table].columns
    return tuple(place for place, name in enumerate(columns) if isinstance(types[name].type, JSONB))


def wrapped(row: Sequence[Any], packed: Sequence[int]) -> list[Any]:
    values = list(row)
    for place in packed:
        if values[place] is not None:
            values[place] = Jsonb(values[place], dumps=_dumps)
    return values


def _dumps(value: Any) -> bytes:
    return orjson.dumps(value, default=encode)
