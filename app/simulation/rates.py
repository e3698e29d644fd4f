"""How often what was to happen happened: each rate asked for beside the one that the database tells, of those to whom it could happen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from app.core.actors import SYSTEM
from app.core.bus import transaction
from app.core.system import System


@dataclass(frozen=True, slots=True)
class Rate:
    """`asked` of `whole`, as a share; `happened` of them did."""

    name: str
    asked: float
    happened: int
    whole: int

    @property
    def reached(self) -> float:
        return self.happened / self.whole if self.whole else 0.0


WORKED_ON = "SELECT count(DISTINCT root_id) FROM assignments"
CASES = "SELECT count(DISTINCT root_id) FROM cases WHERE kind = "
# Extensions are asked for near the limit, so of those leads alone that came near it or have replied.
NEAR = """SELECT count(DISTINCT a.root_id) FROM assignments a JOIN cases c ON c.id = a.id WHERE a.role = 'lead' AND a.round = 1
AND (c.state IN ('submitted', 'replied', 'done') OR EXISTS (SELECT 1 FROM extensions x WHERE x.root_id = a.root_id))"""
RATES: Mapping[str, tuple[float, str, str]] = {
    "returns": (0.06, f"{CASES} 'return-request'", WORKED_ON),
    "extensions": (0.08, f"{CASES} 'extension'", NEAR),
    "dissatisfaction": (
        0.10, "SELECT count(*) FROM callbacks WHERE round = 1 AND rating IN ('dissatisfied', 'very_dissatisfied')",
        "SELECT count(*) FROM callbacks WHERE round = 1 AND rating IS NOT NULL",
    ),
    "co-handling": (0.12, "SELECT count(DISTINCT root_id) FROM assignments WHERE role = 'co'", WORKED_ON),
    "handed down": (0.03, "SELECT count(DISTINCT root_id) FROM assignments WHERE role = 'sub'", WORKED_ON),
    "unreachable": (
        0.02, "SELECT count(*) FROM cases WHERE kind = 'callback' AND state = 'unreachable'",
        "SELECT count(*) FROM cases WHERE kind = 'callback' AND state IN ('rated', 'unreachable')",
    ),
    "suspensions": (
        0.005, "SELECT count(DISTINCT case_id) FROM history WHERE from_state <> 'suspended' AND to_state = 'suspended'", WORKED_ON,
    ),
    "joined": (0.02, "SELECT count(*) FROM links WHERE kind = 'same_fact'", "SELECT count(*) FROM tickets"),
    "alarms": (0.01, f"{CASES} 'alarm'", "SELECT count(*) FROM tickets"),
    "supervisions": (0.02, f"{CASES} 'supervision'", "SELECT count(*) FROM tickets"),
}  # fmt: skip


def rates(system: System) -> list[Rate]:
    counts = ", ".join(f"({happened}) AS h{place}, ({whole}) AS w{place}" for place, (_, happened, whole) in enumerate(RATES.values()))
    with transaction(system, SYSTEM) as tx:
        row = tx.query(f"SELECT {counts}")[0]
    return [Rate(name, asked, row[f"h{place}"], row[f"w{place}"]) for place, (name, (asked, *_)) in enumerate(RATES.items())]
