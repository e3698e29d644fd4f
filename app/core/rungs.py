"""One rung: recorded in its case's chain before it acts, then set off through the same door as a person, wholly or not at all."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from app.core.actors import SYSTEM, Actor
from app.core.apply import Step
from app.core.bus import Result
from app.core.fire import CAUSED, act, result_of
from app.core.history import link
from app.core.load import instant
from app.core.root import Case, Clock, Root
from app.core.tx import Tx
from app.errors import Refusal, Unavailable
from rules.packs import Pack
from workflows.definition import Transition

FIRE = "fire:"
LATE = timedelta(seconds=60)
TABLE = "escalation"


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
    told["rules"] = [f"{clock['pack']}/{TABLE}/{row}" for row in rung.get("rows", ())]
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
    told = {"id": clock.id, "root_id": case.root_id, "case_id": case.id, "name": clock.name, "level": clock.level, "pack": clock.pack}
    record(tx, {**told, "generation": clock.generation, "state": case.state}, rung, head)
    case.seq, case.head_hash, case.last_at, case.touched = head.seq, head.hash, head.last_at, True
    clock.rung_next += 1
    following = next_at(clock.rungs, clock.rung_next)
    clock.next_rung_at = instant(following)
    clock.touched = clock.reckoned = True
    cause = f"{case.id}:{case.seq}"
    for trigger in triggers_of(rung):
        if trigger not in command.without:
            moved = who_knows(root, case, trigger)
            set_off(Step(tx, root, moved, trigger, fields_of(tx, clock, rung, moved, trigger), cause=cause, depth=1))
    return result_of(root, case)


def triggers_of(rung: dict[str, Any]) -> list[str]:
    return [action.removeprefix(FIRE) for action in rung["actions"] if action.startswith(FIRE)]


def who_knows(root: Root, case: Case, trigger: str) -> Case:
    """The case whose clock it is, or the nearest above it whose definition has this trigger."""
    found = case
    while found.parent_id is not None and all(edge.trigger != trigger for edge in found.workflow.transitions):
        found = root.cases[found.parent_id]
    return found


def fields_of(tx: Tx, clock: Clock, rung: dict[str, Any], case: Case, trigger: str) -> dict[str, Any]:
    """The row that set it off, where a row of the definition takes it: what a machine decides says by which rule."""
    edges = [edge for edge in case.workflow.transitions if edge.trigger == trigger and open_to_clocks(edge)]
    takes = {name for edge in edges for name in edge.needs + edge.optional}
    rule = rule_of(tx.system.settings.pack(clock.pack), clock.pack, rung, trigger) if "rule" in takes else None
    return {"rule": rule} if rule else {}


def open_to_clocks(edge: Transition) -> bool:
    return not CAUSED.isdisjoint(edge.who)


def rule_of(pack: Pack, reference: str, rung: dict[str, Any], trigger: str) -> str | None:
    """Of the rows that together make a rung the first that sets off this trigger; None for what a definition lets lapse."""
    wanted, rows = f"{FIRE}{trigger}", rung.get("rows", ())
    known = pack.tables[TABLE].rows if rows else ()
    return next((f"{reference}/{TABLE}/{row.id}" for row in known if row.id in rows and wanted in row.give["actions"]), None)


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


HANDLERS = {FireRung: handle_rung}
