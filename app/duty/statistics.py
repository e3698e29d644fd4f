"""How fast alarms were answered: one statement over those that the reader may see."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from app.core.actors import Actor
from app.core.system import System
from app.core.visibility import predicate
from app.hotline.queries import reading, run

COUNTS: Final = ("raised", "open", "unacknowledged", "false_alarms", "by_hand", "escalated", "late")
SPANS: Final = {"to_acknowledge": "acknowledged_at", "to_act": "acted_at", "to_close": "closed_at"}
SHARES: Final = {"median": "percentile_cont(0.5) WITHIN GROUP (ORDER BY {})", "p90": "percentile_cont(0.9) WITHIN GROUP (ORDER BY {})"}


def seconds(column: str) -> str:
    """A false alarm was closed by nobody's help: it counts as answered, not as closed."""
    real = " FILTER (WHERE c.state = 'closed')" if column == "closed_at" else ""
    length = f"extract(epoch FROM x.{column} - x.raised_at)"
    shares = [f"{share.format(length)}{real}" for share in SHARES.values()]
    return ", ".join([*shares, f"max({length}){real}"])


# Acknowledged late: its first limit ended after its time was over, or still runs though it is.
LATE: Final = """EXISTS (SELECT 1 FROM clocks k WHERE k.case_id = c.id AND k.name = 'alarm_clock' AND k.generation = 1
AND (k.late OR (k.state = 'running' AND k.due_at <= (SELECT coalesce(frozen_at, clock_timestamp() + shift) FROM installation))))"""
STATISTICS: Final = f"""
SELECT x.danger, count(*), count(*) FILTER (WHERE c.open), count(*) FILTER (WHERE x.acknowledged_at IS NULL),
    count(*) FILTER (WHERE c.state = 'false_alarm'), count(*) FILTER (WHERE x.origin = 'hand'), count(*) FILTER (WHERE x.escalations > 0),
    count(*) FILTER (WHERE {LATE}), {", ".join(seconds(column) for column in SPANS.values())}
FROM alarms x JOIN cases c ON c.id = x.id
WHERE {{condition}} AND (%(since)s::timestamptz IS NULL OR x.raised_at >= %(since)s)
AND (%(until)s::timestamptz IS NULL OR x.raised_at < %(until)s)
GROUP BY ROLLUP (x.danger) ORDER BY x.danger NULLS LAST"""


def alarm_statistics(system: System, actor: Actor, since: datetime | None, until: datetime | None) -> Mapping[str, Any]:
    condition, params = predicate(actor)
    with reading(system) as connection:
        rows = run(connection, STATISTICS.format(condition=condition), {**params, "since": since, "until": until})
    counted = [counted_row(row) for row in rows]
    return {"items": counted[:-1], "total": {**counted[-1], "danger": "all"}}


def counted_row(row: Sequence[Any]) -> dict[str, Any]:
    spans = {
        name: dict(zip(("median", "p90", "longest"), map(rounded, row[place : place + 3]), strict=True))
        for place, name in enumerate(SPANS, start=0)
        for place in [1 + len(COUNTS) + 3 * place]
    }
    return {"danger": row[0], **dict(zip(COUNTS, row[1:], strict=False)), **spans}


def rounded(length: Any) -> float | None:
    return None if length is None else round(float(length), 1)
