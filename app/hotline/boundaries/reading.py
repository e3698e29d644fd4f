"""A GeoJSON file as areas in WGS 84, every one checked: what breaks a rule is refused by the number of its feature, nothing is mended."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NoReturn

import orjson

from app.errors import IllFormed, TooLarge
from app.hotline.boundaries.geometry import Point, Polygon, Ring, Shape, box_of, signed_area
from app.hotline.coordinates import SYSTEMS, Position, convert

MOST_BYTES = 20 * 1024 * 1024
# A district with all its communities has some ten thousand corners; these take seconds.
MOST_FEATURES, MOST_POINTS = 20_000, 100_000
LONGEST_CODE, LONGEST_NAME = 40, 100
# Seven digits are a centimetre.
DIGITS = 7
# Mainland and islands, with a little around: what lies outside is a mistake of the file.
WEST, EAST, SOUTH, NORTH = 73.0, 136.0, 3.0, 54.0
CODES = ("adcode", "code", "CODE", "Code", "代码", "区划代码", "行政代码", "编码", "gb", "id", "ID")
NAMES = ("name", "NAME", "Name", "名称", "地名", "区划名称", "街道", "乡镇", "社区", "网格名称")
# What a file may say of itself and still be in degrees of the kind that it is imported as.
DEGREES = ("CRS84", "4326", "4490")


@dataclass(frozen=True, slots=True)
class Reading:
    """How a file is to be read: its reference system, the properties that hold code, name and unit (guessed when empty), and `only`, with
    which the code of an area must begin."""

    reference: str
    code_field: str = ""
    name_field: str = ""
    unit_field: str = ""
    only: str = ""


@dataclass(frozen=True, slots=True)
class Area:
    """One feature in WGS 84. `unit` is the code of a unit when the file names one."""

    code: str
    name: str
    unit: str
    shape: Shape


def read(content: bytes, how: Reading) -> tuple[Area, ...]:
    """The areas in the order of the file. Raises IllFormed or TooLarge with the rule that is broken."""
    if how.reference not in SYSTEMS:
        known = "、".join(SYSTEMS)
        wrong("reference", f"不认识的坐标系，可用：{known}。", f"Unknown reference system; known: {', '.join(SYSTEMS)}.")
    features = features_of(collection(content))
    fields = fields_of(features, how)
    areas: list[Area] = []
    seen: dict[str, int] = {}
    left = MOST_POINTS
    for number, feature in enumerate(features, start=1):
        code, name, unit = words_of(number, feature, fields)
        if not code.startswith(how.only):
            continue
        if code in seen:
            at(number, f"代码 {code} 与第 {seen[code]} 个要素重复", f"has the code {code} of feature {seen[code]}")
        seen[code] = number
        shape = shape_of(number, feature.get("geometry"))
        left -= sum(len(ring) for polygon in shape for ring in polygon)
        if left < 0:
            raise TooLarge(f"顶点超过 {MOST_POINTS} 个，请先简化。", f"There are more than {MOST_POINTS} corners: simplify them first.")
        areas.append(Area(code, name, unit, turned(number, shape, how.reference)))
    if not areas:
        wrong("code_prefix", f"没有代码以 {how.only} 开头的要素。", f"No feature has a code that begins with {how.only}.")
    return tuple(areas)


def collection(content: bytes) -> Mapping[str, Any]:
    if len(content) > MOST_BYTES:
        raise TooLarge(f"文件超过 {MOST_BYTES // 1024**2} MB。", f"The file is larger than {MOST_BYTES // 1024**2} MB.")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise IllFormed("文件不是 UTF-8 编码。", "The file is not UTF-8.", {"file": ["UTF-8"]}) from error
    try:
        found = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        place = f"{error.lineno}:{error.colno}"
        raise IllFormed(f"文件不是有效的 JSON（{place}）。", f"The file is not valid JSON ({place}).", {"file": ["JSON"]}) from error
    if not isinstance(found, dict) or found.get("type") != "FeatureCollection" or not isinstance(found.get("features"), list):
        wrong("file", "文件不是 GeoJSON 的 FeatureCollection。", "The file is no GeoJSON FeatureCollection.")
    told = str(found.get("crs") or "CRS84")
    if not any(system in told for system in DEGREES):
        wrong("file", "文件自称使用投影坐标系，请先转换为经纬度。", "The file says it is in a projected system: turn it into degrees.")
    return found


def features_of(found: Mapping[str, Any]) -> list[dict[str, Any]]:
    features: list[Any] = found["features"]
    if not features:
        wrong("file", "文件里没有要素。", "The file has no feature.")
    if len(features) > MOST_FEATURES:
        raise TooLarge(f"要素超过 {MOST_FEATURES} 个。", f"There are more than {MOST_FEATURES} features.")
    for number, feature in enumerate(features, start=1):
        if not isinstance(feature, dict) or not isinstance(feature.get("properties"), dict):
            at(number, "没有属性（properties）", "has no properties")
    return features


def fields_of(features: Sequence[Mapping[str, Any]], how: Reading) -> tuple[str, str, str]:
    """The properties that hold code, name and unit: as told, or the usual one that the first feature has. A name stands for its code."""
    first = features[0]["properties"]
    name = how.name_field or next((name for name in NAMES if name in first), "")
    code = how.code_field or next((name for name in CODES if name in first), name)
    if not name:
        there = ", ".join(list(first)[:20])
        wrong("name_field", f"看不出名称在哪个属性，请指明；现有：{there}。", f"Say which property holds the name; there are: {there}.")
    return code, name, how.unit_field


def words_of(number: int, feature: Mapping[str, Any], fields: tuple[str, str, str]) -> tuple[str, str, str]:
    code_field, name_field, unit_field = fields
    properties = feature["properties"]
    name, code = said(properties.get(name_field)), said(properties.get(code_field))
    for field, text, longest in ((name_field, name, LONGEST_NAME), (code_field, code, max(LONGEST_CODE, LONGEST_NAME))):
        if not text or len(text) > longest or not text.isprintable():
            at(number, f"属性 {field} 须为 1 至 {longest} 个字", f"needs 1 to {longest} characters in the property {field}")
    return code, name, said(properties.get(unit_field)) if unit_field else ""


def said(value: Any) -> str:
    """A property as text; numbers are written without a fraction, as codes are."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip() if isinstance(value, str | int | float) and not isinstance(value, bool) else ""


