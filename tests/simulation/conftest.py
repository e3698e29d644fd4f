"""One small district that has lived for some days, simulated once for all tests here and cloned for each that breaks something."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from psycopg import sql

from app.config import Config
from app.main import build
from app.simulation.drive import Pace, Ways
from app.simulation.run import Report, simulate
from cli.servers import postgres

if TYPE_CHECKING:
    from tests.fixtures.servers import Servers

WAYS = Ways(pace=Pace(timedelta(hours=2), timedelta(hours=2)), tail=timedelta(days=9))
# With it eighty tickets meet an alarm, joined tickets, extensions and returns, a whistle, a card and who cannot be reached.
SEED = 291


def config_of(servers: Servers, name: str, home: Path) -> Config:
    urls = servers.named(servers.app_url, name), servers.named(servers.owner_url, name)
    return Config(home=home, database_url=urls[0], owner_url=urls[1], redis_url=servers.redis_url, cheap_passwords=True)


@pytest.fixture(scope="module")
def lived(servers: Servers, worker_id: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Report, Path]]:
    """The name of its database, what was reported of it, and its keys."""
    name = f"lived_{worker_id}_{os.getpid()}"
    home = tmp_path_factory.mktemp("lived")
    servers.clone(name)
    with closing(build(config_of(servers, name, home))) as system:
        report = simulate(system, build, 2, 40, SEED, WAYS)
    yield name, report, home
    servers.drop(name)


@pytest.fixture
def twin(servers: Servers, lived: tuple[str, Report, Path]) -> Iterator[Config]:
    """The same life in a database that one test may spoil."""
    name = f"{lived[0]}_twin"
    names = (sql.Identifier(each) for each in (name, postgres.OWNER, lived[0]))
    servers.execute(sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE {}").format(*names))
    yield config_of(servers, name, lived[2])
    servers.drop(name)
