"""Long work that a person asks for: asked in his transaction, done by a tick process, left and found again with how far it is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import Any

import orjson

from app.core.actors import SYSTEM, Actor
from app.core.bus import finish, transaction
from app.core.system import System
from app.core.tx import Tx

# Whoever does the work says so at every step; after so long without a word it is taken by another.
TAKE = """UPDATE batches SET updated_at = clock_timestamp(), counts = counts || '{"taken": true}' WHERE name = (
  SELECT name FROM batches WHERE name LIKE %(prefix)s AND done_at IS NULL
  AND (NOT counts ? 'taken' OR updated_at < clock_timestamp() - interval '10 minutes')
  ORDER BY started_at, name LIMIT 1 FOR UPDATE SKIP LOCKED) RETURNING name"""
STEP = "UPDATE batches SET position = %(at)s, total = %(total)s, updated_at = clock_timestamp() WHERE name = %(name)s"
DONE = """UPDATE batches SET done_at = clock_timestamp(), updated_at = clock_timestamp(), position = total,
counts = counts || %(counts)s::jsonb WHERE name = %(name)s"""
OPEN = "SELECT 1 FROM batches WHERE name LIKE %(prefix)s AND done_at IS NULL LIMIT 1"
LISTED = """SELECT name, total, position, counts, started_at, updated_at, done_at FROM batches WHERE name LIKE %(prefix)s
ORDER BY started_at DESC, name DESC LIMIT %(rows)s"""


@dataclass(frozen=True, slots=True)
class Work:
    """One piece of long work in the hands of this process."""

    system: System
    name: str

    def reading(self) -> AbstractContextManager[Tx]:
        return transaction(self.system, SYSTEM)

    def progress(self, at: int, total: int) -> None:
        self._say(STEP, {"at": at, "total": total, "name": self.name})

    def finish(self, counts: Mapping[str, Any]) -> None:
        self._say(DONE, {"counts": orjson.dumps(counts).decode(), "name": self.name})

    def _say(self, sql: str, given: Mapping[str, Any]) -> None:
        with transaction(self.system, SYSTEM) as tx:
            tx.execute(sql, given)
            finish(tx)


def ask(tx: Tx, name: str) -> None:
    row = {"name": name, "total": 0, "position": 0, "counts": {"by": tx.actor.label}, "started_at": tx.now, "updated_at": tx.now}
    tx.insert("batches", row)


def waits(tx: Tx, kind: str) -> bool:
    """Whether some work of that kind is asked for or under way."""
    return bool(tx.query(OPEN, {"prefix": f"{kind} %"}))


@contextmanager
def working(system: System, kind: str) -> Iterator[Work | None]:
    """The oldest work of that kind that nobody does, None when there is none. What fails is taken up again later."""
    with transaction(system, SYSTEM) as tx:
        rows = tx.execute(TAKE, {"prefix": f"{kind} %"})
        finish(tx)
    yield Work(system, rows[0]["name"]) if rows else None


def listed(system: System, actor: Actor, kind: str, rows: int = 20) -> list[dict[str, Any]]:
    """The newest first, each with how far it is and what came of it."""
    with transaction(system, actor) as tx:
        return list(tx.query(LISTED, {"prefix": f"{kind} %", "rows": rows}))
