"""A worker: takes batches from RQ and does them. Any number of workers may run; killing one loses nothing."""

from __future__ import annotations

import logging
from threading import Event
from types import FrameType

from redis import Redis, RedisError
from rq import Queue, SimpleWorker
from rq.serializers import JSONSerializer

from app.core.system import System
from app.core.wake import wait
from app.jobs import work

logger = logging.getLogger(__name__)
QUEUES = ("sweep", "outbox")
PAUSE = 2.0


def connection(system: System) -> Redis:
    """RQ blocks on its queue for minutes, so its connection has no read timeout of its own; RQ sets one for each wait."""
    return Redis.from_url(system.config.redis_url, health_check_interval=30)


class Steady(SimpleWorker):
    """RQ's worker also leaves its loop after an error of its own; only being asked to stop is an end."""

    asked = Event()

    def request_stop(self, signum: int, frame: FrameType | None) -> None:
        # Asked while Redis goes away, it is not begun again either.
        Steady.asked.set()
        super().request_stop(signum, frame)


def run(system: System) -> None:
    """Works until it is told to stop; while Redis is away, or after an error of RQ's own, it begins again after a while."""
    work.working.set(system)
    while not Steady.asked.is_set():
        redis = connection(system)
        try:
            queues = [Queue(name, connection=redis, serializer=JSONSerializer) for name in QUEUES]
            worker = Steady(queues, connection=redis, serializer=JSONSerializer)
            worker.work(logging_level="WARNING", with_scheduler=False)
            if Steady.asked.is_set():
                return
        except RedisError as error:
            logger.warning("Redis is away, the tick process sweeps by itself meanwhile: %s", type(error).__name__)
        wait(redis, PAUSE)
