"""A group of tickets about one fact that reaches the pack's threshold of citizens becomes one collective complaint; repeatable."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from app.core.apply import Step
from app.core.fire import CAUSED, act, birth
from app.core.registry import Reaction
from app.core.tx import Tx

FORMED = "SELECT id FROM collective_complaints WHERE main_id = %s"
# Who gave no number cannot be told from others, and counts for himself.
GROUP = """SELECT count(*) AS tickets, count(DISTINCT coalesce(z.phone_hash, z.calling_hash, int8send(z.id))) AS citizens
FROM tickets t JOIN citizens z ON z.id = t.citizen_id WHERE t.id = ANY(
    SELECT %(main)s::bigint UNION ALL SELECT other_id FROM links WHERE main_id = %(main)s AND ended_at IS NULL AND kind = 'same_fact')"""


def count_groups(tx: Tx, rows: Sequence[dict[str, Any]]) -> None:
    """The lock of the main ticket keeps two counts of one group apart."""
    for main in sorted({row["root_id"] for row in rows}):
        pack = tx.system.settings.pack(tx.root_of("ticket", main).top().pack)
        threshold = pack.parameters.get("collective_threshold")
        counted = tx.query(GROUP, {"main": main})[0]
        formed = tx.query(FORMED, (main,))
        if formed:
            recount(tx, formed[0]["id"], counted)
        elif threshold and counted["tickets"] > 1 and counted["citizens"] >= threshold:
            row = {"main_id": main, "citizens": 0, "tickets": 0, "formed_at": tx.now}
            birth(tx, "collective-complaint", {"main_ticket": main, **told(counted)}, row)


def recount(tx: Tx, complaint: int, counted: Mapping[str, int]) -> None:
    """One that is resolved keeps the numbers that it had."""
    root = tx.root_of("collective-complaint", complaint)
    case = root.top()
    if case.open and any(case.data[name] != number for name, number in counted.items()):
        act(Step(tx, root, case, "recount", told(counted)), CAUSED)


def told(counted: Mapping[str, int]) -> dict[str, int]:
    """The counts under the names of their fields."""
    return {"citizens": counted["citizens"], "group_tickets": counted["tickets"]}


REACTIONS = (Reaction("count_groups", frozenset({"GroupChanged"}), count_groups),)
