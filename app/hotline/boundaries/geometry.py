"""Shapes in degrees: a shape is polygons, a polygon its outer ring and then its holes, a ring closed; nothing here reads or writes."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator

Point = tuple[float, float]
Ring = tuple[Point, ...]
Polygon = tuple[Ring, ...]
Shape = tuple[Polygon, ...]
Box = tuple[float, float, float, float]

METRES_A_DEGREE = 111_320.0


def rings(shape: Shape) -> Iterator[Ring]:
    return (ring for polygon in shape for ring in polygon)


def box_of(points: Iterable[Point]) -> Box:
    """West, south, east, north."""
    found = list(points)
    lons, lats = [lon for lon, _ in found], [lat for _, lat in found]
    return min(lons), min(lats), max(lons), max(lats)


def box_around(boxes: Iterable[Box]) -> Box:
    given = list(boxes)
    return min(b[0] for b in given), min(b[1] for b in given), max(b[2] for b in given), max(b[3] for b in given)


def contains(shape: Shape, point: Point) -> bool:
    """By counting crossings over all rings, so that holes are outside. A point on a line that neighbours share is in one of them."""
    return sum(1 for ring in rings(shape) for a, b in zip(ring, ring[1:], strict=False) if crosses(a, b, point)) % 2 == 1


def crosses(a: Point, b: Point, point: Point) -> bool:
    """Whether the ray from the point to the east meets the side from `a` to `b`, which has its lower end and not its upper one."""
    lon, lat = point
    if (a[1] > lat) == (b[1] > lat):
        return False
    # Both neighbours reckon a shared side from the same end, else rounding could give the point to both or to neither.
    low, high = (a, b) if a[1] < b[1] else (b, a)
    return lon < low[0] + (high[0] - low[0]) * (lat - low[1]) / (high[1] - low[1])


def signed_area(ring: Ring) -> float:
    """In square degrees, positive when the ring runs against the clock. Reckoned from its first corner, so that small rings keep digits."""
    lon, lat = ring[0]
    return sum((ax - lon) * (by - lat) - (bx - lon) * (ay - lat) for (ax, ay), (bx, by) in zip(ring, ring[1:], strict=False)) / 2


def label_point(shape: Shape) -> Point:
    """Where a name is written: inside the largest polygon, in the middle of its widest stretch among a few lines of latitude."""
    largest = max(shape, key=lambda polygon: abs(signed_area(polygon[0])))
    _, south, _, north = box_of(largest[0])
    best: tuple[float, Point] = (-1.0, largest[0][0])
    for step in (8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14):
        lat = south + (north - south) * step / 16
        found = sorted(crossings(largest, lat))
        for west, east in zip(found[::2], found[1::2], strict=False):
            # A stretch must be clearly wider to draw the name away from the middle.
            if east - west > best[0] * 1.15:
                best = (east - west, ((west + east) / 2, lat))
    return best[1]


def crossings(polygon: Polygon, lat: float) -> Iterator[float]:
    """The longitudes at which a line of latitude meets the sides."""
    for ring in polygon:
        for (ax, ay), (bx, by) in zip(ring, ring[1:], strict=False):
            if (ay > lat) != (by > lat):
                yield ax + (bx - ax) * (lat - ay) / (by - ay)


def metres_between(a: Point, b: Point) -> float:
    """Good enough for hundreds of metres: a degree of longitude is taken as wide as it is between the two."""
    across = (a[0] - b[0]) * math.cos(math.radians((a[1] + b[1]) / 2))
    return math.hypot(across, a[1] - b[1]) * METRES_A_DEGREE
