"""A made-up map of the district: its streets and communities divide it among them without a gap, each in its own place for ever."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from random import Random
from typing import Any

Point = tuple[float, float]
Ring = tuple[Point, ...]

# WGS 84 degrees. A degree of longitude is shorter there than one of latitude: WIDE makes up for it.
MIDDLE: Point = (113.42, 23.06)
REACH, WIDE = 0.062, 1 / math.cos(math.radians(MIDDLE[1]))
CORNERS, SPREAD, GOLDEN = 24, 0.8, math.pi * (3 - math.sqrt(5))
STREETS, COMMUNITIES = ("street", "town"), ("community", "village")
# How far a border strays from the straight line between two corners, by its length; a seat keeps clear of it by CLEAR.
CURVE, CLEAR = 0.055, 0.7
DIGITS = 6


def boundaries(district: Mapping[str, Any]) -> dict[str, Any]:
    """A FeatureCollection in WGS 84 with `code`, `name` and `kind` (district, street, community) of each; `district` is as the pack's file
    gives it."""
    units = {unit["code"]: unit for unit in district["unit"]}
    laid = lay_out(district)
    corners = [corner for cell in laid.values() for corner in cell]
    features = [feature(code, units[code]["name"], "community", curved(ring_of([cell], corners))) for code, cell in laid.items()]
    by_street: dict[str, list[Ring]] = defaultdict(list)
    for code, cell in laid.items():
        by_street[units[code]["parent"]].append(cell)
    for code, cells in by_street.items():
        features.append(feature(code, units[code]["name"], "street", curved(ring_of(cells, corners))))
    whole = next(unit for unit in units.values() if unit["kind"] == "centre")
    features.append(feature(whole["code"], district_name(whole["name"]), "district", curved(ring_of(list(laid.values()), corners))))
    return {"type": "FeatureCollection", "features": features}


def of_kind(found: Mapping[str, Any], kind: str) -> dict[str, Any]:
    """The part of the collection that is of one kind, as an import takes it."""
    return {**found, "features": [each for each in found["features"] if each["properties"]["kind"] == kind]}


def feature(code: str, name: str, kind: str, ring: Ring) -> dict[str, Any]:
    closed = [list(point) for point in (*ring, ring[0])]
    return {
        "type": "Feature",
        "properties": {"code": code, "name": name, "kind": kind},
        "geometry": {"type": "Polygon", "coordinates": [closed]},
    }


def district_name(centre: str) -> str:
    return centre[: centre.find("区") + 1] or centre


def lay_out(district: Mapping[str, Any]) -> dict[str, Ring]:
    """The straight-edged cell of each community, by its code: the district around its streets, each street around its communities."""
    units: Sequence[Mapping[str, str]] = list(district["unit"])
    streets = [unit["code"] for unit in units if unit["kind"] in STREETS]
    outline = tuple(around(MIDDLE, REACH * (1 + 0.06 * math.sin(2 * turn + 0.5)), turn) for turn in turns(CORNERS))
    found: dict[str, Ring] = {}
    for street, cell in zip(streets, cells_of(spread(MIDDLE, REACH * SPREAD, len(streets)), outline), strict=True):
        below = [unit["code"] for unit in units if unit["kind"] in COMMUNITIES and unit.get("parent") == street]
        seats = spread(centre_of(cell), 0.5 * clearance(centre_of(cell), cell), len(below), Random(street).random() * math.tau)
        found |= dict(zip(below, cells_of(seats, cell), strict=True))
    return found


def turns(many: int) -> list[float]:
    return [math.tau * place / many for place in range(many)]


def around(middle: Point, distance: float, turn: float) -> Point:
    return middle[0] + WIDE * distance * math.cos(turn), middle[1] + distance * math.sin(turn)


def spread(middle: Point, reach: float, many: int, turn: float = 0.4) -> list[Point]:
    """As a sunflower has its seeds: evenly, and no two at one place."""
    return [around(middle, reach * math.sqrt((place + 0.5) / many), turn + place * GOLDEN) for place in range(many)]


def cells_of(seats: Sequence[Point], outline: Ring) -> list[Ring]:
    """What lies nearest to each seat, within a convex outline (Voronoi)."""
    cells = []
    for seat in seats:
        cell = outline
        for other in seats:
            if other != seat:
                cell = nearer(cell, seat, other)
        cells.append(cell)
    return cells


def nearer(cell: Ring, seat: Point, other: Point) -> Ring:
    """The part of a convex cell that is nearer to one seat than to the other."""

    def beyond(point: Point) -> float:
        return away(point, seat) - away(point, other)

    kept: list[Point] = []
    for here, there in zip(cell, (*cell[1:], cell[0]), strict=True):
        a, b = beyond(here), beyond(there)
        if a <= 0:
            kept.append(here)
        if a * b < 0:
            share = a / (a - b)
            kept.append((here[0] + share * (there[0] - here[0]), here[1] + share * (there[1] - here[1])))
    return tuple(kept)


def away(point: Point, other: Point) -> float:
    return ((point[0] - other[0]) / WIDE) ** 2 + (point[1] - other[1]) ** 2


def ring_of(cells: Sequence[Ring], corners: Sequence[Point]) -> Ring:
    """The outline of cells that lie together. An edge is divided where a corner of any cell lies on it, so that neighbours agree."""
    edges = [edge for cell in cells for edge in divided(cell, corners)]
    many = Counter(frozenset(edge) for edge in edges)
    following = {begin: end for begin, end in edges if many[frozenset((begin, end))] == 1}
    begin = next(iter(following))
    ring, point = [begin], following[begin]
    while point != begin:
        ring.append(point)
        point = following[point]
    return tuple(ring)


def divided(cell: Ring, corners: Sequence[Point]) -> list[tuple[Point, Point]]:
    found = []
    for here, there in zip(cell, (*cell[1:], cell[0]), strict=True):
        between = {exact(corner) for corner in corners if lies_on(corner, here, there)} - {exact(here), exact(there)}
        stops = [exact(here), *sorted(between, key=lambda stop: away(stop, here)), exact(there)]
        found += [(begin, end) for begin, end in zip(stops, stops[1:], strict=False) if begin != end]
    return found


def exact(point: Point) -> Point:
    return round(point[0], DIGITS + 2), round(point[1], DIGITS + 2)


def lies_on(point: Point, here: Point, there: Point) -> bool:
    length = math.sqrt(away(here, there))
    return length > 0 and math.sqrt(away(point, here)) + math.sqrt(away(point, there)) - length < 1e-9


def curved(ring: Ring) -> Ring:
    """Borders are not straight; the same edge curves the same way whoever's border it is."""
    found: list[Point] = []
    for here, there in zip(ring, (*ring[1:], ring[0]), strict=True):
        ends = sorted((here, there))
        line = bent(ends[0], ends[1], Random(f"{ends}"), 3)
        found += line[:-1] if ends[0] == here else line[::-1][:-1]
    return tuple((round(lon, DIGITS), round(lat, DIGITS)) for lon, lat in found)


