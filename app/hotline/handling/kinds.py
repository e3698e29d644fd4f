"""An extension is a case under the share that it is asked for; rows of a pack may ask of it what they ask of the share."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from sqlalchemy import Engine

from app.core.actors import Actor
from app.core.gather import Gather
from app.core.registry import Kind
from app.core.root import Case, Root
from app.hotline.facts import assignment_rule_facts
from app.hotline.handling.facts import OF_LIMITS, share_of
from app.hotline.handling.models import Extension

COLUMNS = (
    "unit_id", "round", "reason", "legal_basis", "new_due_at", "requested_by", "requested_at", "granted_until", "decided_by", "decided_at",
)  # fmt: skip
INSTANTS = frozenset({"new_due_at", "requested_at", "granted_until", "decided_at"})


def rule_facts(engine: Engine, root: Root, case: Case) -> Mapping[str, object]:
    return assignment_rule_facts(engine, root, root.cases[case.parent_id or 0])


def share_is_held(gather: Gather) -> bool:
    """Whether the share stands still with its ticket, suspended or joined to another."""
    return share_of(gather).data["held_at"] is not None


def relations(root: Root, case: Case, actor: Actor) -> frozenset[str]:
    return frozenset({"own"}) if case.data["unit_id"] == actor.unit_id else frozenset()


def kinds(engine: Engine) -> tuple[Kind]:
    extension = Kind(
        name="extension", family="ticket", plural="extensions", table=Extension.__tablename__, columns=COLUMNS, instants=INSTANTS,
        facts={**OF_LIMITS, "share_is_held": share_is_held}, ready=frozenset({"handle_due_at", "share_is_held"}),
        rule_facts=partial(rule_facts, engine), relations=relations,
    )  # fmt: skip
    return (extension,)
