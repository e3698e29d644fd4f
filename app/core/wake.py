"""Waking whoever owes reactions. A lost nudge loses nothing: the relay looks every second anyway, so Redis may be away."""

from __future__ import annotations

import logging
import time
from threading import Lock

from redis import Redis, RedisError

logger = logging.getLogger(__name__)
LIST = "citydesk:nudge"
AT_MOST_EVERY = 0.2
AFTER_FAILURE = 5.0


class Waker:
    """Thread-safe. Nudges at most five times a second, and after a failure leaves Redis alone for five seconds."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._quiet_until = 0.0

    def nudge(self, redis: Redis) -> None:
        with self._lock:
            if time.monotonic() < self._quiet_until:
                return
            self._quiet_until = time.monotonic() + AT_MOST_EVERY
        try:
            pipeline = redis.pipeline(transaction=False)
            pipeline.lpush(LIST, 1)
            pipeline.ltrim(LIST, 0, 0)
            pipeline.execute()
        except RedisError as error:
            logger.warning("no nudge sent, the relay will find the rows: %s", type(error).__name__)
            self._quiet_until = time.monotonic() + AFTER_FAILURE


def wait(redis: Redis, seconds: float) -> None:
    """Sleeps until somebody nudges or the seconds are over."""
    started = time.monotonic()
    try:
        redis.blpop([LIST], timeout=seconds)
    except RedisError:
        time.sleep(max(0.0, seconds - (time.monotonic() - started)))
