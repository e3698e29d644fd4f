"""What has to be done once in a while: forget old receipts and finished outbox rows, and anchor the chains once a day."""

from __future__ import annotations

import time
from dataclasses import dataclass

from app.core.actors import SYSTEM
from app.core.anchors import anchor_if_due
from app.core.bus import finish, transaction
from app.core.system import System

EVERY = 300.0
FORGET_RECEIPTS = "DELETE FROM receipts WHERE at < %(now)s - interval '48 hours'"
FORGET_OUTBOX = "DELETE FROM outbox WHERE done_at < clock_timestamp() - interval '30 days'"


@dataclass
class Chores:
    """`run` is called at every beat and does something every five minutes."""

    done_at: float = 0.0

    def run(self, system: System) -> None:
        if time.monotonic() - self.done_at < EVERY:
            return
        forget(system)
        anchor_if_due(system)
        self.done_at = time.monotonic()


def forget(system: System) -> None:
    with transaction(system, SYSTEM) as tx:
        tx.execute(FORGET_RECEIPTS, {"now": tx.now})
        tx.execute(FORGET_OUTBOX)
        finish(tx)
