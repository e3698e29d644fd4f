"""A row that changed is an update through the same door: what was amended, then the steps that the file has told since."""

from __future__ import annotations

from typing import Any

from app.core.apply import Step as Transit
from app.core.fire import act
from app.core.root import Case, Root
from app.core.tx import Tx
from app.hotline.registration import place_changes
from app.imports.planned import Step
from app.imports.replay import WHO, Ready, note_outcome, walk
from app.imports.vocabulary import ROADS, STRAIGHT

# The fields of the demand that an amendment may carry, and the column that holds each.
AMENDABLE = {
    "type": "type", "title": "title", "content": "content", "purpose": "purpose", "urgency": "urgency", "category": "category_id",
    "occurred_at": "occurred_at", "subject": "subject", "enterprise": "enterprise", "labels": "labels", "reply_by": "reply_by",
    "upstream_number": "upstream_number", "upstream_due_at": "upstream_due_at",
}  # fmt: skip
STATE_AFTER = dict(STRAIGHT)
RANK = {state: rank for rank, (_, state) in enumerate(STRAIGHT)}
# From here the city's platform may send an order back to be handled again.
ENDED = frozenset({"completed", "closed"})


def updated(tx: Tx, root_id: int, ready: Ready) -> bool:
    """Bring a ticket that is here to what the row says now; False when it says nothing new."""
    root = tx.root_of("ticket", root_id)
    case = root.cases[root_id]
    now, seq = root.now, sum(each.seq for each in root.cases.values())
    amend(tx, root, case, ready)
    place_changes(tx, root, case, ready.plan)
    again(tx, root, case, ready)
    walk(tx, root, case, ready, missing(case, ready.plan.steps, ready.plan.state))
    root.now = now
    note_outcome(tx, root, case, ready.plan)
    return sum(each.seq for each in root.cases.values()) > seq or bool(case.dirty)


def amend(tx: Tx, root: Root, case: Case, ready: Ready) -> None:
    wanted = ready.birth
    changed = {name: wanted[name] for name, column in AMENDABLE.items() if name in wanted and not same(case.data[column], wanted[name])}
    if changed:
        act(Transit(tx, root, case, "amend", changed), WHO)


def same(kept: Any, told: Any) -> bool:
    return sorted(kept or ()) == sorted(told) if isinstance(told, list) else bool(kept == told)


def again(tx: Tx, root: Root, case: Case, ready: Ready) -> None:
    """What was finished here and is in hand there again was sent back to be handled once more."""
    if case.state in ENDED and ready.plan.state in ("dispatched", "handling"):
        fields = {"reason": "原件载明重新办理", **({"lead_unit": ready.unit_id} if ready.unit_id else {})}
        act(Transit(tx, root, case, "rehandle", fields), WHO)


def missing(case: Case, steps: tuple[Step, ...], state: str) -> tuple[Step, ...]:
    """The steps of the planned road that lie beyond the present state. A ticket that is further here, or elsewhere, stays."""
    road = ROADS[state]
    if case.state == state or (case.state in RANK and state in RANK and RANK[case.state] >= RANK[state]):
        return ()
    passed = [trigger for trigger in road if STATE_AFTER.get(trigger) == case.state]
    if not passed:
        return ()
    triggers = [step.trigger for step in steps]
    return steps[triggers.index(passed[0]) + 1 :]
