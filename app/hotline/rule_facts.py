"""What every case around a ticket asks of it: its facts for rows of a pack, its units, and who stands how to it."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Engine

from app.clock import local
from app.core.actors import Actor
from app.core.gather import Gather
from app.core.root import Case, Root
from app.hotline.reference import Reference, reference

ACCUSING = frozenset({"complaint", "tipoff"})
STANDINGS = frozenset({"lead", "co", "sub", "copied", "own"})


def known(gather: Gather) -> Reference:
    return reference(gather.tx.system.engine, gather.root.epoch)


def complained_unit_ids(gather: Gather) -> frozenset[int]:
    """Only a complaint or a tip-off accuses; a suggestion may well go to the unit that it names."""
    ticket = gather.root.top().data
    return known(gather).complained_of(ticket["subject"]) if ticket["type"] in ACCUSING else frozenset()


def ticket_relations(root: Root, case: Case, actor: Actor) -> frozenset[str]:
    if actor.kind == "citizen":
        return frozenset({"self"})
    found = {relation for unit, relation in root.access if unit == actor.unit_id} & STANDINGS
    if any(share.open and share.data.get("person_id") == actor.id for share in root.cases.values() if share.kind == "assignment"):
        found.add("holder")
    return frozenset(found)


def ticket_rule_facts(engine: Engine, root: Root, case: Case) -> Mapping[str, object]:
    """What rows of a pack may ask. Codes, not ids, so that a row can name a branch of categories by its prefix."""
    row, named = case.data, reference(engine, root.epoch)
    category = named.categories.get(row["category_id"] or 0)
    lead = named.units.get(row["lead_unit_id"] or 0)
    return {
        "type": row["type"], "urgency": row["urgency"], "channel": row["channel"], "source": row["source"],
        "category": category.code if category else "", "street": named.area(row["street"]), "community": named.area(row["community"]),
        "unit": lead.code if lead else "", "unit_kind": lead.kind if lead else "", "labels": tuple(row["labels"] or ()),
        "enterprise": bool(row["enterprise"]), "confidential": bool(row["confidential"]), "anonymous": bool(row["anonymous"]),
        "supervised": any(case.kind == "supervision" and case.open for case in root.cases.values()),
        "dissatisfactions": row.get("dissatisfactions") or 0,
        "round": row["round"], "attempt": row["attempt"], "urge_count": row["urges"], "registered_at": row["registered_at"],
        "occurred_on": local(row["occurred_at"]).date() if row["occurred_at"] else None,
    }  # fmt: skip
