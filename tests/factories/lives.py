"""What a simulated life set off, told without ids, so that two lives can be laid beside each other."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.core.actors import SYSTEM
from app.core.bus import transaction
from app.core.system import System

FIRED = """SELECT c.root_id, k.name, k.level, k.generation, f.rung, coalesce(a.role, '') AS role, coalesce(a.round, 0) AS round,
coalesce(a.attempt, 0) AS attempt, coalesce(u.code, '') AS unit
FROM fires f JOIN clocks k ON k.id = f.clock_id JOIN cases c ON c.id = k.case_id
LEFT JOIN assignments a ON a.id = c.id LEFT JOIN units u ON u.id = a.unit_id"""


def fired(system: System, born: Mapping[int, int]) -> list[tuple[Any, ...]]:
    """Every rung that fired: by the arrival (0 for what is no ticket), whose clock it was, its generation, and which rung."""
    arrivals = {case_id: n for n, case_id in born.items()}
    with transaction(system, SYSTEM) as tx:
        return sorted((arrivals.get(row.pop("root_id"), 0), *row.values()) for row in tx.query(FIRED))
