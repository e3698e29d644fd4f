"""Made-up outlines: a wavy district of four streets that share their lines exactly, in whatever reference system a test asks for."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Sequence
from typing import Any

from app.hotline.coordinates import Position, convert

WEST, SOUTH, SIDE = 114.30, 22.60, 0.10
Point = tuple[float, float]
NAMES = (("qshj", "青石街道"), ("440399002000", "白桥街道"), ("440399003000", "红林街道"), ("440399004000", "绿湾街道"))


def wavy(a: Point, b: Point, steps: int = 40) -> list[Point]:
    """From `a` to `b`, the last left out. The same line is had from both ends, corner by corner."""
    if b < a:
        back = [*wavy(b, a, steps), a]
        return back[:0:-1]
    points = []
    for step in range(steps):
        along, wave = step / steps, 0.002 * math.sin(step * math.pi * 4 / steps) * math.sin(step * math.pi / steps)
        lon, lat = a[0] + (b[0] - a[0]) * along, a[1] + (b[1] - a[1]) * along
        flat = abs(b[1] - a[1]) < abs(b[0] - a[0])
        points.append((round(lon + (0 if flat else wave), 9), round(lat + (wave if flat else 0), 9)))
    return points


def ring(*rough: Point) -> list[Point]:
    """Closed, through the corners by wavy lines."""
    made: list[Point] = []
    corners = [(round(lon, 9), round(lat, 9)) for lon, lat in rough]
    for a, b in zip(corners, [*corners[1:], corners[0]], strict=True):
        made += wavy(a, b)
    return [*made, made[0]]


def quarters() -> list[list[Point]]:
    """Four areas around one point in the middle."""
    x, y, half = WEST, SOUTH, SIDE / 2
    grid = {(i, j): (x + i * half, y + j * half) for i in range(3) for j in range(3)}
    return [ring(grid[i, j], grid[i + 1, j], grid[i + 1, j + 1], grid[i, j + 1]) for j in range(2) for i in range(2)]


def whole() -> list[Point]:
    """The outline of the four together, with the same corners."""
    x, y, half = WEST, SOUTH, SIDE / 2
    return ring(
        (x, y), (x + half, y), (x + SIDE, y), (x + SIDE, y + half), (x + SIDE, y + SIDE), (x + half, y + SIDE), (x, y + SIDE), (x, y + half)
    )


def given_in(points: Iterable[Point], reference: str) -> list[list[float]]:
    turned = (convert(Position(lon, lat, "wgs84", coarse=False), reference) for lon, lat in points)
    return [[place.lon, place.lat] for place in turned]


def feature(points: Sequence[Point], reference: str = "wgs84", **properties: Any) -> dict[str, Any]:
    return {"type": "Feature", "properties": properties, "geometry": {"type": "Polygon", "coordinates": [given_in(points, reference)]}}


def collection(*features: Any, **more: Any) -> bytes:
    return json.dumps({"type": "FeatureCollection", "features": features, **more}, ensure_ascii=False).encode()


def streets(reference: str = "wgs84", count: int = 4) -> bytes:
    pairs = zip(quarters()[:count], NAMES, strict=False)
    return collection(*(feature(points, reference, code=code, name=name) for points, (code, name) in pairs))


def district(reference: str = "wgs84") -> bytes:
    return collection(feature(whole(), reference, adcode=440399, name="试验区"))
