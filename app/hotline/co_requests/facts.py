"""A request for a co-unit is a case under the lead's share; rows of a pack may ask of it what they ask of the share."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from sqlalchemy import Engine

from app.core.actors import Actor
from app.core.gather import Gather
from app.core.registry import Kind, Loader
from app.core.root import Case, Root
from app.hotline.co_requests.models import CoRequest
from app.hotline.facts import assignment_rule_facts
from app.hotline.handling.facts import sharing_unit_ids
from app.hotline.rule_facts import complained_unit_ids, known, ticket_rule_facts

KIND = "co-request"
COLUMNS = (
    "unit_id", "person_id", "round", "wished_unit_id", "helping_unit_id", "reason", "refusal", "requested_at", "decided_at", "decided_by",
)  # fmt: skip


def wished_unit_ids(gather: Gather) -> frozenset[int]:
    """The units that other open requests on this ticket ask for."""
    cases = gather.root.cases.values()
    return frozenset(case.data["wished_unit_id"] for case in cases if case.kind == KIND and case.open and case.id != gather.case.id)


def relations(root: Root, case: Case, actor: Actor) -> frozenset[str]:
    return frozenset({"own"}) if case.data["unit_id"] == actor.unit_id else frozenset()


def rule_facts(engine: Engine, root: Root, case: Case) -> Mapping[str, object]:
    share = root.cases.get(case.parent_id or 0)
    if share is None or share.kind != "assignment":
        return ticket_rule_facts(engine, root, root.top())
    return assignment_rule_facts(engine, root, share)


FACTS: Mapping[str, Loader] = {
    "active_unit_ids": lambda gather: known(gather).active_units(gather.root.now),
    "complained_unit_ids": complained_unit_ids,
    "sharing_unit_ids": sharing_unit_ids,
    "ticket_row": lambda gather: gather.root.top().data,
    "share_is_merged": lambda gather: gather.root.top().data["merged_into"] is not None,
    "wished_unit_ids": wished_unit_ids,
}


def kinds(engine: Engine) -> tuple[Kind]:
    request = Kind(
        name=KIND, family="ticket", plural="co-requests", table=CoRequest.__tablename__, columns=COLUMNS,
        instants=frozenset({"requested_at", "decided_at"}), facts=FACTS, relations=relations, rule_facts=partial(rule_facts, engine),
    )  # fmt: skip
    return (request,)
