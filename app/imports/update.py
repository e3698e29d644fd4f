"""A row that changed is an update through the same door: what was amended, then the steps that the file has told since."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.core.apply import Step as Transit
from app.core.fire import act
from app.core.root import Case, Root
from app.core.tx import Tx
from app.hotline.citizens import SEALED, citizen_row, opened, plain, seal_shown
from app.hotline.registration import place_changes
from app.imports.planned import PlannedTicket, Step
from app.imports.replay import WHO, Ready, look_for_danger, note_outcome, walk
from app.imports.vocabulary import NOT_TOLD, ROADS, STRAIGHT

# The fields of the demand that an amendment may carry, and the column that holds each.
AMENDABLE = {
    "type": "type", "title": "title", "content": "content", "purpose": "purpose", "urgency": "urgency", "category": "category_id",
    "occurred_at": "occurred_at", "subject": "subject", "enterprise": "enterprise", "labels": "labels", "reply_by": "reply_by",
    "upstream_number": "upstream_number", "upstream_due_at": "upstream_due_at",
}  # fmt: skip
STATE_AFTER = dict(STRAIGHT)
RANK = {state: rank for rank, (_, state) in enumerate(STRAIGHT)}
# From here the city's platform may send an order back to be handled again, and the citizen may still rate.
ENDED = frozenset({"completed", "closed"})
CITIZEN = "SELECT * FROM citizens WHERE id = %s"
LAST_REPLY = "SELECT reply_text FROM replies WHERE root_id = %s AND reply_text IS NOT NULL ORDER BY id DESC LIMIT 1"


def updated(tx: Tx, root_id: int, ready: Ready) -> bool:
    """Bring a ticket that is here to what the row says now; False when it says nothing new."""
    root = tx.root_of("ticket", root_id)
    case, plan = root.cases[root_id], ready.plan
    now, before = root.now, steps_of(root)
    corrected_reply(tx, root, case, plan)
    again(tx, root, case, ready)
    # Told steps come first: they carry times of the past, an amendment is of now.
    walk(tx, root, case, ready, missing(case, plan))
    late_rating(tx, root, case, ready)
    note_outcome(tx, root, case, plan)
    root.now = now
    if amend(tx, root, case, ready) and ready.live:
        look_for_danger(tx, root, case, now)
    citizen_changes(tx, root, case, plan)
    place_changes(tx, root, case, plan)
    return steps_of(root) > before


def steps_of(root: Root) -> int:
    return sum(case.seq for case in root.cases.values())


def fire(tx: Tx, root: Root, case: Case, trigger: str, fields: Mapping[str, Any]) -> None:
    act(Transit(tx, root, case, trigger, fields), WHO)


def amend(tx: Tx, root: Root, case: Case, ready: Ready) -> bool:
    wanted = ready.birth
    changed = {name: wanted[name] for name, column in AMENDABLE.items() if name in wanted and not same(case.data[column], wanted[name])}
    if changed:
        fire(tx, root, case, "amend", changed)
    return bool(changed)


def same(kept: Any, told: Any) -> bool:
    return sorted(kept or ()) == sorted(told) if isinstance(told, list) else bool(kept == told)


def citizen_changes(tx: Tx, root: Root, case: Case, plan: PlannedTicket) -> None:
    """Who spoke is sealed anew when the row says otherwise; the history tells that it was, and not what."""
    told = plain(plan.citizen)
    if not told:
        return
    row, keyring = tx.query(CITIZEN, (case.data["citizen_id"],))[0], tx.system.keyring
    kept = {name: value for name, value in opened(keyring, row, SEALED).items() if value is not None}
    if all(kept.get(name) == value for name, value in told.items()):
        return
    fire(tx, root, case, "amend", {"note": "文件更新了诉求人信息。"})
    sealed = citizen_row(keyring, row["id"], {**kept, **told})
    tx.update("citizens", row["id"], {name: value for name, value in sealed.items() if name != "id"})
    case.data["citizen_shown"] = seal_shown(keyring, row["id"], {**kept, **told}, case.data["anonymous"])
    case.dirty.add("citizen_shown")


def again(tx: Tx, root: Root, case: Case, ready: Ready) -> None:
    """What was finished here and is in hand there again was sent back to be handled once more."""
    if case.state in ENDED and ready.plan.state in ("dispatched", "handling"):
        fire(tx, root, case, "rehandle", {"reason": "文件载明重新办理。", **({"lead_unit": ready.unit_id} if ready.unit_id else {})})


def corrected_reply(tx: Tx, root: Root, case: Case, plan: PlannedTicket) -> None:
    """A reply that was given cannot be given again; what the file says now is noted beside it."""
    told = next((step.fields["reply_text"] for step in plan.steps if step.trigger == "reply"), NOT_TOLD)
    if told == NOT_TOLD or case.data["replied_at"] is None:
        return
    given = tx.query(LAST_REPLY, (case.id,))
    if given and given[0]["reply_text"] != told:
        fire(tx, root, case, "amend", {"note": f"文件中的答复改为：{told}"[:2000]})


def missing(case: Case, plan: PlannedTicket) -> tuple[Step, ...]:
    """The steps of the planned road that lie beyond the present state. A ticket that is further here, or elsewhere, stays."""
    if case.state == plan.state or (case.state in RANK and plan.state in RANK and RANK[case.state] >= RANK[plan.state]):
        return ()
    passed = next((trigger for trigger in ROADS[plan.state] if STATE_AFTER.get(trigger) == case.state), None)
    if passed is None:
        return ()
    triggers = [step.trigger for step in plan.steps]
    beyond = plan.steps[triggers.index(passed) + 1 :]
    return tuple(step for step in beyond if step.trigger != "record_callback" or not rated(case))


def rated(case: Case) -> bool:
    return bool(case.data["evaluated_round"] == case.data["round"])


def late_rating(tx: Tx, root: Root, case: Case, ready: Ready) -> None:
    """A rating often comes after the close."""
    if case.state in ENDED and not rated(case):
        walk(tx, root, case, ready, [step for step in ready.plan.steps if step.trigger == "record_callback"])
