"""Sweeping due rungs, each exactly once: claimed under the root's lock, in order; a failing clock is set aside and stops no other."""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import Any

from app.core.actors import SYSTEM
from app.core.bus import AGAIN, execute, finish, transaction
from app.core.rungs import FireRung, Head, NothingSetOff, acts, moment_of, next_at, record
from app.core.system import System
from app.core.tx import Tx
from app.errors import Unavailable, trail_of

logger = logging.getLogger(__name__)
BATCH = 500
NOW = "(SELECT coalesce(frozen_at, clock_timestamp() + shift) FROM installation)"

LAG = f"""SELECT extract(epoch FROM {NOW} - min(next_rung_at))::float AS lag FROM clocks
WHERE state = 'running' AND set_aside_at IS NULL AND next_rung_at <= {NOW}"""
CLAIM = f"""SELECT k.id FROM clocks k JOIN cases c ON c.id = k.root_id
WHERE k.state = 'running' AND k.set_aside_at IS NULL AND k.next_rung_at <= {NOW} AND (%(id)s::bigint IS NULL OR k.id = %(id)s)
ORDER BY k.next_rung_at LIMIT %(limit)s FOR UPDATE OF c SKIP LOCKED"""
OLDEST = f"""SELECT id FROM clocks WHERE state = 'running' AND set_aside_at IS NULL AND next_rung_at <= {NOW}
ORDER BY next_rung_at LIMIT %(limit)s"""
# The claim's own snapshot is older than its locks: what a clock is now is read again after they are held.
DUE = f"""SELECT k.id, k.root_id, k.case_id, k.name, k.level, k.generation, k.pack, k.rungs, k.rung_next,
c.seq, c.head_hash, c.last_at, c.state FROM clocks k JOIN cases c ON c.id = k.case_id
WHERE k.id = ANY(%(ids)s) AND k.state = 'running' AND k.set_aside_at IS NULL AND k.next_rung_at <= {NOW} ORDER BY k.next_rung_at, k.id"""
ASIDE = "UPDATE clocks SET set_aside_at = clock_timestamp(), failure = %(failure)s WHERE id = %(id)s"


def lag(system: System) -> float | None:
    """For how many seconds the oldest due rung has waited; None when nothing is due."""
    with transaction(system, SYSTEM) as tx:
        return tx.query(LAG)[0]["lag"]  # type: ignore[no-any-return]


def sweep(system: System, limit: int = BATCH) -> int:
    """Fires everything that is due, batch by batch, and returns how many rungs fired."""
    fired = 0
    while True:
        marked, acting = batch_of(system, limit)
        for command in acting:
            guarded(system, command)
        fired += marked + len(acting)
        if not marked and not acting:
            return fired


def batch_of(system: System, limit: int) -> tuple[int, list[FireRung]]:
    """One batch; when it fails, its clocks one by one, so that the failing one is set aside and stops no other."""
    try:
        return marks(system, limit)
    except (Unavailable, *AGAIN):
        raise
    except Exception as error:  # noqa: BLE001 - whatever is wrong with one clock, the others fire.
        logger.error("a batch of rungs failed, its clocks are taken one by one: %s", trail_of(error))
    with transaction(system, SYSTEM) as tx:
        ids = [row["id"] for row in tx.query(OLDEST, {"limit": limit})]
    found = [alone(system, clock_id) for clock_id in ids]
    return sum(marked for marked, _ in found), [command for _, commands in found for command in commands]


def alone(system: System, clock_id: int) -> tuple[int, list[FireRung]]:
    try:
        return marks(system, 1, clock_id)
    except (Unavailable, *AGAIN):
        raise
    except Exception as error:  # noqa: BLE001
        set_aside(system, clock_id, error)
        return 0, []


def marks(system: System, limit: int, only: int | None = None) -> tuple[int, list[FireRung]]:
    """Rungs that only mark or notify are written together; those that act come back as commands."""
    with transaction(system, SYSTEM) as tx:
        ids = [row["id"] for row in tx.query(CLAIM, {"limit": limit, "id": only})]
        if not ids:
            return 0, []
        heads: dict[int, Head] = {}
        acting: list[FireRung] = []
        marked = 0
        for clock in tx.query(DUE, {"ids": ids}):
            count, command = mark(tx, clock, heads)
            marked += count
            if command:
                acting.append(command)
        for case_id, head in heads.items():
            tx.update("cases", case_id, {"seq": head.seq, "head_hash": head.hash, "last_at": head.last_at})
        finish(tx)
    return marked, acting


def mark(tx: Tx, clock: dict[str, Any], heads: dict[int, Head]) -> tuple[int, FireRung | None]:
    """Passes the due rungs of one clock in order, up to the first that acts."""
    head = heads.get(clock["case_id"]) or Head(clock["seq"], clock["head_hash"], clock["last_at"])
    position, passed, command = clock["rung_next"], 0, None
    while position < len(clock["rungs"]) and moment_of(clock["rungs"][position]) <= tx.now:
        rung = clock["rungs"][position]
        if acts(rung):
            command = FireRung(clock["id"], clock["root_id"], rung["key"])
            break
        record(tx, clock, rung, head)
        position += 1
        passed += 1
    if passed:
        heads[clock["case_id"]] = head
        tx.update("clocks", clock["id"], {"rung_next": position, "next_rung_at": next_at(clock["rungs"], position)})
    return passed, command


def guarded(system: System, command: FireRung) -> None:
    """A rung may come when its trigger is no longer possible: the refusal stands and the rung has fired. A failing clock is set aside
    and alarmed by `/readyz`; the batch goes on."""
    try:
        execute(system, command)
    except Unavailable:
        raise
    except NothingSetOff as nothing:
        logger.info("rung %s of clock %s did not %s: %s", command.rung, command.clock_id, nothing.trigger, nothing.refusal.en)
        guarded(system, replace(command, without=command.without | {nothing.trigger}))
    except Exception as error:  # noqa: BLE001 - whatever is wrong with one clock, the others fire.
        set_aside(system, command.clock_id, error)


def set_aside(system: System, clock_id: int, error: Exception) -> None:
    logger.error("clock %s failed and is set aside: %s", clock_id, trail_of(error))
    with transaction(system, SYSTEM) as tx:
        tx.execute(ASIDE, {"id": clock_id, "failure": type(error).__name__})
        finish(tx)

