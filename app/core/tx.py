"""What a handler sees of the one transaction: read now, add rows for the one write, never commit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from psycopg import Cursor
from psycopg.rows import dict_row

from app.core.actors import Actor
from app.core.load import LOCK, NOW, bundle_for, read_root
from app.core.root import Root
from app.core.system import System
from app.core.writes import Writes
from app.errors import Unseen

NOW_ONLY = NOW.format(floor="NULL")


class Tx:
    """One command's transaction. Everything added here is written in one statement just before the commit."""

    def __init__(self, system: System, cursor: Cursor[Any], actor: Actor) -> None:
        self.system = system
        self.actor = actor
        self.cursor = cursor
        self.writes = Writes()
        self.roots: dict[int, Root] = {}
        self.after: list[str] = []
        self.committing = False
        self.direct = False
        self._now: datetime | None = None
        self._wall: datetime | None = None
        self._salt = ""

    @property
    def now(self) -> datetime:
        """The legal time of this command, the same for all that it does."""
        if self._now is None:
            self.take_time(self.blank_root())
        assert self._now is not None
        return self._now

    @property
    def wall(self) -> datetime:
        """When this is really being written; differs from `now` only under a moved clock."""
        return self._wall if self._wall and self._now else self.take_wall()

    def take_wall(self) -> datetime:
        self.take_time(self.blank_root())
        assert self._wall is not None
        return self._wall

    def take_time(self, root: Root) -> None:
        """Every root of one command shares the time of the first one, unless a later root has already lived beyond it."""
        if self._now is None or root.now > self._now:
            self._now, self._wall, self._salt = root.now, root.wall, root.salt
        root.now = self._now
        self.system.settings.seen(root.epoch)

    def blank_root(self) -> Root:
        """A root that holds nothing yet, for a case about to be born."""
        rows = self.cursor.execute(NOW_ONLY, prepare=True).fetchall()
        return read_root(self.system.registry, rows)

    def root_of(self, kind: str, case_id: int) -> Root:
        """Locks the root of this case and reads all under it; a case already locked by this command is not read again."""
        for root in self.roots.values():
            if case_id in root.cases:
                return root
        sql = bundle_for(self.system.registry, kind)
        is_root = self.system.registry.kinds[kind].family == kind
        named = sql if is_root else sql.replace("%(root)s", "(SELECT root_id FROM cases WHERE id = %(root)s)")
        locked = self.cursor.connection.cursor()
        with self.cursor.connection.pipeline():
            locked.execute(LOCK, (case_id,), prepare=True)
            self.cursor.execute(named, {"root": case_id}, prepare=True)
        if locked.fetchone() is None:
            raise Unseen()
        root = read_root(self.system.registry, self.cursor.fetchall())
        if case_id not in root.cases or root.cases[case_id].kind != kind:
            raise Unseen()
        return self.hold(root)

    def hold(self, root: Root) -> Root:
        self.take_time(root)
        self.roots[root.top().id] = root
        return root

    def query(self, sql: str, params: Sequence[Any] | Mapping[str, Any] = ()) -> list[dict[str, Any]]:
        """Reads within this transaction; what was only added and not yet written is not seen."""
        with self.cursor.connection.cursor(row_factory=dict_row) as cursor:
            return cursor.execute(sql, params).fetchall()

    def execute(self, sql: str, params: Sequence[Any] | Mapping[str, Any] = ()) -> list[dict[str, Any]]:
        """A statement that changes rows in place, for what has no case; committed with everything else."""
        self.direct = True
        with self.cursor.connection.cursor(row_factory=dict_row) as cursor:
            done = cursor.execute(sql, params)
            return done.fetchall() if done.description else []

    def insert(self, table: str, row: dict[str, Any]) -> None:
        self.writes.add("insert", table, row)

    def update(self, table: str, row_id: int, values: Mapping[str, Any]) -> None:
        self.writes.add("update", table, {"id": row_id, **values})

    def emit(self, event: str, root_id: int, case_id: int, payload: Mapping[str, Any]) -> None:
        """Owes each reaction to this event one outbox row, in this transaction."""
        for reaction in self.system.registry.reactions_to.get(event, ()):
            row = {"event": event, "reaction": reaction, "root_id": root_id, "case_id": case_id, "payload": dict(payload), "at": self.now}
            self.insert("outbox", row)
            self.after.append(reaction)
