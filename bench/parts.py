"""Where the time of a transition goes: one client, one process, Python's own time apart from the two trips to the database."""

from __future__ import annotations

import statistics
import time
from collections import defaultdict
from typing import Any
from unittest.mock import patch

from app.core.wire import Wire
from bench.ground import World
from bench.inprocess import one
from bench.world import registered, road, world

TICKETS = 60


def measure(background: int, seconds: int, repeats: int) -> dict[str, Any]:
    """Milliseconds a transition: `python_ms` is CPU time of this process, trips are medians as waited for, an empty trip beside them."""
    with world(background) as made:
        steps = road(made.district)
        for ticket in registered(made, 10):
            one(made.system, steps, ticket)
        runs = [timed(made, steps) for _ in range(repeats)]
        return {"background_tickets": background, "repeats": repeats, **{name: least(runs, name) for name in runs[0]}, **trips(made, steps)}


def timed(made: World, steps: Any) -> dict[str, float]:
    tickets = registered(made, TICKETS)
    began, own = time.perf_counter(), time.process_time()
    for ticket in tickets:
        one(made.system, steps, ticket)
    count = TICKETS * len(steps)
    return {"wall_ms": (time.perf_counter() - began) / count * 1000, "python_ms": (time.process_time() - own) / count * 1000}


def least(runs: list[dict[str, float]], name: str) -> float:
    """The least disturbed run, since other work on the machine only ever adds."""
    return round(min(run[name] for run in runs), 2)


def trips(made: World, steps: Any) -> dict[str, float]:
    """The medians of the two kinds of trip, and of one that asks for nothing."""
    taken: dict[str, list[float]] = defaultdict(list)
    really = Wire.go

    def go(self: Wire, commit: bool = False) -> list[tuple[bytes | None, ...]]:
        started = time.perf_counter()
        rows = really(self, commit)
        taken["write_trip_ms" if commit else "read_trip_ms"].append(time.perf_counter() - started)
        return rows

    tickets = registered(made, TICKETS)
    with patch.object(Wire, "go", go):
        for ticket in tickets:
            one(made.system, steps, ticket)
    with made.system.engine.connect() as connection:
        for _ in range(200):
            started = time.perf_counter()
            connection.exec_driver_sql("SELECT 1")
            taken["empty_trip_ms"].append(time.perf_counter() - started)
    return {name: round(statistics.median(values) * 1000, 2) for name, values in sorted(taken.items())}
