"""What no row names is removed after a grace, what no case uses any more is destroyed after a longer one, what is missing is told."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from itertools import islice
from pathlib import Path
from typing import Final

from app.clock import wall
from app.core.actors import SYSTEM
from app.core.bus import execute, transaction
from app.core.file_store import NAME, FileStore
from app.core.files import OWN_LOCK, UNUSED, Destroy, store_of
from app.core.system import System

ORPHAN_GRACE: Final = timedelta(hours=24)
LONGEST_WRITE: Final = timedelta(hours=1)
DETACHED_GRACE: Final = timedelta(days=30)
BATCH: Final = 500

KEPT: Final = "SELECT name FROM file_contents WHERE name = ANY(%s) AND destroyed_at IS NULL"
ALL_KEPT: Final = "SELECT name FROM file_contents WHERE destroyed_at IS NULL AND name > %s ORDER BY name LIMIT 500"


@dataclass(frozen=True, slots=True)
class Swept:
    """How many files were removed, how many contents destroyed, and the contents whose file is missing: the last is an alarm."""

    removed: int
    destroyed: int
    missing: tuple[str, ...]


def sweep(system: System, orphan_grace: timedelta = ORPHAN_GRACE, detached_grace: timedelta = DETACHED_GRACE) -> Swept:
    """May run at any time, beside uploads and beside another sweep."""
    destroyed = sum(execute(system, Destroy(SYSTEM, name, detached_grace)) for name in unused(system, detached_grace))
    store = store_of(system)
    removed = remove_orphans(system, store, orphan_grace)
    return Swept(removed, destroyed, tuple(missing(system, store)))


def unused(system: System, grace: timedelta) -> list[str]:
    with transaction(system, SYSTEM) as tx:
        return [row["name"] for row in tx.query(UNUSED, {"before": tx.now - grace})]


def remove_orphans(system: System, store: FileStore, grace: timedelta) -> int:
    """Files that no row names once they are older than the grace, and what interrupted writes left, which is never touched early."""
    before = (wall() - grace).timestamp()
    written = (wall() - max(grace, LONGEST_WRITE)).timestamp()
    old = (path for path, at in store.walk() if at < (before if NAME.fullmatch(path.name) else written))
    removed = 0
    while some := list(islice(old, BATCH)):
        with transaction(system, SYSTEM) as tx:
            kept = {row["name"] for row in tx.query(KEPT, ([path.name for path in some],))}
        removed += sum(remove(system, path, before) for path in some if path.name not in kept)
    return removed


def remove(system: System, path: Path, before: float) -> int:
    """Under the lock that an attaching command shares: either its row is seen here, or it sees there that the file is gone."""
    with transaction(system, SYSTEM) as tx:
        tx.query(OWN_LOCK, (path.name,))
        if tx.query(KEPT, ([path.name],)) or not path.exists() or path.stat().st_mtime >= before:
            return 0
        path.unlink()
    return 1


def missing(system: System, store: FileStore) -> Iterator[str]:
    """Contents that rows promise and the folder does not hold: never the sweep's doing, so somebody must be told."""
    last = ""
    while True:
        with transaction(system, SYSTEM) as tx:
            names = [row["name"] for row in tx.query(ALL_KEPT, (last,))]
        yield from (name for name in names if not store.exists(name))
        if len(names) < BATCH:
            return
        last = names[-1]
