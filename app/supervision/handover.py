"""Supervised matters and conferences follow the unit that takes another's place; their own history says so."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from app.core.apply import Step
from app.core.fire import CAUSED, act
from app.core.registry import Reaction
from app.core.root import Case, Root
from app.core.tx import Tx
from app.hotline.reference import reference

# A task that a conference gave to a unit is still to be done when the conference has ended.
OF_UNITS = """
SELECT c.kind, c.id, c.root_id FROM (SELECT id FROM supervisions UNION ALL SELECT id FROM conferences) m JOIN cases c ON c.id = m.id
LEFT JOIN supervisions s ON s.id = c.id LEFT JOIN conferences f ON f.id = c.id
WHERE (c.open AND (s.unit_id = ANY(%(units)s::bigint[]) OR s.co_unit_ids && %(units)s::bigint[]))
OR (c.state <> 'cancelled' AND (f.unit_ids && %(units)s::bigint[] OR EXISTS (
    SELECT 1 FROM jsonb_array_elements(f.tasks) t WHERE (t->>'unit_id')::bigint = ANY(%(units)s::bigint[]) AND t->>'done_at' IS NULL)))
ORDER BY c.root_id, c.id"""
LISTS = ("co_unit_ids", "unit_ids")


def follow_units(tx: Tx, rows: Sequence[dict[str, Any]]) -> None:
    """UnitsReorganised: each move says from which unit to which. What has moved already is not found again."""
    moves = [(move["from"], move["to"]) for row in rows for move in row["payload"]["moves"]]
    for found in tx.query(OF_UNITS, {"units": [old for old, _ in moves]}):
        root = tx.root_of(found["kind"], found["id"])
        for old, new in moves:
            pass_on(tx, root, root.cases[found["id"]], old, new)


def pass_on(tx: Tx, root: Root, case: Case, old: int, new: int) -> None:
    changed = {column: value for column, value in case.data.items() if moved(column, value, old, new) != value}
    if not changed:
        return
    for column, value in changed.items():
        case.data[column] = moved(column, value, old, new)
        case.dirty.add(column)
    case.touched = True
    for relation in sorted(relation for unit, relation in root.access if unit == old):
        root.revoke(old, relation)
        root.grant(new, relation)
    units = reference(tx.system.engine, root.epoch).units
    names = [units[unit].name if unit in units else str(unit) for unit in (old, new)]
    act(Step(tx, root, case, "annotate", {"note": f"机构调整：{names[0]}的在办事项由{names[1]}继续办理。"}), CAUSED)


def moved(column: str, value: Any, old: int, new: int) -> Any:
    if column == "unit_id":
        return new if value == old else value
    if column in LISTS:
        return list(dict.fromkeys(new if unit == old else unit for unit in value or ())) if old in (value or ()) else value
    if column == "tasks":
        return [{**task, "unit_id": new} if task["unit_id"] == old and task["done_at"] is None else task for task in value or ()]
    return value


REACTIONS = (Reaction("follow_supervised_units", frozenset({"UnitsReorganised"}), follow_units),)
