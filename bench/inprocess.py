"""Transitions through the bus, everything on, without HTTP: two processes of four threads, beside the yardstick."""

from __future__ import annotations

import itertools
import multiprocessing
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from typing import Any

from app.config import Config
from app.core import bus
from app.hotline.commands import ActOn
from app.main import build
from app.simulation.people import read_district
from bench.report import Run, median
from bench.world import registered, road, world

PROCESSES, THREADS = 2, 4


def measure(background: int, seconds: int, repeats: int) -> dict[str, Any]:
    """Rates in transitions a second; `ratio` is of the yardstick taken just before each run."""
    runs: list[Run] = []
    with world(background) as made:
        for _ in range(repeats):
            ids = registered(made, 400 * seconds)
            base = made.yardstick(seconds)
            runs.append(Run(rate=drive(made.config, ids, seconds), base=base))
    return {"background_tickets": background, "processes": PROCESSES, "threads": THREADS, **median(runs)}


def drive(config: Config, ids: Sequence[int], seconds: int) -> float:
    """Every process walks its own tickets down the straight road until the time is over."""
    context = multiprocessing.get_context("spawn")
    with context.Manager() as manager, ProcessPoolExecutor(PROCESSES, mp_context=context) as processes:
        ready = manager.Barrier(PROCESSES, timeout=60)
        parts = [processes.submit(walk, config, ids[n::PROCESSES], seconds, ready) for n in range(PROCESSES)]
        return sum(part.result(timeout=seconds + 120) for part in parts)


def walk(config: Config, ids: Sequence[int], seconds: int, ready: Any) -> float:
    system = build(config)
    steps = road(read_district(system))
    waiting = iter(ids)
    # Plans and caches are warm before anybody looks at the clock, as they are in a process that has served for a minute.
    for ticket in itertools.islice(waiting, THREADS * 4):
        one(system, steps, ticket)
    ready.wait()
    started = time.perf_counter()

    def until_the_end(_: int) -> int:
        count = 0
        while time.perf_counter() - started < seconds:
            ticket = next(waiting, None)
            if ticket is None:
                break
            count += one(system, steps, ticket)
        return count

    with ThreadPoolExecutor(THREADS) as threads:
        count = sum(threads.map(until_the_end, range(THREADS)))
    rate = count / (time.perf_counter() - started)
    system.close()
    return rate


def one(system: Any, steps: Sequence[Any], ticket: int) -> int:
    for actor, trigger, fields in steps:
        bus.execute(system, ActOn(actor, ticket, trigger, fields))
    return len(steps)
