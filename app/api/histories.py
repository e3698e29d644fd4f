"""What happened to a case and all under it: the chain's own rows, without words. A feature that knows who may read its words adds them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import text

from app.api.doors import Ask
from app.core.actors import Actor
from app.core.system import System
from app.core.visibility import predicate
from app.errors import Unseen

ORDER: tuple[type, ...] = (datetime, int, int)

_ROWS = """
SELECT h.case_id, h.seq, h.at, h.recorded_at, h.actor, h.unit_id, h.trigger, h.from_state, h.to_state, h.fields, h.inferred, h.cause,
       encode(h.hash, 'hex') AS hash
FROM history h
WHERE h.root_id = :root AND (:whole OR h.case_id = :case) AND (h.at, h.case_id, h.seq) > (:at, :after_case, :after_seq)
ORDER BY h.at, h.case_id, h.seq LIMIT :limit"""
_BEGINNING = (datetime(1900, 1, 1, tzinfo=UTC), 0, 0)


def root_of(system: System, actor: Actor, kind: str, case_id: int) -> tuple[int, int]:
    """The root and the version of a case that this actor may see; anything else is unseen."""
    condition, parameters = predicate(actor)
    sql = f"SELECT c.root_id, c.version FROM cases c WHERE c.id = :case AND c.kind = :kind AND {_colons(condition)}"
    with system.engine.connect() as connection:
        row = connection.execute(text(sql), {"case": case_id, "kind": kind, **parameters}).first()
    if row is None:
        raise Unseen()
    return row.root_id, row.version


def _colons(condition: str) -> str:
    """The predicate names its parameters as the driver does; SQLAlchemy's text wants colons."""
    return condition.replace("%(seen_units)s", ":seen_units")


def page(ask: Ask, kind: str, case_id: int, after: Sequence[Any] | None, limit: int) -> tuple[list[dict[str, Any]], tuple[Any, ...] | None]:
    """History rows in the order of legal time, and the key of the last one when there is more. A root's history holds its children's."""
    root, _ = root_of(ask.system, ask.actor, kind, case_id)
    at, after_case, after_seq = after or _BEGINNING
    parameters = {
        "root": root, "case": case_id, "whole": root == case_id, "at": at, "after_case": after_case, "after_seq": after_seq,
        "limit": limit + 1,
    }  # fmt: skip
    with ask.system.engine.connect() as connection:
        rows = connection.execute(text(_ROWS), parameters).mappings().all()
    last = rows[limit - 1] if len(rows) > limit else None
    return [shown(dict(row)) for row in rows[:limit]], (last["at"], last["case_id"], last["seq"]) if last else None


def shown(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "seq": row["seq"],
        "case": row["case_id"],
        "at": row["at"],
        "recorded_at": row["recorded_at"],
        "actor": row["actor"],
        "unit": row["unit_id"],
        "trigger": row["trigger"],
        "from": row["from_state"],
        "to": row["to_state"],
        "fields": row["fields"],
        "note": None,
        "inferred": row["inferred"],
        "cause": row["cause"],
        "hash": row["hash"],
    }
