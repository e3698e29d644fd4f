"""What the definitions and the packs may ask of a ticket and of an assignment, and how each answer is found."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import Engine

from app.core.actors import Actor
from app.core.gather import Gather, child_facts
from app.core.registry import Kind
from app.core.root import Case, Root
from app.hotline import ladder, pack_facts
from app.hotline.callbacks import facts as callback_facts
from app.hotline.cards import facts as card_facts
from app.hotline.handling import facts as handling_facts
from app.hotline.links import facts as link_facts
from app.hotline.reference import reference
from app.hotline.review import facts as review_facts
from app.hotline.rule_facts import ACCUSING, complained_unit_ids, known, ticket_relations, ticket_rule_facts

TICKET_COLUMNS = (
    "number", "tracking_sealed", "type", "channel", "source", "purpose", "title", "content", "urgency", "category_id", "occurred_at",
    "subject", "enterprise", "labels", "reply_by", "upstream_number", "upstream_due_at", "address", "street", "community", "lon",
    "lat", "crs", "coarse", "confidential", "anonymous", "citizen_id", "citizen_shown", "registered_at", "accepted_at", "lead_unit_id",
    "dispatched_at", "dispatched_by", "round", "attempt", "send_backs", "urges", "last_urged_at", "escalations", "replied_at",
    "completed_at", "closed_at", "answered_by", "claimed_by", "claimed_at", "decline_ground", "transfer_to",
    "termination_requested_by", "termination_ground", "evaluated_round", "rating", "solved", "callback_attempts", "first_unit_id",
    *callback_facts.TICKET_COLUMNS, *ladder.TICKET_COLUMNS,
    "suspended_at", "suspended_from", "suspended_until", "suspension_level", "suspension_requested_by",
    "merged_into", "joined", "links", "earlier_reply_by", "earlier_reply_of", "caller_effects",
)  # fmt: skip
TICKET_INSTANTS = frozenset(
    {
        "occurred_at", "reply_by", "upstream_due_at", "registered_at", "accepted_at", "dispatched_at", "last_urged_at", "replied_at",
        "completed_at", "closed_at", "claimed_at", "suspended_at", "suspended_until", *ladder.TICKET_INSTANTS,
    }
)  # fmt: skip
ASSIGNMENT_COLUMNS = (
    "role", "unit_id", "person_id", "round", "attempt", "instructions", "reply_by", "assigned_at", "signed_at", "contacted_at",
    "signed_by", "submitted_at", "outcome", "replied_at", "send_backs", "designated", "held_at", "paused_at", "pause_ground",
    "pause_until", "pause_total", "pause_requested_by", "extended_until",
)  # fmt: skip
ASSIGNMENT_INSTANTS = frozenset(
    {
        "reply_by", "assigned_at", "signed_at", "contacted_at", "submitted_at", "replied_at", "held_at", "paused_at", "pause_until",
        "extended_until",
    }
)  # fmt: skip

AT_WORK = """
SELECT u.id FROM users u WHERE u.deactivated_at IS NULL AND u.barred_at IS NULL
AND EXISTS (SELECT 1 FROM user_roles r WHERE r.user_id = u.id AND r.unit_id = %(unit)s AND r.until IS NULL)
AND NOT EXISTS (SELECT 1 FROM absences a WHERE a.user_id = u.id AND a.cancelled_at IS NULL AND a.since <= %(now)s AND %(now)s < a.until)
"""


def complained_person_ids(gather: Gather) -> frozenset[int]:
    ticket = gather.root.top().data
    subject = ticket["subject"] if ticket["type"] in ACCUSING else None
    if not subject:
        return frozenset()
    return frozenset(person.id for person in known(gather).people.values() if person.name in subject)


def siblings(gather: Gather) -> tuple[dict[str, Any], ...]:
    """The other shares of the same ticket in the same round."""
    case = gather.case
    others = (other for other in gather.root.cases.values() if other.parent_id == case.parent_id and other.id != case.id)
    return tuple(child_facts(other) for other in others if other.kind == case.kind and other.data["round"] == case.data["round"])


def unit_person_ids(gather: Gather) -> frozenset[int]:
    rows = gather.tx.query(AT_WORK, {"unit": gather.case.data["unit_id"], "now": gather.root.now})
    return frozenset(row["id"] for row in rows)


def assignment_relations(root: Root, case: Case, actor: Actor) -> frozenset[str]:
    found = {case.data["role"]} if case.data["unit_id"] == actor.unit_id else set()
    if case.data["person_id"] == actor.id and actor.id:
        found.add("holder")
    above = root.cases.get(case.parent_id or 0)
    if above is not None and above.kind == case.kind and above.data["unit_id"] == actor.unit_id:
        found.add("own")  # What was handed down is the request of the unit above.
    return frozenset(found)


def assignment_rule_facts(engine: Engine, root: Root, case: Case) -> Mapping[str, object]:
    """The ticket's facts, seen from one unit's share."""
    unit = reference(engine, root.epoch).units.get(case.data["unit_id"])
    own = {"role": case.data["role"], "round": case.data["round"], "attempt": case.data["attempt"]}
    named = {"unit": unit.code, "unit_kind": unit.kind} if unit else {}
    return {**ticket_rule_facts(engine, root, root.top()), **own, **named}


def upstream_due(root: Root, case: Case) -> datetime | None:
    """The city's own deadline stands beside ours; the nearer one binds."""
    due: datetime | None = root.top().data["upstream_due_at"]
    return due


