"""One part alone, for many machines: each knows only the two addresses, so that any number of each may run."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from types import FrameType

import click
from granian.constants import HTTPModes, Interfaces
from granian.log import LogLevels
from granian.server import Server

from app.config import Config
from app.core.system import System
from app.jobs.tick import run as run_tick
from app.jobs.worker import run as run_worker
from cli import front, stores


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.option("--processes", default=2, show_default=True, type=click.IntRange(1, 64))
@click.option("--threads", default=4, show_default=True, type=click.IntRange(1, 64), help="Requests at once in each process.")
def web(host: str, port: int, processes: int, threads: int) -> None:
    """Run the web processes alone."""
    front.ready()
    with stores.stores(Config.from_env(), "web") as config:
        # The web processes are forked from here and read where the stores are from their environment.
        os.environ["DATABASE_URL"] = config.database_url
        os.environ["DATABASE_OWNER_URL"] = config.owner_url
        os.environ["REDIS_URL"] = config.redis_url
        server = Server(
            "cli.wsgi:app",
            address=host,
            port=port,
            interface=Interfaces.WSGI,
            workers=processes,
            blocking_threads=threads,
            http=HTTPModes.http1,
            websockets=False,
            log_level=LogLevels.warning,
            respawn_failed_workers=True,
            respawn_interval=0.5,
            workers_kill_timeout=10,
        )
        server.serve()


@click.command()
def worker() -> None:
    """Run one worker alone; any number may run."""
    _run("worker", run_worker)


@click.command()
def tick() -> None:
    """Run the clock watcher alone; any number may run."""
    _run("tick", run_tick)


def _run(name: str, run: Callable[[System], None]) -> None:
    """Until it is asked to end; a part that knows better sets its own answer to the signals."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _leave)
    with stores.system(name) as system:
        run(system)


def _leave(number: int, frame: FrameType | None) -> None:
    sys.exit(0)
