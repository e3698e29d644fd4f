"""A file in any of the four systems gives the same areas; one that breaks a rule is refused by the number of its feature."""

from __future__ import annotations

import json
from typing import Any

import pytest

from app.errors import IllFormed, TooLarge
from app.hotline.boundaries.geometry import metres_between
from app.hotline.boundaries.reading import MOST_BYTES, Reading, read
from tests.factories.boundaries import collection, feature, quarters, streets

WGS = Reading("wgs84")
SQUARE = [(114.3, 22.6), (114.4, 22.6), (114.4, 22.7), (114.3, 22.7), (114.3, 22.6)]


def geometry(kind: str, coordinates: Any) -> bytes:
    good = feature(SQUARE, code="1", name="甲")
    bad = {"type": "Feature", "properties": {"code": "2", "name": "乙"}, "geometry": {"type": kind, "coordinates": coordinates}}
    return collection(good, bad)


@pytest.mark.parametrize("reference", ["wgs84", "cgcs2000", "gcj02", "bd09"])
def test_each_system_comes_to_the_same_place_within_a_decimetre(reference: str) -> None:
    areas = read(streets(reference), Reading(reference))
    for area, ring in zip(areas, quarters(), strict=True):
        assert all(metres_between(mine, true) < 0.1 for mine, true in zip(area.shape[0][0], ring, strict=True))


def test_neighbours_still_share_their_corners_after_the_conversion() -> None:
    one, other = (set(area.shape[0][0]) for area in read(streets("gcj02"), Reading("gcj02"))[:2])
    assert len(one & other) > 30


def test_code_and_name_are_guessed_and_numbers_are_codes_without_a_fraction() -> None:
    (area,) = read(collection(feature(SQUARE, adcode=440310.0, 名称="坪山区")), WGS)
    assert (area.code, area.name, area.unit) == ("440310", "坪山区", "")


def test_the_properties_may_be_named_and_the_name_stands_for_a_missing_code() -> None:
    content = collection(feature(SQUARE, JDMC="青石街道", DW="qshj"))
    (area,) = read(content, Reading("wgs84", name_field="JDMC", unit_field="DW"))
    assert (area.code, area.name, area.unit) == ("青石街道", "青石街道", "qshj")


def test_only_codes_that_begin_as_asked() -> None:
    areas = read(streets(), Reading("wgs84", only="440399"))
    assert [area.code for area in areas] == ["440399002000", "440399003000", "440399004000"]
    with pytest.raises(IllFormed, match="440305"):
        read(streets(), Reading("wgs84", only="440305"))


def test_heights_are_left_out_a_byte_order_mark_is_borne_and_islands_are_kept() -> None:
    high = [[lon, lat, 12.5] for lon, lat in SQUARE]
    far = [[lon + 0.2, lat] for lon, lat in SQUARE]
    several = {"type": "MultiPolygon", "coordinates": [[high], [far]]}
    content = collection({"type": "Feature", "properties": {"code": 1, "name": "甲"}, "geometry": several})
    (area,) = read(b"\xef\xbb\xbf" + content, WGS)
    assert area.shape[0][0] == tuple(SQUARE)
    assert len(area.shape) == 2


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("街道".encode("gbk"), "UTF-8"),
        (b"{", "JSON"),
        (b"[]", "FeatureCollection"),
        (b'{"type": "Feature"}', "FeatureCollection"),
        (collection(), "没有要素"),
        (collection(7), "第 1 个要素没有属性"),
        (collection(feature(SQUARE, other="x")), "哪个属性"),
        (collection(feature(SQUARE, code="1", name="甲"), feature(SQUARE, code="2", name=None)), "第 2 个要素属性 name"),
        (collection(feature(SQUARE, code="1", name="甲\u202e乙")), "第 1 个要素属性 name"),
        (collection(feature(SQUARE, code="1", name="甲"), feature(SQUARE, code="1", name="乙")), "第 2 个要素代码 1 与第 1 个要素重复"),
        (collection(feature(SQUARE, code="1", name="甲"), crs={"properties": {"name": "urn:ogc:def:crs:EPSG::3857"}}), "投影"),
        (geometry("Point", [114.3, 22.6]), "第 2 个要素几何须为 Polygon"),
        (geometry("Polygon", []), "第 2 个要素没有坐标"),
        (geometry("MultiPolygon", [[[[114.3, 22.6]]]]), "第 2 个要素有一个环少于三个"),
        (geometry("Polygon", [[[114.3, 22.6], [114.4, 22.6], [114.4, 22.7], [114.3, 22.7]]]), "第 2 个要素有一个环没有闭合"),
        (geometry("Polygon", [[["114.3", 22.6]]]), "第 2 个要素坐标须为"),
        (geometry("Polygon", [[[True, 22.6]]]), "第 2 个要素坐标须为"),
        (geometry("Polygon", [[[114.3]]]), "第 2 个要素坐标须为"),
        (geometry("Polygon", [[[22.6, 114.3]]]), "第 2 个要素经度和纬度颠倒"),
        (geometry("Polygon", [[[12724000.0, 2583000.0]]]), "第 2 个要素坐标不是经纬度"),
        (geometry("Polygon", [[[2.35, 48.85]]]), "第 2 个要素有顶点不在中国"),
        (geometry("Polygon", [[[114.3, 22.6], [114.4, 22.7], [114.5, 22.8], [114.3, 22.6]]]), "第 2 个要素有一个多边形没有面积"),
    ],
)
def test_what_is_wrong_is_named(content: bytes, words: str) -> None:
    with pytest.raises(IllFormed, match=words):
        read(content, WGS)


def test_an_unknown_system_and_a_file_that_is_too_large_are_refused() -> None:
    with pytest.raises(IllFormed, match="坐标系"):
        read(streets(), Reading("epsg:4326"))
    with pytest.raises(TooLarge):
        read(b" " * (MOST_BYTES + 1), WGS)


def test_too_many_corners_are_refused() -> None:
    lon = [[114.3 + step * 1e-7, 22.6] for step in range(100_001)]
    given = {"type": "Polygon", "coordinates": [[*lon, [114.3, 22.7], [114.3, 22.6]]]}
    content = json.dumps({"type": "FeatureCollection", "features": [{"properties": {"name": "甲"}, "geometry": given}]}).encode()
    with pytest.raises(TooLarge, match="100000"):
        read(content, WGS)
