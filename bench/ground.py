"""Servers of their own for a measurement, with an empty installation; everything is gone afterwards."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from app.config import APP_ROLE, Config
from app.core.shipped import install_shipped
from app.core.system import System
from app.main import build
from app.simulation.people import District
from bench import yardstick
from cli import migrations
from cli.servers import postgres, redis

DATABASE = "bench"
# Ids begin so high that millions of older tickets, each a thousand million further down, lie below whatever is made.
ROOM = "SELECT setval('id_blocks', 125000000000000)"


@dataclass(frozen=True)
class World:
    """One server with two databases: ours, and the yardstick's."""

    server: postgres.PostgresServer
    config: Config
    system: System
    district: District

    def yardstick(self, seconds: int) -> float:
        yardstick.prepare(self.server)
        return yardstick.measure(self.server, seconds)


@contextmanager
def bare() -> Iterator[tuple[postgres.PostgresServer, Config, System]]:
    """Servers of their own with an empty installation."""
    home = Path(tempfile.mkdtemp(prefix="citydesk-bench-"))
    # The database may run under another account, which has to be able to walk in.
    home.chmod(0o711)
    with ExitStack() as stack:
        stack.callback(shutil.rmtree, home, ignore_errors=True)
        server = postgres.start(home)
        stack.callback(shutil.rmtree, server.data, ignore_errors=True)
        stack.callback(server.stop)
        wakeups = redis.start(home)
        stack.callback(wakeups.stop)
        server.create_database(DATABASE)
        owner = server.url(DATABASE)
        migrations.upgrade(owner)
        with server.connect(DATABASE) as connection:
            connection.execute(ROOM)
        config = Config(home=home, database_url=server.url(DATABASE, APP_ROLE), owner_url=owner, redis_url=wakeups.url())
        system = build(config)
        stack.callback(system.close)
        install_shipped(system)
        yield server, config, system
