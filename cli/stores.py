"""Every command gets its database and Redis the same way: named from outside, those of a running owner, or started for itself."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import replace
from typing import Any

from app.config import APP_ROLE, Config
from app.core.shipped import install_shipped
from app.core.system import System
from app.errors import Conflict
from app.main import build
from cli import home, migrations
from cli.servers import postgres, redis
from cli.supervision import Part

DATABASE = "citydesk"
PATIENCE = 90.0


@contextmanager
def system(by: str) -> Iterator[System]:
    """A whole system for the length of one command called `by`."""
    with stores(Config.from_env(), by) as config, closing(build(config)) as built:
        yield built


@contextmanager
def stores(config: Config, by: str) -> Iterator[Config]:
    """The configuration with both addresses filled in and the schema up to date."""
    if config.database_url and config.redis_url:
        make_ready(config)
        yield config
        return
    home.prepare(config.home)
    deadline = time.monotonic() + PATIENCE
    with ExitStack() as stack:
        while True:
            try:
                stack.enter_context(home.owned(config.home, by))
            except Conflict:
                addresses = stack.enter_context(home.visiting(config.home))
                if addresses is not None:
                    yield told(config, addresses)
                    return
                stack.close()
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.1)
            else:
                filled, _ = stack.enter_context(opened(config, patient=True))
                yield filled
                return


@contextmanager
def empty(config: Config, by: str) -> Iterator[Config]:
    """The addresses of stores that nobody else uses and that were not migrated: what a restore fills."""
    if config.database_url and config.redis_url:
        yield config
        return
    home.prepare(config.home)
    with home.owned(config.home, by), opened(config, patient=False, migrated=False) as (filled, _):
        yield filled


@contextmanager
def opened(config: Config, patient: bool, migrated: bool = True) -> Iterator[tuple[Config, list[Part[Any]]]]:
    """What the owner of the state folder does: start what was not named from outside, migrate, tell guests, and end it all."""
    servers: list[Part[Any]] = []
    addresses = home.Addresses(config.database_url, config.owner_url, config.redis_url)
    with ExitStack() as stack:
        if not config.database_url:
            database = Part("PostgreSQL", lambda: postgres.start(config.home))
            stack.callback(database.stop)
            servers.append(database)
            server = database.running
            server.create_database(DATABASE)
            addresses = replace(addresses, database_url=server.url(DATABASE, APP_ROLE), owner_url=server.url(DATABASE))
        if not config.redis_url:
            wakeups = Part("Redis", lambda: redis.start(config.home))
            stack.callback(wakeups.stop)
            servers.append(wakeups)
            addresses = replace(addresses, redis_url=wakeups.running.url())
        if migrated:
            make_ready(told(config, addresses))
        stack.enter_context(home.published(config.home, addresses, patient))
        yield told(config, addresses), servers


def make_ready(config: Config) -> None:
    """The schema of this release, and what it ships: published calendars and packs."""
    migrations.upgrade(config.owner_url)
    with closing(build(config)) as built:
        install_shipped(built)


def told(config: Config, addresses: home.Addresses) -> Config:
    return replace(config, database_url=addresses.database_url, owner_url=addresses.owner_url, redis_url=addresses.redis_url)
