"""The tickets on the ladder: those whose citizen has been dissatisfied more than once and waits for somebody's decision."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from app.core.actors import Actor
from app.core.system import System
from app.core.visibility import predicate
from app.hotline.queries import now_of, reading, run
from app.hotline.reference import reference
from app.hotline.shown import hides, told, unit_of

STANDS = "t.dissatisfied_round = t.round AND t.dissatisfactions >= %(least)s AND c.state IN ('completed', 'closed')"
PAGE = f"""
SELECT c.id, t.number, t.title, t.type, c.state, t.round, t.dissatisfactions, coalesce(t.studied_round = t.round, false),
    coalesce(t.supervised, false), t.lead_unit_id, t.confidential
FROM tickets t JOIN cases c ON c.id = t.id
WHERE {{condition}} AND {STANDS} AND c.id < %(after)s ORDER BY c.id DESC LIMIT %(rows)s"""
KEYS = ("id", "number", "title", "type", "state", "round", "dissatisfactions", "studied", "supervised", "lead_unit")


def dissatisfied_page(
    system: System, actor: Actor, least: int, after: Sequence[Any] | None, limit: int
) -> tuple[list[dict[str, Any]], tuple[Any, ...] | None]:
    """Newest first, and the key of the last one when there is more."""
    condition, params = predicate(actor)
    asked = {**params, "least": least, "after": after[0] if after else 2**63 - 1, "rows": limit + 1}
    with reading(system) as connection:
        _, epoch = now_of(system, connection)
        found = run(connection, PAGE.format(condition=condition), asked)
    named = reference(system.engine, epoch)
    items = [dict(zip(KEYS, row[:-1], strict=True)) for row in found[:limit]]
    for item, row in zip(items, found, strict=False):
        item |= {"title": told(item["title"], hides({"confidential": row[-1]}, actor)), "lead_unit": unit_of(named, item["lead_unit"])}
    return items, (items[-1]["id"],) if len(found) > limit else None
