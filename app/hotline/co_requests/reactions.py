"""A request for a co-unit that nobody needs answered any more ends by itself: the unit is there, or the share is over."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from app.core.apply import Step
from app.core.fire import CAUSED, act
from app.core.registry import Reaction
from app.core.root import Case, Root
from app.core.tx import Tx

OPEN = "SELECT id, root_id FROM cases WHERE root_id = ANY(%s) AND kind = 'co-request' AND open ORDER BY root_id, id"
WORKED_ON = frozenset({"assigned", "handling", "submitted"})
HELPED = frozenset({"UnitsAdded", "CoUnitReplaced"})
OVER = frozenset({"AssignmentReplied", "AssignmentRecalled", "AssignmentReturned"})


def settle(tx: Tx, rows: Sequence[dict[str, Any]]) -> None:
    """What has been answered meanwhile is left as it is."""
    for row in tx.query(OPEN, (sorted({row["root_id"] for row in rows}),)):
        root = tx.root_of("ticket", row["root_id"])
        case = root.cases[row["id"]]
        trigger = settled_by(root, case) if case.open else None
        if trigger is not None:
            act(Step(tx, root, case, trigger, {}), CAUSED)


def settled_by(root: Root, case: Case) -> str | None:
    share = root.cases[case.parent_id or 0]
    if share.state not in WORKED_ON:
        return "cancel"
    helped = any(
        other.kind == "assignment" and other.open and other.data["unit_id"] == case.data["wished_unit_id"] for other in root.cases.values()
    )
    return "grant" if helped else None


REACTIONS = (Reaction("settle_co_requests", HELPED | OVER, settle),)
