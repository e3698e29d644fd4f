"""The figures of callbacks by unit: counts by what was answered, rates over valid callbacks only, and the mean of units as the summary."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from app.clock import LOCAL
from app.core.actors import Actor
from app.core.system import System
from app.core.visibility import sees_all
from app.hotline.queries import now_of, reading
from app.hotline.reference import reference
from app.hotline.shown import unit_of

# Of two leads in one round the later one answered for it.
LEAD = """(SELECT a.unit_id FROM assignments a WHERE a.root_id = x.root_id AND a.round = x.round AND a.role = 'lead'
ORDER BY a.id DESC LIMIT 1)"""
FIGURES = f"""
WITH asked AS (
    SELECT {LEAD} AS unit_id, x.source = 'own' AS ours, x.contacted, x.solved, x.rating FROM evaluations x
    WHERE x.reached AND x.at >= %(since)s AND x.at < %(until)s),
ended AS (
    SELECT {LEAD} AS unit_id, c.state FROM callbacks x JOIN cases c ON c.id = x.id
    WHERE x.ended_at >= %(since)s AND x.ended_at < %(until)s AND c.state IN ('unreachable', 'expired')),
figures AS (
    SELECT unit_id, count(*) FILTER (WHERE ours AND rating IS NOT NULL) AS valid,
        count(*) FILTER (WHERE ours AND rating IS NOT NULL AND contacted) AS contacted,
        count(*) FILTER (WHERE ours AND rating IS NOT NULL AND solved) AS solved,
        count(*) FILTER (WHERE ours AND rating IN ('satisfied', 'very_satisfied')) AS satisfied,
        count(*) FILTER (WHERE ours AND rating = 'basically_satisfied') AS basically_satisfied,
        count(*) FILTER (WHERE ours AND rating IN ('dissatisfied', 'very_dissatisfied')) AS dissatisfied,
        count(*) FILTER (WHERE NOT ours) AS elsewhere, 0 AS unreachable, 0 AS expired
    FROM asked GROUP BY unit_id
    UNION ALL SELECT unit_id, 0, 0, 0, 0, 0, 0, 0, count(*) FILTER (WHERE state = 'unreachable'), count(*) FILTER (WHERE state = 'expired')
    FROM ended GROUP BY unit_id)
SELECT unit_id, sum(valid), sum(contacted), sum(solved), sum(satisfied), sum(basically_satisfied), sum(dissatisfied), sum(elsewhere),
    sum(unreachable), sum(expired)
FROM figures WHERE (%(whole)s OR unit_id = ANY(%(units)s)) GROUP BY unit_id ORDER BY unit_id NULLS LAST"""
COUNTS = (
    "valid", "contacted", "solved", "satisfied", "basically_satisfied", "dissatisfied", "elsewhere", "unreachable", "expired",
)  # fmt: skip
RATES = ("contact_rate", "solve_rate", "satisfaction_rate")
HALF_CONTENT = Decimal("0.9")
STEP = Decimal("0.0001")


def callback_figures(system: System, actor: Actor, first: date, last: date) -> dict[str, Any]:
    """One line for each unit that led a round; what the centre answered at once stands under no unit. A unit reads its own line.

    `valid` 有效回访: our own callbacks, by phone, link or web, in which the citizen was reached and gave a rating. It alone is the
    denominator: `contact_rate` = contacted / valid, `solve_rate` = solved / valid, `satisfaction_rate` = (very satisfied + satisfied
    + 0.9 × basically satisfied) / valid; all 0 when nothing is valid. `unreachable` and `expired` were never rated and stand in no
    rate; `elsewhere` are the city's and third parties' evaluations, counted beside. The summary adds the counts and takes the plain
    mean of the units' rates (facts §2.1).
    """
    asked = {
        "since": datetime.combine(first, time(), tzinfo=LOCAL),
        "until": datetime.combine(last + timedelta(days=1), time(), tzinfo=LOCAL),
        "whole": sees_all(actor),
        "units": sorted(actor.units),
    }
    with reading(system) as connection:
        named = reference(system.engine, now_of(system, connection)[1])
        lines = connection.execute(FIGURES, asked).fetchall()
    units = [{"unit": unit_of(named, row[0]), **figures(dict(zip(COUNTS, map(int, row[1:]), strict=True)))} for row in lines]
    return {"from": first, "to": last, "units": units, "summary": summary(units)}


def figures(counts: Mapping[str, int]) -> dict[str, Any]:
    content = counts["satisfied"] + HALF_CONTENT * counts["basically_satisfied"]
    over = (Decimal(counts["contacted"]), Decimal(counts["solved"]), content)
    return {**counts, **{name: rate(part, counts["valid"]) for name, part in zip(RATES, over, strict=True)}}


def rate(part: Decimal, valid: int) -> Decimal:
    return (part / valid if valid else Decimal(0)).quantize(STEP, ROUND_HALF_UP)


def summary(units: list[dict[str, Any]]) -> dict[str, Any]:
    """Counts added up; rates as the mean of the units that have a valid callback."""
    counted = [unit for unit in units if unit["valid"] and unit["unit"] is not None]
    means = {name: rate(sum((unit[name] for unit in counted), Decimal(0)), len(counted)) for name in RATES}
    return {**{name: sum(unit[name] for unit in units) for name in COUNTS}, **means}
