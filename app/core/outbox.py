"""Reactions owed to events: leased, run, and done only when the reaction's own transaction has committed `done_at`."""

from __future__ import annotations

import logging
from collections import defaultdict
from datetime import timedelta
from typing import Any

from app.core.actors import SYSTEM
from app.core.bus import finish, transaction
from app.core.system import System
from app.errors import trail_of

logger = logging.getLogger(__name__)
LEASE = timedelta(seconds=60)
TRIES = 10
CHUNK = 200

OWED = """
WITH owed AS (
    SELECT id FROM outbox WHERE done_at IS NULL AND gave_up_at IS NULL AND (lease_until IS NULL OR lease_until < clock_timestamp())
    ORDER BY id LIMIT %(limit)s FOR UPDATE SKIP LOCKED)
UPDATE outbox o SET lease_until = clock_timestamp() + %(lease)s, attempts = attempts + 1 FROM owed WHERE o.id = owed.id
RETURNING o.id, o.reaction, o.attempts
"""
# Waits for who has a row in hand for a moment: one passed by would stay leased, and undone, until its lease runs out.
TAKE = """SELECT id, event, reaction, root_id, case_id, payload, at, attempts FROM outbox
WHERE id = ANY(%(ids)s) AND reaction = %(reaction)s AND done_at IS NULL ORDER BY id FOR UPDATE"""
DONE = "UPDATE outbox SET done_at = clock_timestamp(), failure = NULL WHERE id = ANY(%s)"
FAILED = """UPDATE outbox SET failure = %(failure)s, lease_until = clock_timestamp() + least(2 ^ attempts, 3600) * interval '1 second',
gave_up_at = CASE WHEN attempts >= %(tries)s THEN clock_timestamp() END WHERE id = %(id)s"""


def lease(system: System, limit: int = 2000) -> dict[tuple[str, int], list[int]]:
    """Takes owed rows for a minute: ids by reaction and attempt. Whoever dies with a lease loses it to the next relay."""
    leased: dict[tuple[str, int], list[int]] = defaultdict(list)
    with transaction(system, SYSTEM) as tx:
        for row in tx.execute(OWED, {"limit": limit, "lease": LEASE}):
            leased[row["reaction"], row["attempts"]].append(row["id"])
        finish(tx)
    return leased


def react(system: System, reaction: str, ids: list[int]) -> int:
    """Runs one reaction for these rows and returns how many it did. One bad row is set back alone, the others go on."""
    try:
        return run(system, reaction, ids)
    except Exception as error:  # noqa: BLE001 - whatever a reaction raises, the other rows go on.
        if len(ids) == 1:
            set_back(system, ids[0], error)
            return 0
        return sum(react(system, reaction, [one]) for one in ids)


def run(system: System, reaction: str, ids: list[int]) -> int:
    with transaction(system, SYSTEM) as tx:
        rows: list[dict[str, Any]] = tx.query(TAKE, {"ids": ids, "reaction": reaction})
        if rows:
            system.registry.reaction[reaction].react(tx, rows)
            tx.execute(DONE, ([row["id"] for row in rows],))
            finish(tx)
        return len(rows)


def set_back(system: System, row_id: int, error: Exception) -> None:
    """Only the kind of the error is kept: its words may quote a citizen."""
    logger.error("reaction to outbox row %s failed: %s", row_id, trail_of(error))
    with transaction(system, SYSTEM) as tx:
        tx.execute(FAILED, {"id": row_id, "failure": type(error).__name__, "tries": TRIES})
        finish(tx)
