"""The numbers of the first pages at the size of a large district: each read by each role, among a million tickets and 15,000 open ones."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import partial
from typing import Any

from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from app.core import bus
from app.core.actors import Actor
from app.hotline.commands import ActOn
from app.overview import folding, rates, rising, streets, today, waiting, wall
from bench.world import OFFSET, World, copied, multiply, registered, road, whole_life, world

OPEN = 15_000
# How far along the road the open ones have come; most are with a unit.
STEPS = {1: 0.05, 2: 0.10, 3: 0.70, 4: 0.10, 5: 0.05}
EVERY_SECONDS = 95
# The histories of these days are there, which is what figures are counted from when they are not folded yet.
HISTORIES = timedelta(days=64)


def measure(background: int, seconds: int, repeats: int) -> dict[str, Any]:
    """Medians in milliseconds of the whole read, the database's time and Python's; `fold` is that of one day."""
    with world(0) as made:
        template, units = whole_life(made), sorted(made.district.units.values())
        grown(made, template, background, units)
        for steps, part in STEPS.items():
            opened(made, steps, round(OPEN * part), background + steps * OPEN, units)
        began = time.perf_counter()
        folded = folding.fold(made.system)
        fold = (time.perf_counter() - began) / max(folded, 1) * 1000
        while folding.fold(made.system):
            pass
        found = {name: timed(read, repeats) for name, read in reads(made).items()}
    return {"tickets": background, "open": OPEN, "repeats": repeats * 5, "fold_ms": round(fold, 1), **found}


def timed(read: Callable[[], object], repeats: int) -> float:
    taken = list[float]()
    for _ in range(repeats * 5):
        began = time.perf_counter()
        read()
        taken.append(time.perf_counter() - began)
    return round(statistics.median(taken) * 1000, 1)


def reads(made: World) -> dict[str, Callable[[], object]]:
    system, unit = made.system, made.district.units["cgj"]
    centre = {name: made.district.centre(name) for name in ("dispatcher", "reviewer", "callback", "supervisor", "leader")}
    of_unit: Mapping[str, Actor] = {name: made.district.of_unit(name, unit) for name in ("clerk", "handler", "lead")}
    found: dict[str, Callable[[], object]] = {
        f"waiting_{name}_ms": partial(waiting.waiting, system, actor) for name, actor in {**centre, **of_unit}.items()
    }
    parts = {"today": today.today, "rates": rates.rates, "streets": streets.streets, "rising": rising.rising}
    for name, actor in (("whole", centre["leader"]), ("unit", of_unit["lead"])):
        found |= {f"{part}_{name}_ms": partial(read, system, actor) for part, read in parts.items()}
    return {**found, "wall_ms": partial(wall.wall, system)}


def grown(made: World, template: int, count: int, units: list[int]) -> None:
    """Closed tickets, one every 95 seconds up to now, each with a unit of its own; histories of the last weeks."""
    multiply(made, template, count, spread(made, units, back(count)))
    last = max(1, count - round(HISTORIES.total_seconds() / EVERY_SECONDS))
    later = {"case_id": OFFSET, "root_id": OFFSET, **{name: back(count).format(column=name) for name in ("at", "recorded_at")}}
    engine = create_engine(made.config.owner_url, poolclass=NullPool)
    with engine.begin() as connection:
        copied(connection, "history", later, template, last, count)
        copied(connection, "evaluations", {**later, "id": OFFSET}, template, last, count)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE"))


def back(count: int) -> str:
    return f"s.{{column}} - ({count} - n) * interval '{EVERY_SECONDS} seconds'"


def spread(made: World, units: list[int], at: str) -> dict[str, dict[str, str]]:
    unit = f"(ARRAY{units})[1 + n % {len(units)}]"
    times = {name: at.replace("{column}", name) for name in ("registered_at", "dispatched_at", "replied_at", "completed_at", "closed_at")}
    category = "(SELECT (array_agg(id ORDER BY id))[1 + n % count(*)] FROM categories)"
    street = "(SELECT (array_agg(name ORDER BY id))[1 + n % count(*)] FROM units WHERE kind IN ('street', 'town'))"
    return {
        "cases": {"created_at": at, "last_at": at},
        "tickets": {**times, "lead_unit_id": unit, "category_id": category, "street": street},
        "assignments": {"assigned_at": at, "unit_id": unit},
        "case_access": {"unit_id": f"CASE WHEN s.relation = 'lead' THEN {unit} ELSE s.unit_id END"},
    }


def opened(made: World, steps: int, count: int, first: int, units: list[int]) -> None:
    """Tickets that have come so far along the road, begun within the last three weeks, a few of them late."""
    ticket = registered(made, 1)[0]
    for actor, trigger, fields in road(made.district)[: steps - 1]:
        bus.execute(made.system, ActOn(actor, ticket, trigger, fields))
    late = "s.due_at - (n % 20) * interval '1 day'"
    also = spread(made, units, "s.{column} - (n % 20) * interval '1 day'")
    multiply(made, ticket, count, {**also, "cases": {**also["cases"], "due_at": late}, "clocks": {"due_at": late}}, first)
