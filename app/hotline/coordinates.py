"""A position is a pair of degrees with its reference system; conversion happens at the edge, nothing is guessed."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

# CGCS2000 and WGS 84 differ by centimetres, below any address, so one stands for the other in a conversion.
SYSTEMS: Final = ("cgcs2000", "wgs84", "gcj02", "bd09")

_AXIS: Final = 6378245.0
_ECCENTRICITY: Final = 0.00669342162296594323
_BD_PI: Final = math.pi * 3000.0 / 180.0
# The bounds inside which the published GCJ-02 shift is applied; outside them the shifted and the plain position agree.
_WEST, _EAST, _SOUTH, _NORTH = 72.004, 137.8347, 0.8293, 55.8271

Degrees = tuple[float, float]


class BadCoordinate(ValueError):
    """A position that is refused: the field at fault and the sentence in both languages."""

    def __init__(self, field: str, zh: str, en: str) -> None:
        super().__init__(f"{zh} {en}")
        self.field, self.zh, self.en = field, zh, en


@dataclass(frozen=True, slots=True)
class Position:
    """Degrees in `crs`; `coarse` says that both were rounded to whole degrees and name a region, not a place."""

    lon: float
    lat: float
    crs: str
    coarse: bool


def check(lon: float | None, lat: float | None, crs: str | None) -> Position | None:
    """The position if it can be one, None when nothing was given; raises BadCoordinate with its own sentence otherwise."""
    if lon is None and lat is None:
        return None
    if lon is None or lat is None:
        missing = "lon" if lon is None else "lat"
        raise BadCoordinate(missing, "经度和纬度必须同时填写。", "Longitude and latitude must be given together.")
    _refuse_impossible(lon, lat)
    if crs is None or not crs.strip():
        raise BadCoordinate(
            "crs",
            f"缺少坐标系，请注明 {'、'.join(SYSTEMS)} 之一。",
            f"The coordinate reference system is missing: name one of {', '.join(SYSTEMS)}.",
        )
    name = crs.strip().lower()
    if name not in SYSTEMS:
        raise BadCoordinate(
            "crs", f"不认识的坐标系，可用：{'、'.join(SYSTEMS)}。", f"Unknown coordinate reference system; known: {', '.join(SYSTEMS)}."
        )
    return Position(lon, lat, name, coarse=float(lon).is_integer() and float(lat).is_integer())


def _refuse_impossible(lon: float, lat: float) -> None:
    if not (math.isfinite(lon) and math.isfinite(lat)):
        raise BadCoordinate("lon", "坐标不是有效的数字。", "The coordinates are not finite numbers.")
    if _inside_china(lat, lon) and not _inside_china(lon, lat) and (abs(lat) > 90 or lat > _NORTH):
        raise BadCoordinate("lon", "经度和纬度似乎颠倒了，请对调后再试。", "Longitude and latitude seem to be swapped.")
    if abs(lon) > 180:
        raise BadCoordinate("lon", "经度必须在 -180 到 180 之间。", "Longitude must lie between -180 and 180.")
    if abs(lat) > 90:
        raise BadCoordinate("lat", "纬度必须在 -90 到 90 之间。", "Latitude must lie between -90 and 90.")
    if lon == 0 and lat == 0:
        raise BadCoordinate(
            "lon", "坐标为 (0, 0)，这通常表示没有定位成功。", "The coordinates are (0, 0), which usually means that no position was found."
        )


def convert(position: Position, to: str) -> Position:
    """The same place in another system: WGS 84 is the hub, so two steps at most."""
    if to not in SYSTEMS:
        raise ValueError(f"unknown reference system {to!r}")
    lon, lat = _TO_WGS[position.crs](position.lon, position.lat)
    lon, lat = _FROM_WGS[to](lon, lat)
    return Position(lon, lat, to, position.coarse)


def wgs_to_gcj(lon: float, lat: float) -> Degrees:
    """WGS 84 degrees to GCJ-02 degrees; unchanged outside the bounds of the shift."""
    if not _inside_china(lon, lat):
        return lon, lat
    east, north = _shift(lon, lat)
    return lon + east, lat + north


def gcj_to_wgs(lon: float, lat: float) -> Degrees:
    """The inverse, by fixed-point iteration: the shift varies slowly, so a few rounds reach 1e-9 degrees."""
    if not _inside_china(lon, lat):
        return lon, lat
    guess_lon, guess_lat = lon, lat
    for _ in range(20):
        east, north = _shift(guess_lon, guess_lat)
        next_lon, next_lat = lon - east, lat - north
        moved = max(abs(next_lon - guess_lon), abs(next_lat - guess_lat))
        guess_lon, guess_lat = next_lon, next_lat
        if moved < 1e-11:
            break
    return guess_lon, guess_lat


def gcj_to_bd(lon: float, lat: float) -> Degrees:
    """GCJ-02 degrees to BD-09 degrees."""
    radius = math.hypot(lon, lat) + 0.00002 * math.sin(lat * _BD_PI)
    angle = math.atan2(lat, lon) + 0.000003 * math.cos(lon * _BD_PI)
    return radius * math.cos(angle) + 0.0065, radius * math.sin(angle) + 0.006


def bd_to_gcj(lon: float, lat: float) -> Degrees:
    """The inverse of gcj_to_bd, iterated, for the published closed form is off by a metre."""
    guess_lon, guess_lat = lon - 0.0065, lat - 0.006
    for _ in range(20):
        forth_lon, forth_lat = gcj_to_bd(guess_lon, guess_lat)
        guess_lon, guess_lat = guess_lon + lon - forth_lon, guess_lat + lat - forth_lat
        if max(abs(lon - forth_lon), abs(lat - forth_lat)) < 1e-11:
            break
    return guess_lon, guess_lat


def _inside_china(lon: float, lat: float) -> bool:
    return _WEST <= lon <= _EAST and _SOUTH <= lat <= _NORTH


def _shift(lon: float, lat: float) -> Degrees:
    """The published GCJ-02 shift at a WGS 84 position, in degrees east and north."""
    x, y = lon - 105.0, lat - 35.0
    common = 20.0 * (math.sin(6.0 * x * math.pi) + math.sin(2.0 * x * math.pi))
    root = math.sqrt(abs(x))
    east = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root
    east += (
        (
            common
            + 20.0 * math.sin(x * math.pi)
            + 40.0 * math.sin(x / 3.0 * math.pi)
            + 150.0 * math.sin(x / 12.0 * math.pi)
            + 300.0 * math.sin(x / 30.0 * math.pi)
        )
        * 2.0
        / 3.0
    )
    north = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root
    north += (
        (
            common
            + 20.0 * math.sin(y * math.pi)
            + 40.0 * math.sin(y / 3.0 * math.pi)
            + 160.0 * math.sin(y / 12.0 * math.pi)
            + 320.0 * math.sin(y * math.pi / 30.0)
        )
        * 2.0
        / 3.0
    )
    radians = math.radians(lat)
    magic = 1.0 - _ECCENTRICITY * math.sin(radians) ** 2
    along = _AXIS / math.sqrt(magic) * math.cos(radians)
    across = _AXIS * (1.0 - _ECCENTRICITY) / (magic * math.sqrt(magic))
    return math.degrees(east / along), math.degrees(north / across)


def _same(lon: float, lat: float) -> Degrees:
    return lon, lat


_TO_WGS: Final[dict[str, Callable[[float, float], Degrees]]] = {
    "wgs84": _same,
    "cgcs2000": _same,
    "gcj02": gcj_to_wgs,
    "bd09": lambda lon, lat: gcj_to_wgs(*bd_to_gcj(lon, lat)),
}
_FROM_WGS: Final[dict[str, Callable[[float, float], Degrees]]] = {
    "wgs84": _same,
    "cgcs2000": _same,
    "gcj02": wgs_to_gcj,
    "bd09": lambda lon, lat: gcj_to_bd(*wgs_to_gcj(lon, lat)),
}
