"""The wall screen in one answer: numbers and coarse points only, since whoever walks by reads them."""

from __future__ import annotations

from typing import Any

from app.core.actors import SYSTEM
from app.core.system import System
from app.overview import rates, rising, streets, today
from app.overview.scope import scope_of, seen

PARTS = ("id", "unit")


def wall(system: System) -> dict[str, Any]:
    """The whole centre's, whoever opened it; of an issue neither its id nor whose it is."""
    scope, counted = scope_of(SYSTEM), seen(SYSTEM)
    risen = rising.told(system, scope, counted)
    for name in ("hot_issues", "collective_complaints"):
        risen[name] = [{key: value for key, value in line.items() if key not in PARTS} for line in risen[name]]
    return {
        "today": today.told(system, scope), "rates": rates.told(system, scope), "streets": streets.told(system, scope, counted, counted),
        "rising": risen,
    }  # fmt: skip
