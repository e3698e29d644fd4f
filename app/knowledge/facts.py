"""What the definition of an entry may ask, and what the knowledge base tells tickets and shares about what they cite."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import partial

from sqlalchemy import Engine

from app.core.actors import Actor
from app.core.gather import Gather
from app.core.registry import Kind, Loader
from app.core.root import Case, Root
from app.core.visibility import CENTRE
from app.hotline.pack_facts import pack_of
from app.hotline.reference import reference
from app.hotline.rule_facts import known
from rules.amounts import Amount
from rules.worktime import add

COLUMNS = (
    "title", "content", "category_id", "keywords", "sources", "valid_until", "open_to_public", "written_by", "unit_id", "review_by",
    "review_overdue_since", "edition", "published_at",
)  # fmt: skip
INSTANTS = frozenset({"valid_until", "review_by", "review_overdue_since", "published_at"})
# A pack that says nothing lets an entry go unlooked at for a year.
A_YEAR = Amount(366, "nd")

CITABLE = """SELECT e.id, e.edition FROM knowledge_entries e JOIN cases c ON c.id = e.id
JOIN knowledge_editions k ON k.case_id = e.id AND k.edition = e.edition
WHERE e.id = ANY(%(ids)s) AND c.open AND (k.valid_until IS NULL OR k.valid_until > %(now)s)"""
OPEN_CORRECTIONS = """SELECT k.id FROM knowledge_corrections k WHERE k.case_id = %s
AND NOT EXISTS (SELECT 1 FROM knowledge_settlements s WHERE s.correction_id = k.id)"""


def citable_entries(gather: Gather) -> Mapping[int, int]:
    """Of the entries that the step cites, those that are published and hold today, each with its edition."""
    wanted = gather.fields.get("cites")
    if not wanted:
        return {}
    rows = gather.tx.query(CITABLE, {"ids": list(wanted), "now": gather.root.now})
    return {row["id"]: row["edition"] for row in rows}


def open_correction_ids(gather: Gather) -> frozenset[int]:
    return frozenset(row["id"] for row in gather.tx.query(OPEN_CORRECTIONS, (gather.case.id,)))


def review_at_latest(gather: Gather) -> datetime:
    within = pack_of(gather).parameters.get("knowledge_review_within", A_YEAR)
    return add(gather.root.now, within, gather.tx.system.settings.calendar(gather.case.pack)).at


def relations(root: Root, case: Case, actor: Actor) -> frozenset[str]:
    return frozenset({"own"} if actor.unit_id is not None and case.data["unit_id"] == actor.unit_id else ())


def rule_facts(engine: Engine, root: Root, case: Case) -> Mapping[str, object]:
    named = reference(engine, root.epoch)
    category, unit = named.categories.get(case.data["category_id"] or 0), named.units.get(case.data["unit_id"])
    return {
        "category": category.code if category else "", "unit": unit.code if unit else "", "unit_kind": unit.kind if unit else "",
    }  # fmt: skip


def kinds(engine: Engine) -> tuple[Kind]:
    entry = Kind(
        name="knowledge-entry", family="knowledge-entry", plural="knowledge-entries", table="knowledge_entries", columns=COLUMNS,
        instants=INSTANTS, fixed={"knowledge_clock": "review_by"}, relations=relations, rule_facts=partial(rule_facts, engine),
        facts={
            "active_unit_ids": lambda gather: known(gather).active_units(gather.root.now),
            "actor_is_of_centre": lambda gather: not gather.actor.roles.isdisjoint(CENTRE),
            "review_at_latest": review_at_latest,
            "open_correction_ids": open_correction_ids,
        },
    )  # fmt: skip
    return (entry,)


CITED: Mapping[str, Loader] = {"citable_entries": citable_entries}
LENT: Mapping[str, Mapping[str, Loader]] = {"ticket": CITED, "assignment": CITED}
