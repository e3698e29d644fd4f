"""The made-up map: no gap, no overlap, whatever is told of a place lies within the street that it names."""

from __future__ import annotations

from random import Random

import pytest

from app.hotline.coordinates import Position, convert
from app.simulation.arrivals import Season
from app.simulation.demand import SHIFTED, demand_of, places_of
from app.simulation.geography import boundaries, near, of_kind, seats
from app.simulation.run import START
from rules.packs import shipped_districts

DISTRICT = shipped_districts()["demo-district"]
KINDS = {"street": ("street", "town"), "community": ("community", "village"), "district": ("centre",)}
Ring = list[list[float]]


def rings(kind: str) -> dict[str, Ring]:
    return {each["properties"]["code"]: each["geometry"]["coordinates"][0] for each in of_kind(boundaries(DISTRICT), kind)["features"]}


def area(ring: Ring) -> float:
    return sum(a[0] * b[1] - b[0] * a[1] for a, b in zip(ring, ring[1:], strict=False)) / 2


def holds(ring: Ring, lon: float, lat: float) -> bool:
    """Whether a line to the east crosses the ring an odd number of times."""
    crossed = [
        (a[1] > lat) != (b[1] > lat) and lon < (b[0] - a[0]) * (lat - a[1]) / (b[1] - a[1]) + a[0]
        for a, b in zip(ring, ring[1:], strict=False)
    ]
    return sum(crossed) % 2 == 1


@pytest.mark.parametrize("kind", KINDS)
def test_every_unit_with_a_place_has_one_closed_ring(kind: str) -> None:
    found = rings(kind)
    assert set(found) == {unit["code"] for unit in DISTRICT["unit"] if unit["kind"] in KINDS[kind]}
    assert all(ring[0] == ring[-1] and len(ring) > 20 and area(ring) > 0 for ring in found.values())


def test_streets_and_communities_divide_the_district_without_a_gap() -> None:
    whole = area(rings("district")["centre"])
    for kind in ("street", "community"):
        assert sum(map(area, rings(kind).values())) == pytest.approx(whole, rel=1e-9)
        edges = [frozenset((tuple(a), tuple(b))) for ring in rings(kind).values() for a, b in zip(ring, ring[1:], strict=False)]
        assert max(map(edges.count, edges)) == 2


def test_the_same_district_has_the_same_map() -> None:
    assert boundaries(DISTRICT) == boundaries(DISTRICT)


def test_whatever_strays_from_a_seat_stays_in_its_community() -> None:
    streets, rng = rings("street"), Random(1)
    parent = {unit["code"]: unit.get("parent") for unit in DISTRICT["unit"]}
    communities = rings("community")
    for code, seat in seats(DISTRICT).items():
        for far in (0.0, 1.0, 3.0, 1000.0):
            lon, lat = near(seat, far * rng.gauss(0, 1), far * rng.gauss(0, 1))
            assert holds(communities[code], lon, lat) and holds(streets[parent[code]], lon, lat)


def test_every_demand_has_a_point_in_its_street_in_the_system_that_its_channel_speaks() -> None:
    streets, places = rings("street"), places_of(DISTRICT)
    told = [demand_of(arrival, places) for arrival in Season(START, 2, 60, 3).arrivals()]
    assert {demand.location["crs"] for demand in told} == {"wgs84", "gcj02"}
    for demand in told:
        assert (demand.location["crs"] == "gcj02") == (demand.fields["channel"] in SHIFTED)
        point = convert(Position(demand.location["lon"], demand.location["lat"], demand.location["crs"], False), "wgs84")
        assert holds(streets[demand.street], point.lon, point.lat)
