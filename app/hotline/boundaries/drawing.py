"""Outlines for drawing: a line that neighbours share is simplified once, for both, so that no gap opens between them."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence

from app.hotline.boundaries.geometry import Box, Point, Polygon, Ring, Shape, rings

# Half a point of a wall screen that shows everything at once: what is thinner cannot be seen.
PARTS_OF_THE_WHOLE = 2000
DIGITS = 6


def tolerance_for(box: Box) -> float:
    """In degrees of latitude, from the larger side of all that is drawn together."""
    return max((box[2] - box[0]) * math.cos(math.radians(box[1])), box[3] - box[1]) / PARTS_OF_THE_WHOLE


def drawn(shapes: Sequence[Shape], tolerance: float) -> list[Shape]:
    """The shapes with fewer corners, none further from the true line than `tolerance`. Corners at which lines meet stay.

    Lines are shared where neighbours have exactly the same corners; where they have not, a gap may open of at most twice the tolerance.
    A ring that would fall together keeps all its corners.
    """
    meeting = junctions(ring for shape in shapes for ring in rings(shape))
    return [tuple(polygon_drawn(polygon, meeting, tolerance) for polygon in shape) for shape in shapes]


def junctions(all_rings: Iterable[Ring]) -> frozenset[Point]:
    """The corners that have more than two neighbours over all rings: where three areas meet, or a shared line begins."""
    beside: dict[Point, set[Point]] = defaultdict(set)
    for ring in all_rings:
        for a, b in zip(ring, ring[1:], strict=False):
            beside[a].add(b)
            beside[b].add(a)
    return frozenset(corner for corner, others in beside.items() if len(others) > 2)


def polygon_drawn(polygon: Polygon, meeting: frozenset[Point], tolerance: float) -> Polygon:
    return tuple(ring_drawn(ring, meeting, tolerance) for ring in polygon)


def ring_drawn(ring: Ring, meeting: frozenset[Point], tolerance: float) -> Ring:
    kept: list[Point] = []
    for arc in arcs(ring, meeting):
        kept.extend(line_drawn(arc, tolerance)[:-1])
    closed = rounded((*kept, kept[0]))
    return closed if len(set(closed)) > 2 else rounded(ring)


def rounded(ring: Sequence[Point]) -> Ring:
    """Corners that fall together by rounding become one."""
    found = [(round(lon, DIGITS), round(lat, DIGITS)) for lon, lat in ring]
    return tuple(point for before, point in zip([None, *found], found, strict=False) if point != before)


def arcs(ring: Ring, meeting: frozenset[Point]) -> list[Ring]:
    """The ring cut at its junctions. One that meets nobody is cut at its two outermost corners, which its twin round a hole has too."""
    corners = ring[:-1]
    cuts = [place for place, corner in enumerate(corners) if corner in meeting]
    if len(cuts) < 2:
        ends = {min(corners), max(corners)} | {corners[place] for place in cuts}
        cuts = [place for place, corner in enumerate(corners) if corner in ends]
    turned = corners[cuts[0] :] + corners[: cuts[0]]
    places = [place - cuts[0] for place in cuts] + [len(corners)]
    whole = (*turned, turned[0])
    return [whole[begin : end + 1] for begin, end in zip(places, places[1:], strict=False)]


def line_drawn(line: Ring, tolerance: float) -> Ring:
    """Douglas and Peucker's rule, always walked from the same end, so that both neighbours come to the same line."""
    forth = line[0] <= line[-1]
    given = line if forth else line[::-1]
    squeeze = math.cos(math.radians(given[0][1]))
    keep, waiting = {0, len(given) - 1}, [(0, len(given) - 1)]
    while waiting:
        first, last = waiting.pop()
        far, place = furthest(given, first, last, squeeze)
        if far > tolerance:
            keep.add(place)
            waiting += [(first, place), (place, last)]
    found = tuple(given[place] for place in sorted(keep))
    return found if forth else found[::-1]


def furthest(line: Ring, first: int, last: int, squeeze: float) -> tuple[float, int]:
    """The corner between two others that lies furthest from their side, and how far, with longitudes as wide as they are here."""
    best, place = -1.0, first
    for at in range(first + 1, last):
        far = distance(line[at], line[first], line[last], squeeze)
        if far > best:
            best, place = far, at
    return best, place


def distance(point: Point, a: Point, b: Point, squeeze: float) -> float:
    px, py = (point[0] - a[0]) * squeeze, point[1] - a[1]
    bx, by = (b[0] - a[0]) * squeeze, b[1] - a[1]
    length = bx * bx + by * by
    along = max(0.0, min(1.0, (px * bx + py * by) / length)) if length else 0.0
    return math.hypot(px - along * bx, py - along * by)
