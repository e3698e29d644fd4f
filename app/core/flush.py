"""Turning what changed in memory into rows of the one write."""

from __future__ import annotations

from typing import Any

from app.core.root import Case, Clock, Root
from app.core.tx import Tx

MOVES = ("id", "state", "version", "seq", "head_hash", "last_at", "due_at", "open")
CLOCK_MOVES = (
    "id", "state", "budget", "consumed", "fixed_due_at", "running_since", "held_at", "due_at", "provisional", "rungs", "rung_next",
    "next_rung_at", "stopped_at", "late",
)  # fmt: skip
CLOCK_END = ("id", "state", "running_since", "next_rung_at", "stopped_at", "late")
CLOCK_ALL = ("case_id", "name", "level", "generation", *CLOCK_MOVES, "anchored_at", "pack")


def flush(tx: Tx) -> None:
    for root in tx.roots.values():
        for case in root.cases.values():
            flush_case(tx, case)
        for clock in root.clocks:
            flush_clock(tx, root, clock)
        flush_access(tx, root)


def flush_case(tx: Tx, case: Case) -> None:
    kind = tx.system.registry.kinds[case.kind]
    if case.new:
        row: dict[str, Any] = {name: getattr(case, name) for name in MOVES}
        row |= {"kind": case.kind, "parent_id": case.parent_id, "root_id": case.root_id, "pack": case.pack, "created_at": case.created_at}
        row |= {"workflow": case.workflow.name, "workflow_version": case.workflow.version}
        tx.insert("cases", row)
        tx.insert(kind.table, {"id": case.id, "root_id": case.root_id, **case.data})
    elif case.touched:
        tx.writes.add("update", "cases", {name: getattr(case, name) for name in MOVES})
        if case.dirty:
            tx.update(kind.table, case.id, {name: case.data[name] for name in sorted(case.dirty)})
    case.new = case.touched = False
    case.dirty.clear()


def flush_clock(tx: Tx, root: Root, clock: Clock) -> None:
    rule = {"rule_table": clock.table, "rule_row": clock.row}
    if clock.new:
        row = {name: getattr(clock, name) for name in CLOCK_ALL}
        tx.insert("clocks", {**row, "root_id": root.top().id, **rule})
    elif clock.reckoned:
        tx.writes.add("update", "clocks", {name: getattr(clock, name) for name in CLOCK_MOVES} | rule)
    elif clock.touched:
        tx.writes.add("update", "clocks", {name: getattr(clock, name) for name in CLOCK_END})
    clock.new = clock.touched = clock.reckoned = False


def flush_access(tx: Tx, root: Root) -> None:
    top = root.top().id
    for unit_id, relation in sorted(root.granted):
        tx.insert("case_access", {"root_id": top, "unit_id": unit_id, "relation": relation})
    for unit_id, relation in sorted(root.revoked):
        tx.writes.add("revoke", "case_access", {"root_id": top, "unit_id": unit_id, "relation": relation})
    root.granted.clear()
    root.revoked.clear()
