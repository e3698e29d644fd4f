"""What has to be done once in a while: forget old receipts and finished outbox rows, give failed clocks another try, anchor once a day."""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass

from app.core.actors import SYSTEM
from app.core.anchors import anchor_if_due
from app.core.bus import finish, transaction
from app.core.file_sweep import sweep
from app.core.system import System

logger = logging.getLogger(__name__)
EVERY = 300.0
HOURLY = 3600.0
FORGET_RECEIPTS = "DELETE FROM receipts WHERE at < %(now)s - interval '48 hours'"
FORGET_OUTBOX = "DELETE FROM outbox WHERE done_at < clock_timestamp() - interval '30 days'"
# What made a clock fail may have been mended since, by a release or an operator; if not, it is set aside again.
TAKE_UP = """UPDATE clocks SET set_aside_at = NULL
WHERE set_aside_at < clock_timestamp() - interval '1 hour' AND state <> 'stopped' AND set_aside_at IS NOT NULL"""


@dataclass
class Chores:
    """`run` is called at every beat and does something every five minutes, and looks through the files once an hour."""

    done_at: float | None = None
    files_at: float | None = None

    def run(self, system: System) -> None:
        now = time.monotonic()
        if self.done_at is None or now - self.done_at >= EVERY:
            forget(system)
            anchor_if_due(system)
            self.done_at = now
        if self.files_at is None or now - self.files_at >= HOURLY:
            tidy_files(system)
            self.files_at = now


def tidy_files(system: System) -> None:
    """Removes what no row names and says which contents have lost their file."""
    swept = sweep(system)
    if swept.missing:
        logger.error("%s attachments have lost their file, the first is %s", len(swept.missing), swept.missing[0])


def forget(system: System) -> None:
    with transaction(system, SYSTEM) as tx:
        tx.execute(FORGET_RECEIPTS, {"now": tx.now})
        tx.execute(FORGET_OUTBOX)
        tx.execute(TAKE_UP)
        finish(tx)
