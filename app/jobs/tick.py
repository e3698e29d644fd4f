"""The heartbeat: every second, hand owed reactions and due clocks to the workers; while Redis is away, do both here."""

from __future__ import annotations

import logging
import signal
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Event

from redis import Redis, RedisError
from rq import Queue
from rq.exceptions import DuplicateJobError
from rq.serializers import JSONSerializer

from app.clock import wall
from app.core import outbox
from app.core.housekeeping import Chores
from app.core.sweep import lag, sweep
from app.core.system import System
from app.core.wake import wait
from app.errors import Unavailable, trail_of
from app.jobs.rounds import Rounds
from app.people.upkeep import Upkeep

logger = logging.getLogger(__name__)
BEAT = 1.0
PATIENCE = 5.0


def run(system: System) -> None:
    """Beats until SIGTERM or SIGINT. Any number of tick processes may run: leases and row locks keep them apart."""
    stop = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    heart = Heart(system)
    with Rounds(system):
        while not stop.is_set():
            heart.beat()
            wait(system.redis, BEAT)


@dataclass
class Heart:
    """One tick process. `beat` never raises: what fails is logged, and tried again with the next beat."""

    system: System
    chores: Chores = field(default_factory=Chores)
    upkeep: Upkeep = field(default_factory=Upkeep)

    def beat(self) -> None:
        for part in (self.relay, self.due, self.reorganise, self.tidy):
            self.guarded(part)

    def guarded(self, part: Callable[[], None]) -> None:
        try:
            part()
        except Unavailable as error:
            logger.warning("%s: %s", part.__name__, error)
        except Exception as error:  # noqa: BLE001 - a heart that stopped would be worse than any of its beats.
            logger.error("%s failed; the next beat tries again: %s", part.__name__, trail_of(error))

    def relay(self) -> None:
        """A row whose lease ran out once is done here: whoever took it may be dead."""
        for (reaction, attempt), ids in outbox.lease(self.system).items():
            for start in range(0, len(ids), outbox.CHUNK):
                chunk = ids[start : start + outbox.CHUNK]
                if attempt > 1 or not self.enqueue("outbox", "app.jobs.work.react", f"outbox-{chunk[0]}-{attempt}", reaction, chunk):
                    outbox.react(self.system, reaction, chunk)

    def due(self) -> None:
        """The job's id changes with the second, so that a job lost with its worker blocks nobody; what is long due is done here."""
        waited = lag(self.system)
        if waited is None:
            return
        job_id = f"sweep-{int(wall().timestamp())}"
        if waited > PATIENCE or not self.enqueue("sweep", "app.jobs.work.sweep_due", job_id):
            sweep(self.system)

    def reorganise(self) -> None:
        self.upkeep.run(self.system)

    def tidy(self) -> None:
        self.chores.run(self.system)

    def enqueue(self, queue: str, function: str, job_id: str, *args: object) -> bool:
        """False when Redis is away, or nobody works: then the caller does the work itself."""
        redis: Redis = self.system.redis
        try:
            rq = Queue(queue, connection=redis, serializer=JSONSerializer)
            if not redis.scard("rq:workers"):
                return False
            # RQ's own alarm would strike in the middle of any line; statements have their limit in the database.
            rq.enqueue(function, *args, job_id=job_id, job_timeout=-1, unique=True, result_ttl=0, failure_ttl=0, ttl=60)
        except DuplicateJobError:
            return True
        except RedisError as error:
            logger.warning("Redis is away, working here: %s", type(error).__name__)
            return False
        return True
