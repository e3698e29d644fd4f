"""What speaks for a candidate, and how it is shown with its reasons."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from app.core.system import System
from app.hotline.coordinates import Position
from app.hotline.items import label_of
from app.hotline.links import likeness
from app.hotline.links.likeness import Demand, Reason
from app.hotline.reference import Reference
from app.hotline.shown import category_of

SHOWN = 20
IN_WORK = frozenset({"registered", "accepted", "dispatched", "handling", "replied", "suspended"})
SAME_CITIZEN = Reason("citizen", 0, "同一诉求人（电话相同）", "the same citizen, by telephone number")
Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Sought:
    """The demand for which others are sought; `words` are its search tokens, `phones` are the hashes of its citizen's numbers,
    `without` tickets not to propose."""

    demand: Demand
    words: frozenset[str]
    title: str
    phones: frozenset[bytes]
    confidential: bool = False
    without: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Weighed:
    """A candidate for which enough speaks, and the kind of link to propose."""

    row: Row
    kind: str
    score: int
    found: Sequence[Reason]


def weighed(named: Reference, sought: Sought, row: Row, days: int) -> Iterator[Weighed]:
    """The candidate with its score and reasons, or nothing when too little speaks for it. What lies beyond the window is proposed to the
    same citizen only."""
    same = not sought.phones.isdisjoint(bytes(each) for each in (row["phone_hash"], row["calling_hash"]) if each is not None)
    if not same and beyond(sought.demand.at, row["registered_at"], days):
        return
    other = Demand(row["category_id"], row["street"], row["community"], position_of(row), row["registered_at"])
    found = [*likeness.reasons(named, sought.demand, other, days), *likeness.words(row["shared"], min(len(sought.words), row["has"]))]
    score = sum(reason.score for reason in found)
    kind = likeness.proposed(score, same, row["state"] in IN_WORK)
    if kind is not None:
        yield Weighed(row, kind, score, [SAME_CITIZEN, *found] if same else found)


def shown(system: System, named: Reference, each: Weighed, lang: str) -> dict[str, Any]:
    row = each.row
    return {
        "id": row["id"], "number": row["number"], "title": row["title"], "state": row["state"], "kind": each.kind,
        "score": min(each.score, 100), "reasons": likeness.shown(each.found, lang), "merged_into": row["merged_into"],
        "joined": row["joined"] or 0, "category": category_of(named, row["category_id"]), "street": row["street"],
        "registered_at": row["registered_at"], "state_label": label_of(system, "ticket", row["state"], lang),
        "open": row["state"] in IN_WORK,
    }  # fmt: skip


def position_of(row: Mapping[str, Any]) -> Position | None:
    if row.get("lon") is None or row.get("crs") is None:
        return None
    lon, lat = row["lon"], row["lat"]
    return Position(lon, lat, row["crs"], bool(row.get("coarse", float(lon).is_integer() and float(lat).is_integer())))


def beyond(one: datetime, other: datetime, days: int) -> bool:
    return abs(one - other) > timedelta(days=days)
