"""What features do once in a while, each in a thread of its own: a chore that hangs on somebody outside keeps no clock waiting."""

from __future__ import annotations

import logging
from threading import Event, Thread
from types import TracebackType

from app.core.registry import Chore
from app.core.system import System
from app.errors import Unavailable, trail_of

logger = logging.getLogger(__name__)
# A call to the outside ends by itself; who is still under way after this is left behind and loses its lease.
PATIENCE = 20.0


class Rounds:
    """Runs every chore of the registry while it is entered. What a chore raises is logged, and its next round comes all the same."""

    def __init__(self, system: System) -> None:
        self.system = system
        self.stop = Event()
        self.threads = [Thread(target=self.rounds, args=(chore,), name=chore.name, daemon=True) for chore in system.registry.chores]

    def __enter__(self) -> Rounds:
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trail: TracebackType | None) -> None:
        self.stop.set()
        for thread in self.threads:
            thread.join(PATIENCE)

    def rounds(self, chore: Chore) -> None:
        while not self.stop.wait(chore.every_seconds):
            self.guarded(chore)

    def guarded(self, chore: Chore) -> None:
        try:
            chore.run(self.system)
        except Unavailable as error:
            logger.warning("%s: %s", chore.name, error)
        except Exception as error:  # noqa: BLE001 - one bad round must not end all later ones.
            logger.error("%s failed; its next round tries again: %s", chore.name, trail_of(error))
