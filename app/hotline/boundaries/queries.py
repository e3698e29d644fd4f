"""Reads of boundaries: what is drawn, and where a point lies. They hold nothing personal; which doors open to whom is the doors' matter."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.api.values import shown
from app.core.system import System
from app.hotline.boundaries.commands import KINDS
from app.hotline.boundaries.geometry import contains
from app.hotline.queries import now_of, reading, run
from app.hotline.reference import Reference, reference
from app.hotline.shown import unit_of

MARK = "SELECT id FROM boundary_editions WHERE kind = %(kind)s AND current"
DRAWN = """SELECT id, code, name, unit_id, west, south, east, north, label, drawn FROM boundaries
WHERE edition_id = %(edition)s ORDER BY code"""
# The box is looked at by the database, the outline only of the few that are left.
NEAR = """SELECT e.kind, b.id, b.code, b.name, b.unit_id, b.outline FROM boundaries b JOIN boundary_editions e ON e.id = b.edition_id
WHERE e.current AND e.kind = ANY(%(kinds)s) AND b.west <= %(lon)s AND b.east >= %(lon)s AND b.south <= %(lat)s AND b.north >= %(lat)s
ORDER BY b.code"""
EDITION_COLUMNS = (
    "id", "kind", "number", "name", "reference", "source", "approval", "digest", "features", "current", "imported_at", "imported_by",
)  # fmt: skip
EDITION = f"SELECT {', '.join(EDITION_COLUMNS)} FROM boundary_editions"


def mark_of(system: System, kind: str) -> str:
    """What changes whenever the collection would: the edition in force, and the epoch of reference data for the names of units."""
    with reading(system) as connection:
        _, epoch = now_of(system, connection)
        rows = run(connection, MARK, {"kind": kind})
    return f"{kind}-{rows[0][0] if rows else 0}-{epoch}"


def collection(system: System, kind: str, outline_only: bool = False) -> dict[str, Any]:
    """The edition in force as a GeoJSON FeatureCollection, for drawing; empty when there is none. `outline_only` names no unit."""
    with reading(system) as connection:
        _, epoch = now_of(system, connection)
        named = reference(system.engine, epoch)
        found = run(connection, f"{EDITION} WHERE kind = %(kind)s AND current", {"kind": kind})
        edition = edition_of(found[0]) if found else None
        rows = run(connection, DRAWN, {"edition": edition["id"]}) if edition else []
    features = [feature_of(named, row, outline_only) for row in rows]
    return {
        "type": "FeatureCollection", "kind": kind, "edition": edition and (public_part(edition) if outline_only else edition),
        **({"bbox": whole(features)} if features else {}), "features": features,
    }  # fmt: skip


def edition_of(row: tuple[Any, ...]) -> dict[str, Any]:
    found = dict(zip(EDITION_COLUMNS, row, strict=True))
    return {**found, "imported_at": shown(found["imported_at"])}


def public_part(edition: Mapping[str, Any]) -> dict[str, Any]:
    return {name: edition[name] for name in ("number", "name", "approval")}


def feature_of(named: Reference, row: tuple[Any, ...], outline_only: bool) -> dict[str, Any]:
    boundary_id, code, name, unit_id, *box, label, outline = row
    properties = {"code": code, "name": name, "label": label}
    if not outline_only:
        properties |= {"id": boundary_id, "unit": unit_of(named, unit_id)}
    geometry = {"type": "MultiPolygon", "coordinates": outline}
    return {"type": "Feature", "id": code, "bbox": box, "properties": properties, "geometry": geometry}


def whole(features: list[dict[str, Any]]) -> list[float]:
    boxes = [feature["bbox"] for feature in features]
    return [min(b[0] for b in boxes), min(b[1] for b in boxes), max(b[2] for b in boxes), max(b[3] for b in boxes)]


def areas_at(system: System, lon: float, lat: float, kinds: tuple[str, ...] = KINDS) -> dict[str, dict[str, Any] | None]:
    """By kind the area that holds a point of WGS 84, with the unit that answers for it unless that was closed; None for none."""
    with reading(system) as connection:
        now, epoch = now_of(system, connection)
        named = reference(system.engine, epoch)
        rows = run(connection, NEAR, {"kinds": list(kinds), "lon": lon, "lat": lat})
    active = named.active_units(now)
    found: dict[str, dict[str, Any] | None] = dict.fromkeys(kinds)
    for kind, boundary_id, code, name, unit_id, outline in rows:
        # Areas that overlap are a fault of the file: the first by its code has the point.
        if found[kind] is None and contains(outline, (lon, lat)):
            unit = unit_of(named, unit_id) if unit_id in active else None
            found[kind] = {"id": boundary_id, "code": code, "name": name, "unit": unit}
    return found


def editions(system: System, kind: str | None = None) -> list[dict[str, Any]]:
    """Every edition there ever was, the newest of each kind first."""
    where = "WHERE %(kind)s::text IS NULL OR kind = %(kind)s ORDER BY kind, number DESC"
    with reading(system) as connection:
        return [edition_of(row) for row in run(connection, f"{EDITION} {where}", {"kind": kind})]
