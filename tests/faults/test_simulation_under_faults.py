"""The clocks of a life are fired by real tick and worker processes; killing them or emptying Redis changes nothing of what fires."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from redis import Redis
from rq import Worker
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from app.config import Config
from app.core.system import System
from app.main import build
from app.simulation.drive import Pace, Ways
from app.simulation.run import Report, simulate
from cli.supervision import Part
from tests.factories.lives import fired

if TYPE_CHECKING:
    from tests.fixtures.servers import Servers

Start = Callable[..., Part[Any]]
# Each rung is met within a second of its time, as a living installation would: then tick hands it to a worker.
PRECISE = Ways(pace=Pace(timedelta(hours=3), timedelta(seconds=1)), tail=timedelta(days=6))
A_LEASE_LATER = "UPDATE outbox SET lease_until = clock_timestamp() WHERE done_at IS NULL"
# (days, demands a day): enough for every kind of clock, few enough for a minute.
SMALL, LARGE = (2, 30), (4, 80)


@dataclass
class Trouble:
    """What is done to the installation while something is due; each part that was killed is started again as `up` would."""

    config: Config
    parts: list[Part[Any]]
    to_do: list[Callable[[], None]] = field(default_factory=list)
    every: int = 15
    waits: int = 0

    def waiting(self) -> None:
        """Called while the driver waits for what is due, or owed, to be done."""
        self.waits += 1
        for part in self.parts:
            part.look()
        if self.to_do and self.waits % self.every == 0:
            self.to_do.pop(0)()
        if self.waits > self.every:
            self.a_lease_later()

    def a_lease_later(self) -> None:
        """Whoever died with a reaction in its hands loses it after a minute: no test waits that long."""
        engine = create_engine(self.config.owner_url, poolclass=NullPool)
        with engine.begin() as connection:
            connection.execute(text(A_LEASE_LATER))


def kill(part: Part[Any]) -> Callable[[], None]:
    def at_once() -> None:
        os.kill(part.running.process.pid, signal.SIGKILL)
        part.running.process.wait()

    return at_once


def undisturbed(servers: Servers, config: Config, size: tuple[int, int]) -> tuple[Report, list[tuple[Any, ...]]]:
    """The same life in a database of its own, where nobody but the driver fires."""
    name = f"calm_{os.getpid()}"
    servers.clone(name)
    calm = replace(config, database_url=servers.named(servers.app_url, name), owner_url=servers.named(servers.owner_url, name))
    try:
        with closing(build(calm)) as system:
            report = simulate(system, build, *size, 7, PRECISE)
            return report, fired(system, report.progress.born)
    finally:
        servers.drop(name)


def jobs_done(redis_url: str) -> int:
    with Redis.from_url(redis_url) as client:
        return sum(worker.successful_job_count for worker in Worker.all(connection=client))


def alive(redis_url: str) -> None:
    """Until a worker has told Redis that it is there, tick would do its work itself."""
    deadline = time.monotonic() + 30
    with Redis.from_url(redis_url) as client:
        while not client.scard("rq:workers"):
            assert time.monotonic() < deadline, "no worker came"
            time.sleep(0.05)


def same_life(system: System, config: Config, servers: Servers, size: tuple[int, int], trouble: Trouble) -> None:
    expected, rungs = undisturbed(servers, config, size)
    lived = simulate(system, build, *size, 7, replace(PRECISE, sweeps=False, waiting=trouble.waiting))
    assert lived.broken == []
    assert lived.states == expected.states
    assert lived.written == expected.written
    assert fired(system, lived.progress.born) == rungs
    assert len(rungs) > 200
    assert trouble.to_do == []


@pytest.mark.timeout(400)
def test_tick_and_worker_fire_the_same_as_a_driver_that_fires_by_itself(
    system: System, config: Config, servers: Servers, part: Start
) -> None:
    trouble = Trouble(config, [part("worker"), part("tick")])
    alive(config.redis_url)
    same_life(system, config, servers, SMALL, trouble)
    assert jobs_done(config.redis_url) > 20


def all_three(config: Config, worker: Part[Any], tick: Part[Any]) -> list[Callable[[], None]]:
    def flush() -> None:
        # The whole of this installation's Redis; the server's other databases belong to other tests.
        with Redis.from_url(config.redis_url) as client:
            client.flushdb()

    return [kill(worker), flush, kill(tick)]


@pytest.mark.timeout(400)
def test_killed_worker_flushed_redis_and_killed_tick_change_nothing(system: System, config: Config, servers: Servers, part: Start) -> None:
    worker, tick = part("worker"), part("tick")
    alive(config.redis_url)
    same_life(system, config, servers, SMALL, Trouble(config, [worker, tick], all_three(config, worker, tick)))
    assert worker.failures >= 1 and tick.failures >= 1


@pytest.mark.deep
@pytest.mark.timeout(900)
def test_a_larger_life_with_trouble_again_and_again(system: System, config: Config, servers: Servers, part: Start) -> None:
    workers, ticks = [part("worker"), part("worker")], [part("tick"), part("tick")]
    alive(config.redis_url)
    to_do = [do for turn in range(4) for do in all_three(config, workers[turn % 2], ticks[turn % 2])]
    same_life(system, config, servers, LARGE, Trouble(config, [*workers, *ticks], to_do, every=11))
