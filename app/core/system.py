"""What a running part of Citydesk holds in its hands. Made once by the composition root and passed on; never a global."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from redis import Redis
from sqlalchemy import Engine

from app.config import Config
from app.core.ids import IdBlocks
from app.core.wake import Waker

if TYPE_CHECKING:
    from app.core.registry import Registry
    from app.core.secrets import Keyring
    from app.core.settings import Settings


@dataclass
class System:
    """`engine` connects as the application's role, which may only insert into and read history; `side` is a small pool of its own for
    what has to be asked while a command already holds a connection, so that commands never wait for one another's."""

    config: Config
    engine: Engine
    side: Engine
    registry: Registry
    keyring: Keyring
    settings: Settings
    ids: IdBlocks
    waker: Waker = field(default_factory=Waker)
    closers: list[Callable[[], None]] = field(default_factory=list)

    @cached_property
    def redis(self) -> Redis:
        """Wake-ups only. Every call has a timeout; whoever calls must be content when Redis is away."""
        return Redis.from_url(self.config.redis_url, socket_timeout=2, socket_connect_timeout=2)

    def nudge(self) -> None:
        self.waker.nudge(self.redis)

    def close(self) -> None:
        """What works in the background is ended first, since it uses what is closed after it."""
        for close in reversed(self.closers):
            close()
        self.engine.dispose()
        self.side.dispose()
        if "redis" in self.__dict__:
            self.redis.close()