def kinds(engine: Engine) -> tuple[Kind, Kind]:
    """The two kinds of this feature. They look up units and categories in the database that `engine` leads to."""
    ticket = Kind(
        name="ticket", family="ticket", plural="tickets", table="tickets", columns=TICKET_COLUMNS, instants=TICKET_INSTANTS,
        facts={
            **callback_facts.TICKET_FACTS,
            **handling_facts.TICKET_FACTS,
            **ladder.TICKET_FACTS,
            "active_unit_ids": lambda gather: known(gather).active_units(gather.root.now),
            "complained_unit_ids": complained_unit_ids,
            "statutory_grounds": pack_facts.statutory_grounds,
            "transfer_targets": pack_facts.transfer_targets,
            "undo_until": pack_facts.undo_until,
            "reopen_until": pack_facts.reopen_until,
            "callback_attempts_wanted": pack_facts.callback_attempts_wanted,
            **review_facts.TICKET_FACTS,
            **link_facts.TICKET_FACTS,
        },
        ready=callback_facts.TICKET_READY
        | handling_facts.TICKET_READY
        | link_facts.TICKET_READY
        | frozenset({"undo_until", "reopen_until", "first_unit_holds"}),
        rule_facts=partial(ticket_rule_facts, engine), relations=ticket_relations, upstream_due=upstream_due,
        fixed={"suspension_clock": "suspended_until"},
    )  # fmt: skip
    assignment = Kind(
        name="assignment", family="ticket", plural="assignments", table="assignments", columns=ASSIGNMENT_COLUMNS,
        instants=ASSIGNMENT_INSTANTS,
        facts={
            **card_facts.ASSIGNMENT_FACTS,
            **handling_facts.ASSIGNMENT_FACTS,
            "complained_unit_ids": complained_unit_ids,
            **link_facts.ASSIGNMENT_FACTS,
            "siblings": siblings,
            "unit_person_ids": unit_person_ids,
            "complained_person_ids": complained_person_ids,
            "direct_reply_allowed": pack_facts.direct_reply_allowed,
        },
        ready=handling_facts.ASSIGNMENT_READY
        | link_facts.ASSIGNMENT_READY
        | frozenset({"direct_reply_allowed", "designated_may_return", "returns_asked", "returns_allowed", "own_unit_kind"}),
        rule_facts=partial(assignment_rule_facts, engine), relations=assignment_relations,
        fixed={"pause_clock": "pause_until"},
    )  # fmt: skip
    return ticket, assignment
