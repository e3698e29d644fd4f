"""Ten thousand marking rungs due among a million clocks: how many one sweeper fires a second, and how many two do."""

from __future__ import annotations

import multiprocessing
import time
from concurrent.futures import ProcessPoolExecutor
from statistics import median as middle
from typing import Any

from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from app.config import Config
from app.core.sweep import sweep
from app.main import build
from bench.copies import multiply
from bench.ground import World
from bench.report import Run, median
from bench.world import registered, world

DUE = 10_000
# The copied clock of a ticket just registered: its first rung only marks, and is made due a minute ago; the next is far away.
FAR = "now() + interval '300 days'"
RUNGS = """jsonb_build_array(jsonb_build_object('key', '50%', 'at', ({at}), 'actions', jsonb_build_array('mark')),
    jsonb_build_object('key', 'due', 'at', ({far}), 'actions', jsonb_build_array('mark')))"""


def measure(background: int, seconds: int, repeats: int) -> dict[str, Any]:
    """`rate_per_second` is of one sweeper, `two_sweepers_per_second` of two processes; `ratio` is of the yardstick."""
    runs: list[Run] = []
    both: list[float] = []
    with world(0) as made:
        template = registered(made, 1)[0]
        pending(made, template, background, FAR, first=1)
        first = background + 1
        for _ in range(repeats):
            base = made.yardstick(seconds)
            pending(made, template, DUE, "now() - interval '1 minute'", first)
            runs.append(Run(timed(made.config), base))
            pending(made, template, DUE, "now() - interval '1 minute'", first + DUE)
            both.append(together(made.config))
            first += 2 * DUE
    return {"pending_clocks": background, "due": DUE, **median(runs), "two_sweepers_per_second": round(middle(both))}


def pending(made: World, template: int, count: int, at: str, first: int) -> None:
    also = {"clocks": {"next_rung_at": at, "rungs": RUNGS.format(at=at, far=FAR), "rung_next": "0", "state": "'running'"}}
    if count:
        multiply(made, template, count, also, first)
    hold_template(made, template)


def hold_template(made: World, template: int) -> None:
    engine = create_engine(made.config.owner_url, poolclass=NullPool)
    with engine.begin() as connection:
        connection.execute(text(f"UPDATE clocks SET next_rung_at = {FAR} WHERE root_id = :root"), {"root": template})


def timed(config: Config) -> float:
    """Rungs a second of one sweep, from before its first connection to its last commit."""
    fired, started, ended = part(config)
    return fired / (ended - started)


def part(config: Config) -> tuple[int, float, float]:
    system = build(config)
    started = time.perf_counter()
    fired = sweep(system)
    ended = time.perf_counter()
    system.close()
    return fired, started, ended


def together(config: Config) -> float:
    """Two processes at once; the whole span counts, from the first beginning to the last end."""
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(2, mp_context=context) as processes:
        for warmed in [processes.submit(int) for _ in range(2)]:
            warmed.result()
        parts = [future.result() for future in [processes.submit(part, config) for _ in range(2)]]
    span = max(end for _, _, end in parts) - min(start for _, start, _ in parts)
    return sum(fired for fired, _, _ in parts) / span
