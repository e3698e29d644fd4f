"""What happened from one instant to another, by local day, unit and hour: from history, fires and evaluations, which never change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any, Final

from app.clock import LOCAL
from app.core.system import System
from app.hotline.filters import finals

# What is asked hour by hour, and what only day by day.
HOURLY: Final = ("registered", "dispatched", "replied", "closed", "late")
DAILY: Final = ("valid", "contacted", "solved", "satisfied", "basically_satisfied", "dissatisfied", "judged", "on_time")
ZONE: Final = "AT TIME ZONE 'Asia/Shanghai'"
ARCHIVED: Final = "archived"
FIGURES: Final = ("day", "unit_id", "measure", "hour")


@dataclass(frozen=True, slots=True)
class Counted:
    """A statement whose rows are `keys` and a count, and the table that keeps them. Of a table that it shares with another statement its
    own are the rows of its `measures`."""

    sql: str
    table: str
    keys: tuple[str, ...]
    measures: tuple[str, ...] = ()


# Each event once for the whole centre and once for the unit that led it.
BY_UNIT: Final = "CROSS JOIN LATERAL (VALUES (CASE WHEN e.whole THEN 0::bigint END), (e.unit_id)) u(unit_id) WHERE u.unit_id IS NOT NULL"
# A dispatch is a share handed to a lead, a reply is the lead's, signed off; closed is whatever ends a demand. A limit is late in the hour
# in which it told so, and a ticket is late once a day, however many of its limits are: who counts from the middle of a day looks back to
# its beginning.
HOURS: Final = Counted(f"""
WITH moved AS (
    SELECT h.at {ZONE} AS at, c.kind, h.trigger, h.to_state, a.unit_id AS share_unit, t.lead_unit_id
    FROM history h JOIN cases c ON c.id = h.case_id LEFT JOIN assignments a ON a.id = h.case_id LEFT JOIN tickets t ON t.id = h.case_id
    WHERE h.at >= %(since)s AND h.at < %(until)s AND h.from_state <> h.to_state AND NOT h.from_state = ANY(%(finals)s)
        AND (h.trigger IN ('register', 'assign') OR h.to_state = 'replied' OR h.to_state = ANY(%(ended)s))
        AND (c.kind = 'ticket' OR (c.kind = 'assignment' AND a.role = 'lead'))),
missed AS (
    SELECT f.at, (f.at {ZONE})::date AS day, f.root_id, CASE WHEN k.name = 'handle_clock' AND a.role = 'lead' THEN a.unit_id END AS unit_id
    FROM fires f JOIN clocks k ON k.id = f.clock_id LEFT JOIN assignments a ON a.id = k.case_id
    WHERE f.at >= %(midnight)s AND f.at < %(until)s AND f.rung = 'due' AND k.name IN ('total_clock', 'handle_clock')),
events AS (
    SELECT at, CASE WHEN kind = 'ticket' AND trigger = 'register' THEN 'registered'
            WHEN kind = 'ticket' AND to_state = ANY(%(ended)s) THEN 'closed' WHEN kind = 'ticket' THEN NULL
            WHEN trigger = 'assign' THEN 'dispatched' WHEN to_state = 'replied' THEN 'replied' END AS measure,
        CASE WHEN kind = 'assignment' THEN share_unit WHEN trigger <> 'register' THEN lead_unit_id END AS unit_id, true AS whole FROM moved
    UNION ALL SELECT min(at) {ZONE}, 'late', NULL, true FROM missed GROUP BY day, root_id HAVING min(at) >= %(since)s
    UNION ALL SELECT min(at) {ZONE}, 'late', unit_id, false FROM missed WHERE unit_id IS NOT NULL GROUP BY day, root_id, unit_id
        HAVING min(at) >= %(since)s)
SELECT e.at::date AS day, u.unit_id, e.measure, extract(hour FROM e.at)::smallint AS hour, count(*)::int AS count
FROM events e {BY_UNIT} AND e.measure IS NOT NULL GROUP BY 1, 2, 3, 4""", "day_figures", FIGURES, HOURLY)
# Of two leads in one round the later one answered for it. A share is judged when its reply was approved: late when one of its limits
# ended late.
RATES: Final = Counted(f"""
WITH answered AS (
    SELECT x.at {ZONE} AS at, x.contacted, x.solved, x.rating, (SELECT a.unit_id FROM assignments a
        WHERE a.root_id = x.root_id AND a.round = x.round AND a.role = 'lead' ORDER BY a.id DESC LIMIT 1) AS unit_id
    FROM evaluations x WHERE x.at >= %(since)s AND x.at < %(until)s AND x.reached AND x.source = 'own' AND x.rating IS NOT NULL),
finished AS (
    SELECT h.at {ZONE} AS at, a.unit_id,
        (SELECT bool_or(k.late) FROM clocks k WHERE k.case_id = h.case_id AND k.name = 'handle_clock') AS late
    FROM history h JOIN assignments a ON a.id = h.case_id
    WHERE h.at >= %(since)s AND h.at < %(until)s AND h.trigger = 'finish' AND a.role = 'lead'),
events AS (
    SELECT at, unit_id, m.measure FROM answered CROSS JOIN LATERAL (VALUES ('valid', true), ('contacted', contacted), ('solved', solved),
        ('satisfied', rating IN ('satisfied', 'very_satisfied')), ('basically_satisfied', rating = 'basically_satisfied'),
        ('dissatisfied', rating IN ('dissatisfied', 'very_dissatisfied'))) m(measure, holds) WHERE m.holds
    UNION ALL SELECT at, unit_id, m.measure FROM finished
        CROSS JOIN LATERAL (VALUES ('judged', late IS NOT NULL), ('on_time', NOT late)) m(measure, holds) WHERE m.holds)
SELECT e.at::date AS day, u.unit_id, e.measure, 0::smallint AS hour, count(*)::int AS count
FROM (SELECT *, true AS whole FROM events) e {BY_UNIT} GROUP BY 1, 2, 3""", "day_figures", FIGURES, DAILY)
# Confidential demands stand in no figure of a category, as in no hot issue.
CATEGORIES: Final = Counted(f"""
SELECT (t.registered_at {ZONE})::date AS day, 0::bigint AS unit_id, t.category_id, count(*)::int AS count FROM tickets t
WHERE t.registered_at >= %(since)s AND t.registered_at < %(until)s AND t.category_id IS NOT NULL AND NOT t.confidential GROUP BY 1, 3
UNION ALL
SELECT (h.at {ZONE})::date, a.unit_id, t.category_id, count(*)::int
FROM history h JOIN assignments a ON a.id = h.case_id JOIN tickets t ON t.id = h.root_id
WHERE h.at >= %(since)s AND h.at < %(until)s AND h.trigger = 'assign' AND a.role = 'lead'
    AND t.category_id IS NOT NULL AND NOT t.confidential
GROUP BY 1, 2, 3""", "category_figures", ("day", "unit_id", "category_id"))

def window(system: System, first: date, after: date, begin: datetime | None = None, end: datetime | None = None) -> dict[str, Any]:
    """From the local midnight that begins `first`, or a later instant of that day, to the one that begins `after`, or an earlier one; and
    what is final, as the statements ask for it."""
    ends: Mapping[str, bool] = finals(system.registry, "ticket")
    final = sorted(state for state, is_final in ends.items() if is_final)
    return {
        "midnight": midnight(first), "since": begin or midnight(first), "until": end or midnight(after), "finals": final,
        "ended": [state for state in final if state != ARCHIVED],
    }  # fmt: skip


def midnight(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=LOCAL)
