"""What a handler sees of the one transaction: read now, add rows for the one write, never commit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from app.core.actors import Actor
from app.core.load import LOCK, NOW, bundle_for, read_root
from app.core.root import Root
from app.core.system import System
from app.core.wire import Wire
from app.core.writes import Writes
from app.errors import Unseen

NOW_ONLY = NOW.format(floor="NULL")


class Tx:
    """One command's transaction. Everything added here is written in one statement just before the commit."""

    def __init__(self, system: System, wire: Wire, actor: Actor) -> None:
        self.system = system
        self.actor = actor
        self.wire = wire
        self.writes = Writes()
        self.roots: dict[int, Root] = {}
        self.after: list[str] = []
        self.committing = False
        self.direct = False
        self.epoch: int | None = None
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
        self.wire.say(NOW_ONLY)
        return read_root(self.system.registry, self.wire.go())

    def root_of(self, kind: str, case_id: int) -> Root:
        """Locks the root of this case and reads all under it; a case already locked by this command is not read again."""
        for root in self.roots.values():
            if case_id in root.cases:
                return root
        self.wire.say(LOCK, "(bigint)", (case_id,))
        self.wire.say(bundle_for(self.system.registry, kind), "(bigint)", (case_id,))
        root = read_root(self.system.registry, self.wire.go())
        if case_id not in root.cases or root.cases[case_id].kind != kind:
            raise Unseen()
        return self.hold(root)

    def hold(self, root: Root) -> Root:
        self.take_time(root)
        self.roots[root.top().id] = root
        return root

    def query(self, sql: str, params: Sequence[Any] | Mapping[str, Any] = ()) -> list[dict[str, Any]]:
        """Reads within this transaction; what was only added and not yet written is not seen."""
        return self.wire.ask(sql, params)

    def execute(self, sql: str, params: Sequence[Any] | Mapping[str, Any] = ()) -> list[dict[str, Any]]:
        """A statement that changes rows in place, for what has no case; committed with everything else."""
        self.direct = True
        return self.wire.ask(sql, params)

    def forget_caches(self) -> None:
        """Moves the installation's epoch: every process reads its reference data anew. Also a lock among those who call it."""
        self.epoch = self.execute("UPDATE installation SET epoch = epoch + 1 WHERE id = 1 RETURNING epoch")[0]["epoch"]

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
