"""Twice a second each serving process tells Redis what it counted. Away from the requests: Redis may hang, they do not."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from threading import Event, Lock, Thread

from redis import Redis, RedisError

LOG = logging.getLogger("citydesk.pulse")
Beat = Callable[[Redis], None]


class Pulse:
    """Starts with the first request, so that each process has its own thread whatever forked it. Ends when `owner` is no more."""

    def __init__(
        self, redis: Callable[[], Redis], beats: Sequence[Beat], seconds: float = 0.5, owner: Callable[[], object] = lambda: True
    ) -> None:
        self._redis, self._beats, self._seconds, self._owner = redis, beats, seconds, owner
        self._lock, self._thread, self._end = Lock(), None, Event()
        self.reachable = True

    _thread: Thread | None

    def start(self) -> None:
        if self._thread is None:
            with self._lock:
                if self._thread is None:
                    self._thread = Thread(target=self._run, name="citydesk-pulse", daemon=True)
                    self._thread.start()

    def stop(self) -> None:
        self._end.set()
        if self._thread is not None:
            self._thread.join()

    def beat(self) -> bool:
        """One reconciliation; whether Redis answered."""
        try:
            for each in self._beats:
                each(self._redis())
        except RedisError as error:
            if self.reachable:
                LOG.warning("redis is away (%s): limits and meters are counted in this process alone", type(error).__qualname__)
            self.reachable = False
        else:
            self.reachable = True
        return self.reachable

    def _run(self) -> None:
        while not self._end.wait(self._seconds) and self._owner() is not None:
            self.beat()
