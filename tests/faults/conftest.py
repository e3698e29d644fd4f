"""The real parts of an installation as processes of their own, watched over as `up` watches them, for tests that kill them."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest

from app.config import CHECKOUT, Config
from cli.servers.process import spawn
from cli.supervision import Part, Program, stop_all

if TYPE_CHECKING:
    from tests.fixtures.servers import Servers

Start = Callable[..., Part[Any]]


def environment(config: Config) -> dict[str, str]:
    named = {
        "CITYDESK_HOME": str(config.home),
        "DATABASE_URL": config.database_url,
        "DATABASE_OWNER_URL": config.owner_url,
        "REDIS_URL": config.redis_url,
    }
    return dict(os.environ) | named


@pytest.fixture
def part(config: Config, servers: Servers) -> Iterator[Start]:
    """Starts `worker` or `tick`; all of them are gone after the test."""
    if not servers.real_redis:
        pytest.skip("no real Redis on this machine: killing an imitation proves nothing")
    started: list[Part[Any]] = []

    def start(name: str) -> Part[Any]:
        line = [sys.executable, "-m", "cli", name]
        begun = Part(name, lambda: Program(spawn(line, env=environment(config), cwd=CHECKOUT, out=2)))
        started.append(begun)
        return begun

    yield start
    stop_all(started)
