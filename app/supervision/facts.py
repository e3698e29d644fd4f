"""What definitions and packs may ask of supervised matters, instructions and conferences, under a ticket or on their own."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from sqlalchemy import Engine

from app.core.actors import Actor
from app.core.gather import Gather
from app.core.registry import Kind, Loader
from app.core.root import Case, Root
from app.hotline.reference import reference
from app.hotline.rule_facts import known, ticket_rule_facts

SUPERVISION_COLUMNS = (
    "title", "matter", "supervision_source", "instruction_id", "level", "unit_id", "co_unit_ids", "report_due_at", "plan", "year", "urges",
    "last_urged_at", "summons", "send_backs", "milestones", "next_milestone_at", "issued_at", "signed_at", "signed_by", "handled_by",
    "reported_at", "reported_by", "verified_by", "cleared_at", "cleared_by", "evidence", "on_site",
)  # fmt: skip
SUPERVISION_INSTANTS = frozenset(
    {"report_due_at", "last_urged_at", "next_milestone_at", "issued_at", "signed_at", "reported_at", "cleared_at"}
)
INSTRUCTION_COLUMNS = (
    "title", "matter", "reference_number", "received_at", "urgency", "classified", "ticket_ids", "proposal", "report_due_at", "tell_units",
    "unit_ids", "instructions", "endorsements", "sent_at", "sent_by", "reported_at", "closed_at",
)  # fmt: skip
INSTRUCTION_INSTANTS = frozenset({"received_at", "report_due_at", "sent_at", "reported_at", "closed_at"})
CONFERENCE_COLUMNS = (
    "title", "form", "matter", "place", "scheduled_at", "unit_ids", "people_ids", "chair_person_id", "tasks", "held_at", "conclusion",
    "concluded_at",
)  # fmt: skip
CONFERENCE_INSTANTS = frozenset({"scheduled_at", "held_at", "concluded_at"})
ATTACHED = "SELECT count(*) AS n FROM attachments WHERE case_id = ANY(%s) AND detached_at IS NULL"
LEADERS = "SELECT DISTINCT user_id AS id FROM user_roles WHERE role = 'leader' AND until IS NULL"
TICKETS = "SELECT id FROM tickets WHERE id = ANY(%s)"
UNREPORTED = """SELECT c.id FROM supervisions s JOIN cases c ON c.id = s.id
WHERE s.instruction_id = %s AND c.state = ANY('{proposed,issued,signed,handling}')"""


def attachment_count(gather: Gather) -> int:
    """What was attached to the matter itself or to the case that it belongs to."""
    found: int = gather.tx.query(ATTACHED, ([gather.case.id, gather.case.root_id],))[0]["n"]
    return found


def leader_ids(gather: Gather) -> frozenset[int]:
    return frozenset(row["id"] for row in gather.tx.query(LEADERS))


def open_supervisions(gather: Gather) -> frozenset[int]:
    """The matters sent out on this instruction on which no unit has reported yet."""
    return frozenset(row["id"] for row in gather.tx.query(UNREPORTED, (gather.case.id,)))


def known_person_ids(gather: Gather) -> frozenset[int]:
    return frozenset(known(gather).people)


def known_ticket_ids(gather: Gather) -> frozenset[int]:
    """Of the tickets named, those that are there."""
    named = list(gather.fields.get("tickets") or ())
    return frozenset(row["id"] for row in gather.tx.query(TICKETS, (named,))) if named else frozenset()


def study_is_elevated(gather: Gather) -> bool:
    return "elevated_study" in (gather.root.top().data.get("elevations") or ())


def parent_supervised(gather: Gather) -> bool:
    """Whether the case above has a matter under supervision that has not ended."""
    above = gather.root.cases.get(gather.case.parent_id or 0)
    return above is not None and any(child.kind == "supervision" and child.open for child in gather.root.children(above))


def unit_relations(root: Root, case: Case, actor: Actor) -> frozenset[str]:
    found = {"lead"} if actor.unit_id is not None and case.data.get("unit_id") == actor.unit_id else set()
    charged = [task["unit_id"] for task in case.data.get("tasks") or ()]
    if actor.unit_id in (*(case.data.get("co_unit_ids") or case.data.get("unit_ids") or ()), *charged):
        found.add("co")
    return frozenset(found)


def plain_rule_facts(engine: Engine, root: Root, case: Case) -> Mapping[str, object]:
    """The ticket's facts where there is a ticket; a case of its own is told by its urgency alone."""
    top = root.top()
    return ticket_rule_facts(engine, root, top) if top.kind == "ticket" else {"urgency": case.data.get("urgency") or "normal"}


def supervision_rule_facts(engine: Engine, root: Root, case: Case) -> Mapping[str, object]:
    """The same, with the level and the responsible unit."""
    unit = reference(engine, root.epoch).units.get(case.data["unit_id"] or 0)
    named = {"unit": unit.code, "unit_kind": unit.kind} if unit else {}
    return {**plain_rule_facts(engine, root, case), **named, "supervision_level": case.data["level"]}


ACTIVE: Mapping[str, Loader] = {
    "active_unit_ids": lambda gather: known(gather).active_units(gather.root.now), "known_person_ids": known_person_ids,
}  # fmt: skip
SUPERVISION_FACTS: Mapping[str, Loader] = {**ACTIVE, "attachment_count": attachment_count}
INSTRUCTION_FACTS: Mapping[str, Loader] = {**ACTIVE, "open_supervisions": open_supervisions, "known_ticket_ids": known_ticket_ids}
CONFERENCE_FACTS: Mapping[str, Loader] = {
    **ACTIVE, "leader_ids": leader_ids, "study_is_elevated": study_is_elevated, "parent_supervised": parent_supervised,
}  # fmt: skip


def kinds(engine: Engine) -> tuple[Kind, ...]:
    plain = partial(plain_rule_facts, engine)
    supervision = Kind(
        name="supervision", family="ticket", plural="supervisions", table="supervisions", columns=SUPERVISION_COLUMNS,
        instants=SUPERVISION_INSTANTS, facts=SUPERVISION_FACTS, rule_facts=partial(supervision_rule_facts, engine),
        relations=unit_relations, fixed={"supervision_clock": "report_due_at"},
    )  # fmt: skip
    instruction = Kind(
        name="instruction", family="ticket", plural="instructions", table="instructions", columns=INSTRUCTION_COLUMNS,
        instants=INSTRUCTION_INSTANTS, facts=INSTRUCTION_FACTS, rule_facts=plain, fixed={"instruction_clock": "report_due_at"},
    )  # fmt: skip
    conference = Kind(
        name="conference", family="ticket", plural="conferences", table="conferences", columns=CONFERENCE_COLUMNS,
        instants=CONFERENCE_INSTANTS, facts=CONFERENCE_FACTS, rule_facts=plain, relations=unit_relations,
    )  # fmt: skip
    return supervision, instruction, conference
