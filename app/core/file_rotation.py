"""After a new key every file and every file's name is sealed anew; only then may the old key be retired."""

from __future__ import annotations

from app.core.actors import SYSTEM
from app.core.bus import execute
from app.core.file_store import NAME
from app.core.files import ResealNames, store_of
from app.core.system import System


def reseal(system: System) -> int:
    """Everything of attachments that is sealed, under the current key, whose id is returned. May be interrupted and run again."""
    store = store_of(system)
    for path, _ in store.walk():
        if NAME.fullmatch(path.name) and store.exists(path.name):
            store.reseal(path.name)
    after: int | None = 0
    while after is not None:
        after = execute(system, ResealNames(SYSTEM, after))
    return system.keyring.current_id()
