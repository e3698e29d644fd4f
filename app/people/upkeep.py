"""What people need done once in a while: reorganisations decided for later come into effect, and old drafts are forgotten."""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass

from app.core.actors import SYSTEM
from app.core.bus import execute
from app.core.system import System
from app.errors import Refused
from app.people.drafts import forget_drafts
from app.people.queries import waiting_reorganisations
from app.people.reorganise import ApplyReorganisation

logger = logging.getLogger(__name__)
EVERY = 60.0
HOURLY = 3600.0


@dataclass
class Upkeep:
    """`run` is called at every beat and looks once a minute, for old drafts once an hour."""

    looked_at: float | None = None
    forgot_at: float | None = None

    def run(self, system: System) -> None:
        now = time.monotonic()
        if self.looked_at is None or now - self.looked_at >= EVERY:
            self.looked_at = now
            apply_due(system)
        if self.forgot_at is None or now - self.forgot_at >= HOURLY:
            self.forgot_at = now
            forget_drafts(system)


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
