"""One planned ticket walks its road in memory: each step a decision on the same edge as everybody's, at its own legal time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.core.apply import Step as Transit
from app.core.birth import unborn
from app.core.fire import act
from app.core.gather import Gather
from app.core.root import Case, Clock, Root
from app.core.tx import Tx
from app.errors import Refused
from app.hotline.shares import OF_CALLBACK, callback_of, has_edge, is_left_to_callback
from app.imports.planned import Outcome, PlannedTicket, Step
from app.imports.vocabulary import OF_ASSIGNMENT

WHO = frozenset({"importer@any"})
LOOK = "look_for_danger"


@dataclass(frozen=True, slots=True)
class Ready:
    """A planned ticket whose names are ours by now."""

    plan: PlannedTicket
    unit_id: int | None
    category_id: int | None
    live: bool = False  # In hand there now: what its words tell of danger is looked at here, at once.

    @property
    def birth(self) -> dict[str, Any]:
        """The fields of the birth edge: what was planned, with our category."""
        return {**self.plan.birth, "category": self.category_id} if self.category_id else dict(self.plan.birth)


def born(tx: Tx, head: Root, ready: Ready, row: Mapping[str, Any]) -> Case:
    """A new ticket, walked to where the file left it. `head` tells the time of writing, `row` what registration puts beside the fields."""
    root = Root(ready.plan.steps[0].at, head.wall, head.epoch, head.salt)
    case = unborn(tx, root, "ticket", row, None)
    tx.roots[case.id] = root
    walk(tx, root, case, ready, ready.plan.steps)
    note_outcome(tx, root, case, ready.plan)
    if ready.live:
        look_for_danger(tx, root, case, head.now)
    return case


def look_for_danger(tx: Tx, root: Root, case: Case, now: datetime) -> None:
    """Of a ticket that is in hand, when its file has come; an older definition knows no alarms of files. Where there is none nothing is
    noted, since a step of today would push what the file tells later of yesterday behind it."""
    dangers = tx.system.registry.kinds["ticket"].facts["dangers_standing"]
    if has_edge(case, LOOK) and dangers(Gather(tx, root, case, {}, tx.actor)):
        root.now = max(now, *(each.last_at for each in root.cases.values()))
        act(Transit(tx, root, case, LOOK, {}), WHO)


def walk(tx: Tx, root: Root, case: Case, ready: Ready, steps: Iterable[Step]) -> None:
    """Fire the steps one after another, each at its time, never earlier than what the ticket has already lived through."""
    for step in steps:
        root.now = max(step.at, *(each.last_at for each in root.cases.values()))
        told_at = step.told_at or (step.at if step.at < root.now and not step.inferred else None)
        target = target_of(tx, root, case, step)
        act(Transit(tx, root, target, step.trigger, fields_of(step, ready, told_at), inferred=step.inferred), WHO)
    if case.state == "completed":
        ask_back(tx, root, case, inferred=True)


def target_of(tx: Tx, root: Root, case: Case, step: Step) -> Case:
    """A file speaks of the ticket; what units do is done to the lead's share, what the citizen answered stands on his callback."""
    if step.trigger in OF_ASSIGNMENT:
        return lead_share(root, case)
    if step.trigger in OF_CALLBACK and is_left_to_callback(case, step.trigger):
        ask_back(tx, root, case, inferred=step.inferred)
        return callback_of(root, case) or case
    return case


def ask_back(tx: Tx, root: Root, case: Case, inferred: bool) -> None:
    """A callback for a round that has none. What a file tells as ended without an evaluation gets none: nobody will call."""
    if callback_of(root, case) is None and has_edge(case, "ask_back"):
        act(Transit(tx, root, case, "ask_back", {}, inferred=inferred), WHO)


def fields_of(step: Step, ready: Ready, told_at: datetime | None) -> dict[str, Any]:
    """What the edge is given; a time that could not stand where the file put it is kept as a note."""
    fields = dict(step.fields)
    if step.trigger == "register":
        fields |= ready.birth
    if step.trigger == "dispatch":
        fields["lead_unit"] = ready.unit_id
    if told_at is not None and step.trigger != "register":
        fields["note"] = f"原件所载时间：{told_at.isoformat()}" + (f"；{fields['note']}" if "note" in fields else "")
    return fields


def lead_share(root: Root, case: Case) -> Case:
    shares = [child for child in root.children(case) if child.open and child.data["role"] == "lead"]
    if not shares:
        raise Refused("没有主办承办，无法续办。", "There is no open share of a lead unit to go on with.")
    return shares[-1]


def note_outcome(tx: Tx, root: Root, case: Case, plan: PlannedTicket) -> None:
    """How the file says that a limit ended stands beside, or instead of, what our own limits say."""
    outcome = plan.outcome
    if outcome is None or (outcome.stopped_at is None and case.open):
        return
    known = next((clock for clock in root.clocks if (clock.name, clock.level) == (outcome.clock, outcome.level)), None)
    if known is None:
        root.clocks.append(told(tx, case, plan.steps[0].at, outcome))
    elif outcome.late is not None:
        known.late = outcome.late
        known.touched = True


def told(tx: Tx, case: Case, since: datetime, outcome: Outcome) -> Clock:
    """A clock as the file tells it: when it was due, when it stopped, whether it was late. No rule of ours stands behind it."""
    return Clock(
        id=tx.system.ids.next(), case_id=case.id, name=outcome.clock, level=outcome.level, generation=1, state="stopped",
        budget=None, consumed=None, fixed_due_at=outcome.due_at, anchored_at=since, running_since=None, held_at=None,
        due_at=outcome.due_at, provisional=False, rungs=[], rung_next=0, next_rung_at=None, stopped_at=outcome.stopped_at,
        late=outcome.late, pack=case.pack, table="import", row="told", new=True,
    )  # fmt: skip
