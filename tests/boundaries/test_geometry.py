"""Every point of the district lies in exactly one of its streets, and what is drawn stays near the truth without a gap."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from app.hotline.boundaries.drawing import drawn, tolerance_for
from app.hotline.boundaries.geometry import box_of, contains, label_point, metres_between, signed_area
from tests.factories.boundaries import SIDE, SOUTH, WEST, quarters, whole

SHAPES = [((tuple(ring),),) for ring in quarters()]
DISTRICT = ((tuple(whole()),),)
LONS = st.floats(WEST - 0.01, WEST + SIDE + 0.01)
LATS = st.floats(SOUTH - 0.01, SOUTH + SIDE + 0.01)
CORNERS = st.sampled_from(sorted({corner for ring in quarters() for corner in ring}))
HOLED = ((((0.0, 0.0), (4.0, 0.0), (4.0, 4.0), (0.0, 4.0), (0.0, 0.0)), ((1.0, 1.0), (1.0, 3.0), (3.0, 3.0), (3.0, 1.0), (1.0, 1.0))),)
BOX = (WEST, SOUTH, WEST + SIDE, SOUTH + SIDE)


@given(LONS, LATS)
def test_a_point_of_the_district_is_in_one_street_and_one_outside_in_none(lon: float, lat: float) -> None:
    assert sum(contains(shape, (lon, lat)) for shape in SHAPES) == contains(DISTRICT, (lon, lat))


@given(CORNERS)
def test_a_corner_that_streets_share_is_in_one_of_them(corner: tuple[float, float]) -> None:
    assert sum(contains(shape, corner) for shape in SHAPES) == contains(DISTRICT, corner)


def test_a_hole_is_outside_and_the_label_is_not_in_it() -> None:
    assert contains(HOLED, (0.5, 2.0))
    assert not contains(HOLED, (2.0, 2.0))
    assert contains(HOLED, label_point(HOLED))


def test_labels_stand_inside() -> None:
    assert all(contains(shape, label_point(shape)) for shape in SHAPES)


def test_a_ring_has_the_area_of_its_corners_whichever_way_it_runs() -> None:
    outer = HOLED[0][0]
    assert signed_area(outer) == 16.0
    assert signed_area(outer[::-1]) == -16.0


def test_neighbours_are_drawn_with_the_same_line_and_fewer_corners() -> None:
    few = drawn(SHAPES, tolerance_for(BOX))
    sides = [side for shape in few for ring in shape[0] for side in zip(ring, ring[1:], strict=False)]
    outline = drawn([*SHAPES, DISTRICT], tolerance_for(BOX))[-1][0][0]
    inner = {frozenset(side) for side in sides} - {frozenset(side) for side in zip(outline, outline[1:], strict=False)}
    assert inner
    assert all(sum(frozenset(side) == line for side in sides) == 2 for line in inner)
    assert sum(len(shape[0][0]) for shape in few) < sum(len(shape[0][0]) for shape in SHAPES) * 0.75


def test_what_is_drawn_lies_within_the_tolerance() -> None:
    few = drawn(SHAPES, 0.0005)
    for shape, simple in zip(SHAPES, few, strict=True):
        for corner in simple[0][0]:
            assert min(metres_between(corner, true) for true in shape[0][0]) < 1
        for mine, theirs in zip(box_of(simple[0][0]), box_of(shape[0][0]), strict=True):
            assert abs(mine - theirs) <= 0.0006


def test_an_island_and_the_hole_around_it_are_drawn_alike() -> None:
    island = tuple((round(2 + lon * 10 - WEST * 10, 6), round(2 + lat * 10 - SOUTH * 10, 6)) for lon, lat in quarters()[0])
    sea = (((0.0, 0.0), (9.0, 0.0), (9.0, 9.0), (0.0, 9.0), (0.0, 0.0)), island[::-1])
    around, inside = drawn([(sea,), ((island,),)], 0.01)
    assert set(around[0][1]) == set(inside[0][0])
    assert len(inside[0][0]) < len(island)


def test_a_ring_that_would_fall_together_keeps_its_corners() -> None:
    tiny = ((0.0, 0.0), (0.001, 0.0), (0.001, 0.001), (0.0, 0.001), (0.0, 0.0))
    assert drawn([((tiny,),)], 1.0) == [((tiny,),)]
