"""Reads of supervision: the words of its records, the lights of many matters at once, figures by unit and by measure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

import psycopg

from app.api.values import shown
from app.core.actors import Actor
from app.core.system import System
from app.core.visibility import predicate
from app.hotline.queries import now_of, reading, run
from app.hotline.reference import reference
from app.hotline.shown import unit_of
from app.supervision.lights import light_of

LIT = ("level", "report_due_at", "issued_at", "reported_at", "next_milestone_at")
LIGHTS = f"SELECT c.id, c.pack, c.state, {', '.join(f's.{name}' for name in LIT)} FROM supervisions s JOIN cases c ON c.id = s.id"
RECORDS: Mapping[str, tuple[str, ...]] = {
    "supervision_reports": ("report_text",),
    "summons": ("summoned", "held_at", "minutes"),
    "endorsements": ("endorser", "endorser_person", "endorsement", "endorsed_at"),
    "conference_minutes": ("minutes", "conclusion_text"),
}
OF_UNITS = f"""
SELECT c.id, c.pack, c.state, {", ".join(f"s.{name}" for name in LIT)}, s.unit_id, s.urges, s.summons
FROM supervisions s JOIN cases c ON c.id = s.id
WHERE {{condition}} AND s.issued_at IS NOT NULL AND s.unit_id IS NOT NULL
AND s.issued_at >= coalesce(%(from)s, s.issued_at) AND (%(to)s::timestamptz IS NULL OR s.issued_at < %(to)s)"""
GOOD = ("very_satisfied", "satisfied", "basically_satisfied")
ELEVATED = """
SELECT t.elevations, b.rating, a.rating FROM tickets t JOIN cases c ON c.id = t.id
LEFT JOIN LATERAL (SELECT e.rating FROM evaluations e WHERE e.root_id = t.id AND e.reached AND e.source = 'own' AND e.at < t.elevated_at
    ORDER BY e.at DESC, e.id DESC LIMIT 1) b ON true
LEFT JOIN LATERAL (SELECT e.rating FROM evaluations e WHERE e.root_id = t.id AND e.reached AND e.source = 'own' AND e.at >= t.elevated_at
    ORDER BY e.at DESC, e.id DESC LIMIT 1) a ON true
WHERE {condition} AND t.elevated_at IS NOT NULL AND t.elevated_at >= coalesce(%(from)s, t.elevated_at)
AND (%(to)s::timestamptz IS NULL OR t.elevated_at < %(to)s)"""


def records(system: System, case_id: int, table: str) -> list[dict[str, Any]]:
    """The rows of one record table of a case that its reader may see, oldest first."""
    names = RECORDS[table]
    sql = f"SELECT at, actor_id, {', '.join(names)} FROM {table} WHERE case_id = %(case)s ORDER BY id"
    with reading(system) as connection:
        found = run(connection, sql, {"case": case_id})
    told = [dict(zip(("at", "actor", *names), row, strict=True)) for row in found]
    return [{name: shown(value) if isinstance(value, datetime) else value for name, value in row.items()} for row in told]


def lights(system: System, ids: Sequence[int]) -> dict[int, dict[str, Any] | None]:
    """The light of each of these matters now."""
    with reading(system) as connection:
        now, _ = now_of(system, connection)
        found = run(connection, f"{LIGHTS} WHERE s.id = ANY(%(ids)s)", {"ids": list(ids)})
    return {row[0]: light_of(system, row[1], row[2], dict(zip(LIT, row[3:], strict=True)), now) for row in found}


def light_counts(system: System, connection: psycopg.Connection[Any], actor: Actor, now: datetime) -> dict[str, int]:
    """How many matters under way have each light now."""
    condition, params = predicate(actor)
    found = run(connection, f"{LIGHTS} WHERE c.kind = 'supervision' AND c.open AND {condition}", params)
    lit = (light_of(system, row[1], row[2], dict(zip(LIT, row[3:], strict=True)), now) for row in found)
    return dict(Counter(str(light["light"]) for light in lit if light is not None))


def by_unit(system: System, actor: Actor, asked: Mapping[str, Any]) -> dict[str, Any]:
    """Matters handed out in the period, by responsible unit; late is judged at the report, and until then now."""
    condition, params = predicate(actor)
    with reading(system) as connection:
        now, epoch = now_of(system, connection)
        found = run(connection, OF_UNITS.format(condition=condition), {**params, "from": asked.get("from"), "to": asked.get("to")})
    named = reference(system.engine, epoch)
    units: dict[int, dict[str, int]] = {}
    for row in found:
        lit = dict(zip(LIT, row[3:8], strict=True))
        light = light_of(system, row[1], row[2], lit, now)
        count = units.setdefault(row[8], dict.fromkeys(("issued", "reported", "on_time", "late", "cleared", "red", "urges", "summons"), 0))
        add(count, row[2], lit, now, light)
        count["urges"] += row[9]
        count["summons"] += row[10]
    return {"items": [{"unit": unit_of(named, unit), **units[unit]} for unit in sorted(units)], "as_of": shown(now)}


def add(count: dict[str, int], state: str, lit: Mapping[str, Any], now: datetime, light: Mapping[str, Any] | None) -> None:
    due, reported = lit["report_due_at"], lit["reported_at"]
    late = due is not None and due <= (reported or now) and (reported is not None or light is not None)
    count["issued"] += 1
    count["reported"] += reported is not None
    count["on_time"] += reported is not None and not late
    count["late"] += late
    count["cleared"] += state in ("cleared", "archived") and reported is not None
    count["red"] += light is not None and light["light"] == "red"


def elevations(system: System, actor: Actor, asked: Mapping[str, Any]) -> dict[str, Any]:
    """Satisfaction with tickets raised a level in the period: the last evaluation before, and the last one after."""
    condition, params = predicate(actor)
    with reading(system) as connection:
        now, _ = now_of(system, connection)
        found = run(connection, ELEVATED.format(condition=condition), {**params, "from": asked.get("from"), "to": asked.get("to")})
    measures = sorted({measure for row in found for measure in row[0] or ()})
    items = [{"measure": measure, **before_and_after(row for row in found if measure in (row[0] or ()))} for measure in measures]
    return {"all": before_and_after(found), "items": items, "as_of": shown(now)}


def before_and_after(rows: Iterable[Sequence[Any]]) -> dict[str, Any]:
    given = list(rows)
    return {"tickets": len(given), "before": satisfaction([row[1] for row in given]), "after": satisfaction([row[2] for row in given])}


def satisfaction(ratings: Sequence[str | None]) -> dict[str, Any]:
    """`rate` is exact to a thousandth; None when nobody was asked."""
    asked = [rating for rating in ratings if rating is not None]
    good = sum(rating in GOOD for rating in asked)
    return {"evaluated": len(asked), "satisfied": good, "rate": round(Decimal(good) / len(asked), 3) if asked else None}
