"""Reorganisations that were decided for later come into effect when their instant has come."""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass

from app.core.actors import SYSTEM
from app.core.bus import execute
from app.core.system import System
from app.errors import Refused
from app.people.queries import waiting_reorganisations
from app.people.reorganise import ApplyReorganisation

logger = logging.getLogger(__name__)
EVERY = 60.0


@dataclass
class Upkeep:
    """`run` is called at every beat and looks once a minute."""

    looked_at: float | None = None

    def run(self, system: System) -> None:
        now = time.monotonic()
        if self.looked_at is None or now - self.looked_at >= EVERY:
            self.looked_at = now
            apply_due(system)


def apply_due(system: System) -> int:
    """Applies what is due, in order, and counts it. One that is refused by now stays waiting and is told to the log each time."""
    applied = 0
    for number in waiting_reorganisations(system):
        try:
            execute(system, ApplyReorganisation(SYSTEM, number))
        except Refused as refusal:
            logger.warning("reorganisation %s waits: %s", number, refusal)
        else:
            applied += 1
    return applied
