"""What lies open in each street, for the map; and where today's demands came from, as points so coarse that they name no door."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from app.clock import local
from app.core.actors import Actor
from app.core.system import System
from app.core.visibility import predicate
from app.hotline.coordinates import Position, convert
from app.hotline.queries import now_of, reading, run
from app.hotline.reference import Reference, reference
from app.hotline.shown import unit_of
from app.overview.counting import midnight
from app.overview.scope import Scope, scope_of, seen

# Three places after the point are about a hundred metres.
PLACES: Final = 3
POINTS: Final = 200
MAP: Final = "wgs84"
KINDS: Final = frozenset({"street", "town"})
Condition = tuple[str, dict[str, Any]]
# Whatever is open has no end; that is said, for the index of what has none knows the streets.
OPEN = """
WITH missed AS MATERIALIZED (SELECT DISTINCT d.root_id FROM cases d
    WHERE d.kind IN ('ticket', 'assignment') AND d.open AND d.due_at <= %(now)s)
SELECT t.street, t.community, count(*), count(*) FILTER (WHERE m.root_id IS NOT NULL AND c.state <> 'suspended'), 0::bigint
FROM cases c JOIN tickets t ON t.id = c.id LEFT JOIN missed m ON m.root_id = c.id
WHERE c.kind = 'ticket' AND c.open AND t.closed_at IS NULL AND {seen} GROUP BY 1, 2
UNION ALL
SELECT t.street, t.community, 0, 0, count(*) FROM tickets t JOIN cases c ON c.id = t.id
WHERE t.registered_at >= %(since)s AND {seen} GROUP BY 1, 2"""
NEWEST = """SELECT t.lon, t.lat, t.crs, t.category_id, t.registered_at FROM tickets t JOIN cases c ON c.id = t.id
WHERE t.registered_at >= %(since)s AND t.lon IS NOT NULL AND NOT t.coarse AND NOT t.confidential AND {seen}
ORDER BY t.registered_at DESC, t.id DESC LIMIT %(rows)s"""


def streets(system: System, actor: Actor) -> dict[str, Any]:
    return told(system, scope_of(actor), seen(actor), predicate(actor))


def told(system: System, scope: Scope, counted: Condition, shown: Condition) -> dict[str, Any]:
    """Every street and town that is there, in the order of the units, and one line without a unit for what lies in none of them."""
    with reading(system) as connection:
        now, epoch = now_of(system, connection)
        asked = {"now": now, "since": midnight(local(now).date()), "rows": POINTS}
        rows = run(connection, OPEN.format(seen=counted[0]), {**counted[1], **asked})
        points = run(connection, NEWEST.format(seen=shown[0]), {**shown[1], **asked})
        named = reference(system.engine, epoch)
    counts: dict[int | None, list[int]] = {unit.id: [0, 0, 0] for unit in named.units.values() if unit.kind in KINDS and unit.active(now)}
    for street, community, *numbers in rows:
        line = counts.setdefault(street_of(named, street, community), [0, 0, 0])
        line[:] = [have + more for have, more in zip(line, numbers, strict=True)]
    ordered = sorted(counts, key=lambda unit: (unit is None, unit))
    return {
        "as_of": now, "scope": scope.name, "crs": MAP,
        "streets": [{"unit": unit_of(named, unit), **dict(zip(("open", "late", "today"), counts[unit], strict=True))} for unit in ordered],
        "points": [point_of(named, *row) for row in points],
    }  # fmt: skip


def street_of(named: Reference, street: str | None, community: str | None) -> int | None:
    """The street or town that a place lies in: as it was said, or the one above the community that was."""
    unit = named.areas.get(street or "") or named.areas.get(community or "")
    while unit is not None and unit.kind not in KINDS:
        unit = named.units.get(unit.parent_id or 0)
    return unit.id if unit else None


def point_of(named: Reference, lon: float, lat: float, crs: str, category: int | None, at: datetime) -> dict[str, Any]:
    """The branch of the matter and the hour, no more: neither a title nor a number stands beside a place."""
    place, path = convert(Position(lon, lat, crs, coarse=False), MAP), named.path(category)
    return {
        "lon": round(place.lon, PLACES), "lat": round(place.lat, PLACES), "category": path[:2][-1].name if path else None,
        "hour": local(at).hour,
    }  # fmt: skip
