"""What may be asked of a collective complaint and of a hot issue, and who stands where to them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from sqlalchemy import Engine

from app.core.actors import Actor
from app.core.registry import Kind
from app.core.root import Case, Root
from app.hotline.reference import reference
from app.hotline.rule_facts import known

COLLECTIVE_COLUMNS = ("main_id", "unit_id", "person_id", "citizens", "tickets", "formed_at", "briefed_at", "outcome", "ended_at")
HOT_COLUMNS = (
    "category_id", "street", "title", "unit_id", "person_id", "recent", "usual", "window_from", "found_by_row", "judged_at", "judged_by",
    "ended_at",
)  # fmt: skip


def of_group(engine: Engine, root: Root, case: Case) -> Mapping[str, object]:
    unit = reference(engine, root.epoch).units.get(case.data["unit_id"] or 0)
    return {"unit": unit.code, "unit_kind": unit.kind} if unit else {}


def of_subject(engine: Engine, root: Root, case: Case) -> Mapping[str, object]:
    named = reference(engine, root.epoch)
    category = named.categories[case.data["category_id"]].code
    return {"category": category, "street": named.area(case.data["street"]), **of_group(engine, root, case)}


def standing(root: Root, case: Case, actor: Actor) -> frozenset[str]:
    """The unit that leads it."""
    return frozenset(relation for unit, relation in root.access if unit == actor.unit_id)


def kinds(engine: Engine) -> tuple[Kind, Kind]:
    active = {
        "active_unit_ids": lambda gather: known(gather).active_units(gather.root.now),
        "known_person_ids": lambda gather: frozenset(known(gather).people),
    }
    return (
        Kind(
            name="collective-complaint", family="collective-complaint", plural="collective-complaints", table="collective_complaints",
            columns=COLLECTIVE_COLUMNS, instants=frozenset({"formed_at", "briefed_at", "ended_at"}), facts=active,
            rule_facts=partial(of_group, engine), relations=standing,
        ),
        Kind(
            name="hot-issue", family="hot-issue", plural="hot-issues", table="hot_issues", columns=HOT_COLUMNS,
            instants=frozenset({"window_from", "judged_at", "ended_at"}), facts=active, rule_facts=partial(of_subject, engine),
            relations=standing,
        ),
    )  # fmt: skip
