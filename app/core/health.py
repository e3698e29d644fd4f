"""Whether the system keeps its promises: the independent look at what is due but has not fired and what is owed but not done."""

from __future__ import annotations

from typing import Any

from redis import RedisError

from app.core.actors import SYSTEM
from app.core.bus import transaction
from app.core.sweep import NOW
from app.core.system import System
from app.errors import Unavailable

PROBE = f"""SELECT
 (SELECT extract(epoch FROM {NOW} - min(next_rung_at))::float FROM clocks
   WHERE state = 'running' AND set_aside_at IS NULL AND next_rung_at <= {NOW}) AS oldest_unfired_clock_seconds,
 (SELECT count(*) FROM clocks WHERE set_aside_at IS NOT NULL AND state <> 'stopped') AS clocks_set_aside,
 (SELECT extract(epoch FROM {NOW} - min(at))::float FROM (SELECT at FROM outbox WHERE done_at IS NULL
   AND gave_up_at IS NULL ORDER BY id LIMIT 1) owed) AS oldest_unfinished_outbox_seconds,
 (SELECT count(*) FROM (SELECT 1 FROM outbox WHERE done_at IS NULL LIMIT 10001) owed) AS outbox_owed,
 (SELECT count(*) FROM outbox WHERE gave_up_at IS NOT NULL AND done_at IS NULL) AS outbox_given_up"""


def probe(system: System) -> dict[str, Any]:
    """`database` and `redis` are booleans; ages in seconds, None when nothing waits. Never raises for a part that is away."""
    found: dict[str, Any] = {"database": True, "redis": True}
    try:
        with transaction(system, SYSTEM) as tx:
            found |= tx.query(PROBE + "".join(f",\n ({sql}) AS {name}" for name, sql in system.registry.gauges.items()))[0]
    except Unavailable:
        found["database"] = False
    try:
        system.redis.ping()
    except RedisError:
        found["redis"] = False
    return found
