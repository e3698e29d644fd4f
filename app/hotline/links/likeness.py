"""How alike two demands are: place, category, time and words, each with its share of a hundred and its reason in words; pure."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.hotline.coordinates import Position, convert
from app.hotline.reference import Reference

PLACE, CATEGORY, TIME, WORDS = 30, 20, 10, 40
# Metres, and the part of the share for place that they still earn.
NEARNESS = ((100, 1.0), (300, 0.8), (1000, 0.4))
# From here on two demands are proposed as one fact, or as similar; below, they are not proposed.
SAME_FACT, SIMILAR = 60, 30
EARTH = 6_371_000.0


@dataclass(frozen=True, slots=True)
class Demand:
    """What is compared of a ticket, or of one still being typed, beside its words."""

    category_id: int | None
    street: str | None
    community: str | None
    position: Position | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Reason:
    """One thing that speaks for it, out of a hundred altogether."""

    code: str
    score: int
    zh: str
    en: str


def reasons(named: Reference, one: Demand, other: Demand, days: int) -> list[Reason]:
    """All of them but those of the words."""
    return [*place(one, other), *category(named, one, other), *time(one, other, days)]


def place(one: Demand, other: Demand) -> Iterator[Reason]:
    """Metres count before names; a position of whole degrees names a region, not a place."""
    if one.position and other.position and not (one.position.coarse or other.position.coarse):
        metres = apart(one.position, other.position)
        for within, part in NEARNESS:
            if metres <= within:
                yield Reason("place", round(PLACE * part), f"相距约 {metres:.0f} 米", f"about {metres:.0f} m apart")
                return
    elif one.community and one.community == other.community:
        yield Reason("place", round(PLACE * 0.8), f"同在{one.community}", f"both in {one.community}")
    elif one.street and one.street == other.street:
        yield Reason("place", round(PLACE * 0.5), f"同在{one.street}", f"both in {one.street}")


def apart(one: Position, other: Position) -> float:
    """Metres on the sphere, both positions in one reference system."""
    a, b = convert(one, "wgs84"), convert(other, "wgs84")
    north, east = math.radians(b.lat - a.lat), math.radians(b.lon - a.lon)
    half = math.sin(north / 2) ** 2 + math.cos(math.radians(a.lat)) * math.cos(math.radians(b.lat)) * math.sin(east / 2) ** 2
    return 2 * EARTH * math.asin(math.sqrt(half))


def category(named: Reference, one: Demand, other: Demand) -> Iterator[Reason]:
    if one.category_id is None or other.category_id is None:
        return
    if one.category_id == other.category_id:
        name = named.categories[one.category_id].name
        yield Reason("category", CATEGORY, f"同为“{name}”", f"both “{name}”")
        return
    shared = [a for a, b in zip(named.path(one.category_id), named.path(other.category_id), strict=False) if a == b]
    if shared:
        yield Reason("category", CATEGORY // 2, f"同属“{shared[-1].name}”", f"both under “{shared[-1].name}”")


def time(one: Demand, other: Demand, days: int) -> Iterator[Reason]:
    """The nearer in time, the more; nothing beyond the window of the pack."""
    between = abs((one.at - other.at).total_seconds()) / 86400
    score = round(TIME * (1 - between / days)) if between < days else 0
    if score > 0:
        whole = int(between)
        yield Reason("time", score, f"相隔 {whole} 天" if whole else "同一天前后", f"{whole} days apart" if whole else "within a day")


def words(both: int, least: int) -> Iterator[Reason]:
    """The share of the words of the shorter text, of which there are `least`, that stand in the other one too."""
    shared = both / least if least else 0.0
    if round(WORDS * shared) > 0:
        yield Reason("words", round(WORDS * shared), f"文字相近 {shared:.0%}", f"{shared:.0%} of the words alike")


def proposed(score: int, same_citizen: bool, in_work: bool) -> str | None:
    """Which kind of link to propose: the same citizen again is a repeat before anything else."""
    if score < SIMILAR:
        return "repeat" if same_citizen else None
    if same_citizen:
        return "repeat"
    return "same_fact" if score >= SAME_FACT and in_work else "similar"


def shown(found: Sequence[Reason], lang: str) -> list[Mapping[str, Any]]:
    return [{"code": each.code, "score": each.score, "words": each.en if lang == "en" else each.zh} for each in found]