def shape_of(number: int, geometry: Any) -> Shape:
    kind = geometry.get("type") if isinstance(geometry, dict) else None
    if kind not in ("Polygon", "MultiPolygon"):
        at(number, f"几何须为 Polygon 或 MultiPolygon，现为 {kind or '空'}", f"is {kind or 'empty'}, not Polygon or MultiPolygon")
    given = geometry.get("coordinates")
    polygons = [given] if kind == "Polygon" else given
    if not isinstance(polygons, list) or not polygons or not all(isinstance(polygon, list) and polygon for polygon in polygons):
        at(number, "没有坐标", "has no coordinates")
    return tuple(polygon_of(number, polygon) for polygon in polygons)


def polygon_of(number: int, polygon: list[Any]) -> Polygon:
    return tuple(ring_of(number, ring) for ring in polygon)


def ring_of(number: int, ring: Any) -> Ring:
    points = tuple(point_of(number, position) for position in ring) if isinstance(ring, list) else ()
    if len(points) < 4 or len(set(points)) < 3:
        at(number, "有一个环少于三个不同的顶点", "has a ring of fewer than three different corners")
    if points[0] != points[-1]:
        at(number, "有一个环没有闭合（首尾顶点须相同）", "has a ring that is not closed: its last corner must be its first")
    return points


def point_of(number: int, position: Any) -> Point:
    """Degrees east and north; a height is left out."""
    pair = position[:2] if isinstance(position, list) else []
    if len(pair) != 2 or any(isinstance(degree, bool) or not isinstance(degree, int | float) for degree in pair):
        at(number, "坐标须为 [经度, 纬度]", "needs positions of the form [longitude, latitude]")
    lon, lat = float(pair[0]), float(pair[1])
    if not math.isfinite(lon) or not math.isfinite(lat) or abs(lon) > 360 or abs(lat) > 360:
        at(number, "坐标不是经纬度，像是投影坐标（米）", "is not in degrees but seems to be projected, in metres")
    if in_china(lat, lon) and not in_china(lon, lat):
        at(number, "经度和纬度颠倒了", "has longitude and latitude swapped")
    if not in_china(lon, lat):
        at(number, f"有顶点不在中国范围内（{lon:g}, {lat:g}）", f"has a corner outside China ({lon:g}, {lat:g})")
    return lon, lat


def in_china(lon: float, lat: float) -> bool:
    return WEST <= lon <= EAST and SOUTH <= lat <= NORTH


def turned(number: int, shape: Shape, reference: str) -> Shape:
    """In WGS 84, to the centimetre. Equal corners of neighbours stay equal, since each is reckoned from itself alone."""
    made = tuple(tuple(tuple(placed(point, reference) for point in ring) for ring in polygon) for polygon in shape)
    for polygon in made:
        west, south, east, north = box_of(polygon[0])
        if abs(signed_area(polygon[0])) < 1e-6 * (east - west) * (north - south) or east == west or north == south:
            at(number, "有一个多边形没有面积", "has a polygon without an area")
    return made


def placed(point: Point, reference: str) -> Point:
    if reference in ("wgs84", "cgcs2000"):
        return round(point[0], DIGITS), round(point[1], DIGITS)
    there = convert(Position(*point, reference, coarse=False), "wgs84")
    return round(there.lon, DIGITS), round(there.lat, DIGITS)


def at(number: int, zh: str, en: str) -> NoReturn:
    wrong(f"features.{number}", f"第 {number} 个要素{zh}。", f"Feature {number} {en}.")


def wrong(field: str, zh: str, en: str) -> NoReturn:
    raise IllFormed(zh, en, {field: [f"{zh} {en}"]})
