"""Transitions over HTTP, everything on, two web processes, eight connections; beside the yardstick and a bare Flask view."""

from __future__ import annotations

import os
import socket
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from statistics import median as middle
from typing import Any

import orjson

from app.config import CHECKOUT
from app.core.actors import SYSTEM
from app.people.signin import issue_token
from bench import yardstick
from bench.ground import World
from bench.load import Talk, Told, post, run
from bench.report import Run, median
from bench.world import registered, road, world
from cli.servers.process import spawn

CONNECTIONS = 8
HOST = "127.0.0.1"


def measure(background: int, seconds: int, repeats: int) -> dict[str, Any]:
    """Rates a second; `ratio` is of the yardstick, `bare_ratio` of a Flask view that only does the yardstick's writes."""
    runs: list[Run] = []
    bare: list[float] = []
    told: list[Told] = []
    with world(background) as made:
        for _ in range(repeats):
            base = made.yardstick(seconds)
            with serving(made, ["cli", "web", "--host", HOST], {}) as port:
                told.append(drive(made, port, seconds))
            runs.append(Run(told[-1].rate, base))
            with serving(made, ["bench.serve"], {"BENCH_DATABASE": libpq(made)}) as port:
                bare.append(drive_bare(port, seconds))
    refused = sum(one.refused for one in told)
    return {
        "background_tickets": background, "web_processes": 2, "connections": CONNECTIONS, **median(runs),
        "p50_ms": round(middle(one.percentile(0.50) for one in told), 1), "p95_ms": round(middle(one.percentile(0.95) for one in told), 1),
        "refused": refused, "bare_view_per_second": round(middle(bare)),
        "bare_ratio": round(middle(one.rate / rate for one, rate in zip(told, bare, strict=True)), 3),
    }  # fmt: skip


def libpq(made: World) -> str:
    return f"host={made.server.sockets} dbname={yardstick.DATABASE} user=postgres"


@contextmanager
def serving(made: World, module: Sequence[str], more: Mapping[str, str]) -> Iterator[int]:
    """A web server of two processes on a free port, until the block ends."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port = probe.getsockname()[1]
    config = made.config
    env = {"CITYDESK_HOME": str(config.home), "DATABASE_URL": config.database_url, "DATABASE_OWNER_URL": config.owner_url}
    env |= {"REDIS_URL": config.redis_url, **more}
    line = [sys.executable, "-m", *module, "--port", str(port)]
    process = spawn(line, env=dict(os.environ) | env, cwd=CHECKOUT, out=sys.stderr.fileno())
    try:
        wait_for(port)
        yield port
    finally:
        process.terminate()
        process.wait(timeout=30)


def wait_for(port: int) -> None:
    deadline = time.monotonic() + 60
    while True:
        try:
            socket.create_connection((HOST, port), timeout=1).close()
            return
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)


def drive(made: World, port: int, seconds: int) -> Told:
    """Each connection walks its own tickets down the straight road, with the tokens of the people whose steps they are."""
    steps = asked(made, port)
    ids = registered(made, 300 * seconds)
    warm = [Talk((HOST, port), Walk(ids[n : 20 * CONNECTIONS : CONNECTIONS], steps)) for n in range(CONNECTIONS)]
    run(warm, seconds=30)
    rest = ids[20 * CONNECTIONS :]
    return run([Talk((HOST, port), Walk(rest[n::CONNECTIONS], steps)) for n in range(CONNECTIONS)], seconds)


def asked(made: World, port: int) -> list[tuple[bytes, list[tuple[str, str]]]]:
    """The body and the headers of each step of the road."""
    accounts = {actor.id: name for name, actor in made.district.people.items()}
    tokens: dict[int, str] = {}
    steps = []
    for actor, trigger, fields in road(made.district):
        if actor.id not in tokens:
            tokens[actor.id] = issue_token(made.system, SYSTEM, accounts[actor.id], "bench", days=1)
        body = orjson.dumps({"trigger": trigger, "fields": fields})
        steps.append((body, [("Authorization", f"Bearer {tokens[actor.id]}")]))
    return steps


class Walk:
    """What one connection says next: the next step of its ticket, or the first of the next ticket."""

    def __init__(self, ids: Sequence[int], steps: Sequence[tuple[bytes, list[tuple[str, str]]]]) -> None:
        self.turns = ((ticket, step) for ticket in ids for step in steps)

    def __call__(self, answer: bytes) -> bytes | None:
        turn = next(self.turns, None)
        if turn is None:
            return None
        ticket, (body, headers) = turn
        return post(HOST, f"/api/v1/tickets/{ticket}/transitions", body, headers)


def drive_bare(port: int, seconds: int) -> float:
    numbers = iter(range(1, yardstick.TICKETS))

    def say(answer: bytes) -> bytes:
        return post(HOST, f"/{next(numbers)}", b"{}")

    run([Talk((HOST, port), say) for _ in range(CONNECTIONS)], 2)
    return run([Talk((HOST, port), say) for _ in range(CONNECTIONS)], seconds).rate
