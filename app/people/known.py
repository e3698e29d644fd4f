"""Whom an API token speaks for, remembered for two seconds, so that one account's many requests cost one look."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from app.core.actors import Actor

SECONDS = 2.0
MOST = 10_000


@dataclass(slots=True)
class Known:
    """Of one process. An entry holds while the installation's epoch, which every change of people moves, is as it was then."""

    entries: dict[bytes, tuple[float, int, Actor]] = field(default_factory=dict)

    def get(self, digest: bytes, epoch: int) -> Actor | None:
        until, then, actor = self.entries.get(digest, (0.0, -1, None))
        return actor if then == epoch and time.monotonic() < until else None

    def keep(self, digest: bytes, epoch: int, actor: Actor) -> None:
        if len(self.entries) >= MOST:
            self.entries.clear()
        self.entries[digest] = (time.monotonic() + SECONDS, epoch, actor)
