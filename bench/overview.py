"""The numbers of the first pages at the size of a large district: each read by each role, among a million tickets and 15,000 open ones."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from app.core.actors import Actor
from app.overview import rates, rising, streets, today, waiting, wall
from bench.ground import World
from bench.large import LARGEST, OPEN, fold, grow
from bench.world import world


def measure(background: int, seconds: int, repeats: int) -> dict[str, Any]:
    """Medians in milliseconds of the whole read, the database's time and Python's; `fold` is that of one day."""
    with world() as made:
        grow(made, background)
        began = time.perf_counter()
        days = fold(made)
        took = (time.perf_counter() - began) / max(days, 1) * 1000
        found = {name: timed(read, repeats) for name, read in reads(made).items()}
    return {"tickets": background, "open": OPEN, "repeats": repeats * 5, "fold_ms": round(took, 1), **found}


def timed(read: Callable[[], object], repeats: int) -> float:
    taken = list[float]()
    for _ in range(repeats * 5):
        began = time.perf_counter()
        read()
        taken.append(time.perf_counter() - began)
    return round(statistics.median(taken) * 1000, 1)


def reads(made: World) -> dict[str, Callable[[], object]]:
    system, unit = made.system, made.district.units[LARGEST]
    centre = {name: made.district.centre(name) for name in ("dispatcher", "reviewer", "callback", "supervisor", "leader")}
    of_unit: Mapping[str, Actor] = {name: made.district.of_unit(name, unit) for name in ("clerk", "handler", "lead")}
    found: dict[str, Callable[[], object]] = {
        f"waiting_{name}_ms": partial(waiting.waiting, system, actor) for name, actor in {**centre, **of_unit}.items()
    }
    parts = {"today": today.today, "rates": rates.rates, "streets": streets.streets, "rising": rising.rising}
    for name, actor in (("whole", centre["leader"]), ("unit", of_unit["lead"])):
        found |= {f"{part}_{name}_ms": partial(read, system, actor) for part, read in parts.items()}
    return {**found, "wall_ms": partial(wall.wall, system)}
