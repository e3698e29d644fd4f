"""Firing due rungs, each exactly once: claimed under the root's lock, recorded before it acts, late ones in order and marked late."""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from app.core.actors import SYSTEM, Actor
from app.core.apply import Step
from app.core.bus import AGAIN, Result, execute, finish, transaction
from app.core.fire import CAUSED, act, result_of
from app.core.history import link
from app.core.load import instant
from app.core.root import Case, Root
from app.core.system import System
from app.core.tx import Tx
from app.errors import Refusal, Unavailable, trail_of

logger = logging.getLogger(__name__)
BATCH = 500
FIRE = "fire:"
LATE = timedelta(seconds=60)
NOW = "(SELECT coalesce(frozen_at, clock_timestamp() + shift) FROM installation)"

LAG = f"""SELECT extract(epoch FROM {NOW} - min(next_rung_at))::float AS lag FROM clocks
WHERE state = 'running' AND set_aside_at IS NULL AND next_rung_at <= {NOW}"""
CLAIM = f"""SELECT k.id FROM clocks k JOIN cases c ON c.id = k.root_id
WHERE k.state = 'running' AND k.set_aside_at IS NULL AND k.next_rung_at <= {NOW} AND (%(id)s::bigint IS NULL OR k.id = %(id)s)
ORDER BY k.next_rung_at LIMIT %(limit)s FOR UPDATE OF c SKIP LOCKED"""
OLDEST = f"""SELECT id FROM clocks WHERE state = 'running' AND set_aside_at IS NULL AND next_rung_at <= {NOW}
ORDER BY next_rung_at LIMIT %(limit)s"""
# The claim's own snapshot is older than its locks: what a clock is now is read again after they are held.
DUE = f"""SELECT k.id, k.root_id, k.case_id, k.name, k.level, k.generation, k.rungs, k.rung_next, c.seq, c.head_hash, c.last_at, c.state
FROM clocks k JOIN cases c ON c.id = k.case_id WHERE k.id = ANY(%(ids)s) AND k.state = 'running' AND k.set_aside_at IS NULL
AND k.next_rung_at <= {NOW} ORDER BY k.next_rung_at, k.id"""
ASIDE = "UPDATE clocks SET set_aside_at = clock_timestamp(), failure = %(failure)s WHERE id = %(id)s"


@dataclass(frozen=True, slots=True)
class FireRung:
    """A rung that changes more than a mark: it goes through the same door as a person, as the actor `system`. `without` are the triggers
    that were tried and refused."""

    clock_id: int
    root_id: int
    rung: str
    without: frozenset[str] = frozenset()
    actor: Actor = SYSTEM
    key: str | None = None


@dataclass(slots=True)
class Head:
    """The end of one case's chain while a batch adds to it."""

    seq: int
    hash: bytes
    last_at: datetime


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


def acts(rung: dict[str, Any]) -> bool:
    return bool(triggers_of(rung))


def moment_of(rung: dict[str, Any]) -> datetime:
    at = instant(rung["at"])
    assert at is not None
    return at


def next_at(rungs: list[dict[str, Any]], position: int) -> str | None:
    return rungs[position]["at"] if position < len(rungs) else None


def record(tx: Tx, clock: dict[str, Any], rung: dict[str, Any], head: Head) -> None:
    """The claim, the history row and the event of one rung; a rung does not raise the case's version."""
    at = max(tx.now, head.last_at)
    late = at - moment_of(rung) > LATE
    key = {"clock_id": clock["id"], "generation": clock["generation"], "rung": rung["key"]}
    tx.insert("fires", {**key, "root_id": clock["root_id"], "due_at": rung["at"], "at": at, "late": late})
    told = {"clock": clock["id"], "name": clock["name"], "level": clock["level"], "rung": rung["key"], "late": late}
    head.seq, head.last_at = head.seq + 1, at
    row = {
        "case_id": clock["case_id"], "seq": head.seq, "root_id": clock["root_id"], "at": at, "recorded_at": tx.wall, "actor": "system",
        "unit_id": None, "trigger": "rung", "from_state": clock["state"], "to_state": clock["state"], "fields": told, "inferred": False,
        "cause": None,
    }  # fmt: skip
    head.hash = link(head.hash, row)
    tx.insert("history", {**row, "hash": head.hash})
    tx.emit("ClockRung", clock["root_id"], clock["case_id"], {**told, "actions": rung["actions"], "seq": head.seq})


def handle_rung(tx: Tx, command: FireRung) -> Result:
    """Claims the rung, then lets the definition decide what it sets off; what the definition does not allow now is only recorded."""
    kind = tx.query("SELECT kind FROM cases WHERE id = %s", (command.root_id,))[0]["kind"]
    root = tx.root_of(kind, command.root_id)
    clock = next((c for c in root.clocks if c.id == command.clock_id and c.state == "running"), None)
    rung = clock.rungs[clock.rung_next] if clock and clock.rung_next < len(clock.rungs) else None
    if clock is None or rung is None or rung["key"] != command.rung or moment_of(rung) > tx.now:
        return result_of(root, root.top())
    case = root.cases[clock.case_id]
    head = Head(case.seq, case.head_hash, case.last_at)
    told = {"id": clock.id, "root_id": case.root_id, "case_id": case.id, "name": clock.name, "level": clock.level}
    record(tx, {**told, "generation": clock.generation, "state": case.state}, rung, head)
    case.seq, case.head_hash, case.last_at, case.touched = head.seq, head.hash, head.last_at, True
    clock.rung_next += 1
    following = next_at(clock.rungs, clock.rung_next)
    clock.next_rung_at = instant(following)
    clock.touched = clock.reckoned = True
    cause = f"{case.id}:{case.seq}"
    for trigger in triggers_of(rung):
        if trigger not in command.without:
            set_off(Step(tx, root, who_knows(root, case, trigger), trigger, {}, cause=cause, depth=1))
    return result_of(root, case)


def triggers_of(rung: dict[str, Any]) -> list[str]:
    return [action.removeprefix(FIRE) for action in rung["actions"] if action.startswith(FIRE)]


def who_knows(root: Root, case: Case, trigger: str) -> Case:
    """The case whose clock it is, or the nearest above it whose definition has this trigger."""
    found = case
    while found.parent_id is not None and all(edge.trigger != trigger for edge in found.workflow.transitions):
        found = root.cases[found.parent_id]
    return found


class NothingSetOff(Exception):
    """The definition refused a trigger; what the attempt had changed in memory goes with its transaction."""

    def __init__(self, trigger: str, refusal: Refusal) -> None:
        super().__init__(trigger)
        self.trigger, self.refusal = trigger, refusal


def set_off(step: Step) -> None:
    try:
        act(step, CAUSED)
    except Unavailable:
        raise
    except Refusal as refusal:
        raise NothingSetOff(step.trigger, refusal) from refusal


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


HANDLERS = {FireRung: handle_rung}