def bent(here: Point, there: Point, rng: Random, depth: int) -> list[Point]:
    if not depth:
        return [here, there]
    across = (there[0] - here[0], there[1] - here[1])
    stray = CURVE * (2 * rng.random() - 1)
    half = ((here[0] + there[0]) / 2 - stray * across[1] * WIDE, (here[1] + there[1]) / 2 + stray * across[0] / WIDE)
    return [*bent(here, half, rng, depth - 1)[:-1], *bent(half, there, rng, depth - 1)]


def centre_of(ring: Ring) -> Point:
    return sum(point[0] for point in ring) / len(ring), sum(point[1] for point in ring) / len(ring)


def clearance(point: Point, ring: Ring) -> float:
    """How far it is, in degrees of latitude, to the nearest edge."""
    return min(to_edge(point, here, there) for here, there in zip(ring, (*ring[1:], ring[0]), strict=True))


def to_edge(point: Point, here: Point, there: Point) -> float:
    x, y = (there[0] - here[0]) / WIDE, there[1] - here[1]
    u, v = (point[0] - here[0]) / WIDE, point[1] - here[1]
    share = max(0.0, min(1.0, (u * x + v * y) / (x * x + y * y))) if x or y else 0.0
    return math.hypot(u - share * x, v - share * y)


def seats(district: Mapping[str, Any]) -> dict[str, tuple[Point, float]]:
    """Each community's middle, and how far around it everything is certainly its own."""
    middles = {code: (centre_of(cell), cell) for code, cell in lay_out(district).items()}
    return {code: (middle, CLEAR * clearance(middle, cell)) for code, (middle, cell) in middles.items()}


def near(seat: tuple[Point, float], east: float, north: float) -> Point:
    """A point of the community; `east` and `north` are strayings that are 1 on average and may be of any size."""
    middle, reach = seat
    far = math.hypot(east, north)
    held = math.tanh(far / 2) / far if far else 0.0
    return round(middle[0] + WIDE * reach * held * east, DIGITS), round(middle[1] + reach * held * north, DIGITS)
