"""Positions: every conversion goes there and back, and every impossible position has its own sentence."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.hotline.coordinates import (
    SYSTEMS,
    BadCoordinate,
    Position,
    bd_to_gcj,
    check,
    convert,
    gcj_to_bd,
    gcj_to_wgs,
    wgs_to_gcj,
)

LONS = st.floats(75.0, 134.0)
LATS = st.floats(4.0, 53.0)


def metres(a: tuple[float, float], b: tuple[float, float]) -> float:
    east = (a[0] - b[0]) * 111_320 * math.cos(math.radians(a[1]))
    return math.hypot(east, (a[1] - b[1]) * 110_570)


@given(LONS, LATS)
def test_wgs_to_gcj_and_back_stays_within_1e_8_degrees(lon: float, lat: float) -> None:
    back = gcj_to_wgs(*wgs_to_gcj(lon, lat))
    assert abs(back[0] - lon) < 1e-8 and abs(back[1] - lat) < 1e-8


@given(LONS, LATS)
def test_gcj_to_bd_and_back_stays_within_1e_8_degrees(lon: float, lat: float) -> None:
    back = bd_to_gcj(*gcj_to_bd(lon, lat))
    assert abs(back[0] - lon) < 1e-8 and abs(back[1] - lat) < 1e-8


@given(LONS, LATS)
def test_the_shift_is_hundreds_of_metres_never_zero_nor_kilometres(lon: float, lat: float) -> None:
    assert 5 < metres((lon, lat), wgs_to_gcj(lon, lat)) < 1500


@given(LONS, LATS, st.sampled_from(SYSTEMS), st.sampled_from(SYSTEMS))
def test_any_system_to_any_other_and_back(lon: float, lat: float, first: str, second: str) -> None:
    start = Position(lon, lat, first, coarse=False)
    back = convert(convert(start, second), first)
    assert abs(back.lon - lon) < 1e-7 and abs(back.lat - lat) < 1e-7 and back.crs == first


def test_a_published_pair_of_positions() -> None:
    # Tiananmen in the three systems, as commonly published for the coordtransform libraries.
    assert wgs_to_gcj(116.404, 39.915) == pytest.approx((116.41024449916938, 39.91640428150164), abs=1e-9)
    assert gcj_to_bd(116.404, 39.915) == pytest.approx((116.41036949371029, 39.92133699351021), abs=1e-9)


def test_outside_china_nothing_is_shifted() -> None:
    assert wgs_to_gcj(-76.6, 39.3) == (-76.6, 39.3)


@pytest.mark.parametrize(
    ("lon", "lat", "crs", "field", "word"),
    [
        (113.3, None, "gcj02", "lat", "同时"),
        (None, 23.1, "gcj02", "lon", "同时"),
        (213.3, 23.1, "gcj02", "lon", "-180"),
        (-76.6, 91.0, "wgs84", "lat", "-90"),
        (23.1, 113.3, "gcj02", "lon", "颠倒"),
        (39.9, 75.0, "wgs84", "lon", "颠倒"),
        (113.3, 23.1, None, "crs", "缺少"),
        (113.3, 23.1, " ", "crs", "缺少"),
        (113.3, 23.1, "mars", "crs", "不认识"),
        (0.0, 0.0, "wgs84", "lon", "(0, 0)"),
        (math.nan, 23.1, "wgs84", "lon", "数字"),
        (math.inf, 1.0, "wgs84", "lon", "数字"),
    ],
)
def test_an_impossible_position_has_its_own_sentence(
    lon: float | None,
    lat: float | None,
    crs: str | None,
    field: str,
    word: str,
) -> None:
    with pytest.raises(BadCoordinate) as caught:
        check(lon, lat, crs)
    assert caught.value.field == field and word in caught.value.zh and caught.value.en


def test_whole_degrees_are_accepted_but_marked_coarse() -> None:
    rounded, exact = check(-77.0, 39.0, "wgs84"), check(-76.6, 39.0, "WGS84")
    assert rounded is not None and rounded.coarse
    assert exact is not None and not exact.coarse and exact.crs == "wgs84"
    assert check(None, None, None) is None
