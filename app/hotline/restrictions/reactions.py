"""A ticket from a restricted number says so a moment after it was registered; it is registered whatever the list says. Repeatable."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from app.core.apply import Step
from app.core.fire import CAUSED, act
from app.core.registry import Reaction
from app.core.tx import Tx

RESTRICTED = """SELECT t.id, array_agg(DISTINCT r.effect) AS effects FROM tickets t JOIN citizens z ON z.id = t.citizen_id
JOIN caller_restrictions r ON r.phone_hash IN (z.phone_hash, z.calling_hash) JOIN cases c ON c.id = r.id
WHERE t.id = ANY(%(tickets)s) AND r.ended_at IS NULL AND c.state = 'active' AND r.restricted_until > %(now)s GROUP BY t.id ORDER BY t.id"""
ENDED = frozenset({"archived", "declined", "transferred", "terminated", "withdrawn", "void"})


def mark_callers(tx: Tx, rows: Sequence[dict[str, Any]]) -> None:
    for row in tx.query(RESTRICTED, {"tickets": sorted({row["root_id"] for row in rows}), "now": tx.now}):
        root = tx.root_of("ticket", row["id"])
        case = root.top()
        if case.state not in ENDED and set(case.data["caller_effects"] or ()) != set(row["effects"]):
            act(Step(tx, root, case, "mark_caller", {"caller_effects": sorted(row["effects"])}), CAUSED)


REACTIONS = (Reaction("mark_callers", frozenset({"TicketRegistered"}), mark_callers),)
