"""Whether new boundaries belong where the others lie, in which system they would fit, and which unit answers for each of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from app.errors import Refused
from app.hotline.boundaries.geometry import METRES_A_DEGREE, Box, box_around, box_of, metres_between, rings
from app.hotline.boundaries.reading import Area
from app.hotline.coordinates import Position, convert
from app.hotline.reference import AREAS, UnitName

# A street may reach a little over an outline that was drawn with less care.
MARGIN = 2000 / METRES_A_DEGREE
# The systems differ by hundreds of metres: an outline that misses by so much, while another system hits, was given under the wrong name.
MISSES, HITS = 150.0, 60.0
SHIFTED = ("wgs84", "gcj02", "bd09")
OFFICES = ("街道办事处", "人民政府", "社区居民委员会", "社区居委会", "居民委员会", "居委会", "村民委员会", "村委会")
SAME = {"街道办事处": "街道", "社区居民委员会": "社区", "社区居委会": "社区", "村民委员会": "村", "村委会": "村"}
ANSWERING: Mapping[str, frozenset[str]] = {
    "district": frozenset(),
    "street": frozenset({"street", "town"}),
    "community": frozenset({"community", "village"}),
    "grid": AREAS,
}


def box_of_area(area: Area) -> Box:
    return box_of(point for ring in rings(area.shape) for point in ring)


def must_lie_within(areas: Sequence[Area], boxes: Sequence[Box], district: Box) -> None:
    """Raises Refused with the first area that lies wholly outside the district's box."""
    west, south, east, north = district[0] - MARGIN, district[1] - MARGIN, district[2] + MARGIN, district[3] + MARGIN
    for number, (area, box) in enumerate(zip(areas, boxes, strict=True), start=1):
        if box[2] < west or box[0] > east or box[3] < south or box[1] > north:
            raise Refused(
                f"第 {number} 个区域“{area.name}”不在现有的区界之内或附近。",
                f"Area {number}, {area.name}, lies neither within nor near the boundary of the district.",
            )


def must_fit(reference: str, boxes: Sequence[Box], known: Mapping[str, Box]) -> None:
    """Raises Refused when what is known already has the same extent in another system than the one the file is said to be in, unless
    something else that is known fits as told."""
    told = "wgs84" if reference == "cgcs2000" else reference
    whole = box_around(boxes)
    if any(off(whole, box) < HITS for box in known.values()):
        return
    for kind, box in known.items():
        misses = {system: off(moved(whole, told, system), box) for system in SHIFTED}
        best = min(misses, key=lambda system: misses[system])
        if misses[told] > MISSES and misses[best] < HITS:
            raise Refused(
                f"坐标系可能标错：按 {reference} 与现有的 {kind} 界相差 {misses[told]:.0f} 米，按 {best} 只差 {misses[best]:.0f} 米。"
                "确认无误时请注明 sure。",
                f"The reference system seems wrong: as {reference} it misses the known {kind} by {misses[told]:.0f} m, as {best} by"
                f" {misses[best]:.0f} m. Say `sure` to import it all the same.",
            )


def moved(box: Box, told: str, system: str) -> Box:
    """Where a box that was turned from one system into WGS 84 would lie, had the file been in another."""
    corners = []
    for corner in ((box[0], box[1]), (box[2], box[3])):
        given = convert(Position(*corner, "wgs84", coarse=False), told)
        there = convert(Position(given.lon, given.lat, system, coarse=False), "wgs84")
        corners.append((there.lon, there.lat))
    return (*corners[0], *corners[1])


def off(one: Box, other: Box) -> float:
    """Metres between the corners of two boxes, the worse of both."""
    return max(metres_between(one[:2], other[:2]), metres_between(one[2:], other[2:]))


def unit_for(area: Area, kind: str, units: Sequence[UnitName]) -> int | None:
    """The open unit that the file names by code, or that has the area's code or name, its office's title apart. Two that fit are none."""
    if area.unit:
        named = [unit for unit in units if unit.code == area.unit]
        return named[0].id if named else None
    fitting = [unit for unit in units if unit.kind in ANSWERING[kind]]
    for same in (
        [unit for unit in fitting if unit.code == area.code],
        [unit for unit in fitting if unit.name == area.name],
        [unit for unit in fitting if plain(unit.name) == plain(area.name)],
    ):
        if same:
            return same[0].id if len(same) == 1 else None
    return None


def plain(name: str) -> str:
    """青石街道 for 青石街道办事处: the place without the title of its office."""
    for office in OFFICES:
        if name.endswith(office):
            return name.removesuffix(office) + SAME.get(office, "")
    return name
