"""How units have done with demands of one matter so far, counted over its newest, so that it costs no more where there are many."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from app.core.system import System
from app.hotline.queries import reading, run

NEWEST = 400
# What a confidential demand came to is nobody's figure. A limit of the lead's own share that ended late makes it late.
SQL = """
WITH recent AS MATERIALIZED (
    SELECT t.id, t.lead_unit_id, t.replied_at, t.rating FROM tickets t
    WHERE t.category_id = %(category)s AND t.id <> %(ticket)s AND NOT t.confidential
    ORDER BY t.id DESC LIMIT %(newest)s),
own AS (SELECT r.* FROM recent r WHERE r.replied_at IS NOT NULL AND r.lead_unit_id = ANY(%(units)s))
SELECT r.lead_unit_id, (SELECT count(*) FROM recent), count(*), count(r.rating),
    count(*) FILTER (WHERE r.rating IN ('very_satisfied', 'satisfied', 'basically_satisfied')),
    count(*) FILTER (WHERE EXISTS (SELECT 1 FROM clocks k JOIN assignments a ON a.id = k.case_id
        WHERE k.root_id = r.id AND k.name = 'handle_clock' AND k.late AND a.role = 'lead' AND a.unit_id = r.lead_unit_id))
FROM own r GROUP BY 1"""


def track_record(system: System, ticket: int, category: int, units: Sequence[int]) -> dict[int, dict[str, Any]]:
    """By unit, of the `of` newest demands of a matter beside the ticket itself: how many it answered, how many of those late; how many
    were rated, how many of those satisfied, basically satisfied ones among them. Units that answered none are left out."""
    with reading(system) as connection:
        rows = run(connection, SQL, {"ticket": ticket, "category": category, "units": list(units), "newest": NEWEST})
    names = ("of", "replied", "rated", "satisfied", "late")
    return {row[0]: dict(zip(names, row[1:], strict=True)) for row in rows}
