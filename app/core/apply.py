"""Applying an outcome in memory (state, history, columns, clocks, children, outbox) and handing it to the one write."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.core import timers
from app.core.birth import unborn
from app.core.history import digest, link
from app.core.root import Case, Root
from app.core.tx import Tx
from workflows.fields import FIELDS
from workflows.machine import Outcome
from workflows.vocabulary import Change, Extend, Fire, Grant, Open, Put, Revoke, Set


@dataclass(frozen=True, slots=True)
class Step:
    """One transition about to happen. `cause` names the history row that set it off; `inferred` marks what a file did not tell."""

    tx: Tx
    root: Root
    case: Case
    trigger: str
    fields: Mapping[str, Any]
    cause: str | None = None
    depth: int = 0
    inferred: bool = False

    @property
    def label(self) -> str:
        return f"{self.case.id}:{self.case.seq}"


def apply(step: Step, outcome: Outcome) -> Iterator[Step]:
    """Writes the step's own change into memory, then yields the steps it causes, one by one, each after the one before is applied."""
    case, edge = step.case, outcome.transition
    came_from = case.state
    case.state = outcome.to
    case.version += 0 if edge.quiet and not case.new else 1
    case.open = not case.workflow.states[outcome.to].final
    case.last_at = max(case.last_at, step.root.now)
    case.touched = True
    record(step, outcome, came_from)
    for change in outcome.changes:
        change_row(step, change)
    timers.move(step.tx, step.root, case, edge)
    if edge.emits:
        payload = {"case": case.id, "kind": case.kind, "seq": case.seq, "trigger": step.trigger, "state": case.state}
        step.tx.emit(edge.emits, case.root_id, case.id, payload)
    for change in outcome.changes:
        yield from caused(step, change)


def record(step: Step, outcome: Outcome, came_from: str) -> None:
    """The history row, linked to the one before. Words that may be personal stay outside it, only their salted digest goes in."""
    case, tx = step.case, step.tx
    case.seq += 1
    held = {name for change in outcome.changes if isinstance(change, Put) for name in change.values}
    kept: dict[str, Any] = {}
    for name, value in step.fields.items():
        if value is None:
            continue
        if name in FIELDS and FIELDS[name].private:
            salt = secrets.token_hex(8)
            kept[name] = {"digest": digest(salt, str(value)), "salt": salt}
            # Words that go into one of the feature's own record tables are not kept twice.
            if name not in held:
                tx.insert("texts", {"case_id": case.id, "seq": case.seq, "field": name, "body": str(value)})
        else:
            kept[name] = value.isoformat() if isinstance(value, datetime) else value
    row = {
        "case_id": case.id, "seq": case.seq, "root_id": case.root_id, "at": step.root.now, "recorded_at": step.root.wall,
        "actor": tx.actor.label, "unit_id": tx.actor.unit_id, "trigger": step.trigger, "from_state": came_from, "to_state": case.state,
        "fields": kept, "inferred": step.inferred, "cause": step.cause,
    }  # fmt: skip
    case.head_hash = link(case.head_hash, row)
    tx.insert("history", {**row, "hash": case.head_hash})


def change_row(step: Step, change: Change) -> None:
    case = step.case
    match change:
        case Set(column, value):
            case.data[column] = value
            case.dirty.add(column)
        case Put(table, values):
            head = {"id": step.tx.system.ids.next(), "root_id": case.root_id, "case_id": case.id, "seq": case.seq, "at": step.root.now}
            step.tx.insert(table, {**head, "actor_id": step.tx.actor.id, "unit_id": step.tx.actor.unit_id, **values})
        case Grant(unit_id, relation):
            step.root.grant(unit_id, relation)
        case Revoke(unit_id, relation):
            step.root.revoke(unit_id, relation)
        case Extend(clock, until):
            timers.extend(step.tx, step.root, case, clock, until, step.trigger)


def caused(step: Step, change: Change) -> Iterator[Step]:
    """The steps that a change sets off: a child's birth, or a transition of the parent or of named other cases."""
    if isinstance(change, Open):
        row = {name: change.values[name] for name in step.tx.system.registry.kinds[change.kind].columns if name in change.values}
        child = unborn(step.tx, step.root, change.kind, row, step.case)
        yield below(step, child, child.workflow.birth, change.values)
    elif isinstance(change, Fire):
        for case in targets(step, change.target):
            yield below(step, case, change.trigger, change.fields)


def below(step: Step, case: Case, trigger: str, fields: Mapping[str, Any]) -> Step:
    return Step(step.tx, step.root, case, trigger, fields, cause=step.label, depth=step.depth + 1, inferred=step.inferred)


def targets(step: Step, target: str | int) -> list[Case]:
    """The parent, the root, or a case of the same tree by its id."""
    if target == "root":
        return [step.root.top()]
    found = step.root.cases.get(step.case.parent_id or 0) if target == "parent" else step.root.cases[int(target)]
    return [found] if found else []
