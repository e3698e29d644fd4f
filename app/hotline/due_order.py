"""Lists of what waits, the first to be due first: a page of ids in that order, and the key from which the next page goes on."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import psycopg

from app.api.doors import Ask, Door
from app.api.paging import envelope, fingerprint, read_cursor
from app.hotline.queries import run

# What has no limit comes last.
NEVER = datetime(9999, 1, 1, tzinfo=UTC)
BEGINNING = (datetime(1900, 1, 1, tzinfo=UTC), 0)
# Only what is open waits, and of that there is never so much that it could not be put in order.
PAGE = """SELECT c.id, coalesce(c.due_at, %(never)s) FROM cases c JOIN {table} ON {alias}.id = c.id
WHERE c.kind = %(kind)s AND c.open AND {where} AND (coalesce(c.due_at, %(never)s), c.id) > (%(due)s, %(after)s)
ORDER BY coalesce(c.due_at, %(never)s), c.id LIMIT %(rows)s"""
Key = tuple[datetime, int]
Page = tuple[Sequence[Mapping[str, Any]], Sequence[Any] | None]


def ids_by_due(
    connection: psycopg.Connection[Any], kind: str, table: str, where: str, asked: Mapping[str, Any], after: Sequence[Any] | None,
    limit: int,
) -> tuple[list[int], Key | None]:  # fmt: skip
    """`table` is written as `tickets t`. The key is that of the last id when there are more."""
    due, last = after or BEGINNING
    sql = PAGE.format(table=table, alias=table.split()[1], where=where)
    rows = run(connection, sql, {**asked, "kind": kind, "never": NEVER, "due": due, "after": last, "rows": limit + 1})
    ids = [row[0] for row in rows[:limit]]
    return ids, (rows[limit - 1][1], ids[-1]) if len(rows) > limit else None


def in_place(ids: Sequence[int], rows: Sequence[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """Rows that begin with their id, in the order of the ids."""
    place = {case_id: number for number, case_id in enumerate(ids)}
    return sorted(rows, key=lambda row: place[row[0]])


def by_due(door: Door, page: Callable[[Ask, Sequence[Any] | None, int], Page]) -> Door:
    """The same list, which may also be asked for with `order=due`."""
    plain: Callable[[Ask], Any] = door.view

    def view(ask: Ask) -> Any:
        if ask.query.get("order") != "due":
            return plain(ask)
        mark = fingerprint(door.path, ask.query)
        after = read_cursor(mark, ask.query["cursor"], (datetime, int))
        items, last = page(ask, after, ask.query["limit"])
        return envelope(items, mark, last)

    return replace(door, view=view)
