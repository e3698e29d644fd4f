"""What a measurement says: its figure, the yardstick's of the same run, and the machine's size beside them."""

from __future__ import annotations

import os
import platform
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Run:
    """One repetition: a rate, and the yardstick's rate just before it."""

    rate: float
    base: float

    @property
    def ratio(self) -> float:
        return self.rate / self.base


def median(runs: Sequence[Run]) -> dict[str, Any]:
    """Medians over the repetitions, and the span of the ratio, since the machine is shared and noisy."""
    ratios = sorted(run.ratio for run in runs)
    return {
        "rate_per_second": round(statistics.median(run.rate for run in runs)),
        "yardstick_per_second": round(statistics.median(run.base for run in runs)),
        "ratio": round(statistics.median(ratios), 3),
        "ratio_from_to": [round(ratios[0], 3), round(ratios[-1], 3)],
        "repeats": len(runs),
    }


def machine() -> dict[str, Any]:
    memory = next(int(line.split()[1]) for line in Path("/proc/meminfo").read_text().splitlines() if line.startswith("MemTotal"))
    return {"cores": os.cpu_count(), "memory_gib": round(memory / 1024**2), "python": platform.python_version()}
