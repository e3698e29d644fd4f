"""A subject is hot when of late so many tickets came about it, and so much more than usual, as the pack says; found by counting."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from app.core.actors import SYSTEM, Actor
from app.core.apply import Step
from app.core.bus import Result, execute
from app.core.fire import CAUSED, act, birth
from app.core.system import System
from app.core.tx import Tx
from app.errors import Forbidden, Refused
from app.hotline.reference import Reference, reference
from rules.packs import Pack

# One at a time: two who look at once would find the same subject twice.
TURN = "SELECT pg_advisory_xact_lock(hashtextextended('hot issues', 0))"
COUNTS = """SELECT category_id, coalesce(street, '') AS street, count(*) FILTER (WHERE registered_at >= %(since)s) AS recent,
count(*) FILTER (WHERE registered_at < %(since)s) AS usual FROM tickets
WHERE registered_at >= %(before)s AND registered_at <= %(now)s AND category_id IS NOT NULL AND NOT confidential GROUP BY 1, 2"""
STANDING = "SELECT id, category_id, street FROM hot_issues WHERE ended_at IS NULL"
Subject = tuple[int, str]


@dataclass(frozen=True, slots=True)
class FindHotIssues:
    """Look for rising subjects now; those that stand already are counted anew."""

    actor: Actor
    key: str | None = None


@dataclass(frozen=True, slots=True)
class Measure:
    """What the pack calls hot: so many days, at least so many tickets, at least so many hundredths of what is usual."""

    days: int
    count: int
    rise: int

    def row(self, pack: Pack) -> str:
        return f"{pack.name}@{pack.version} parameters hot_window={self.days} hot_count={self.count} hot_rise={self.rise}"


def measure_of(pack: Pack) -> Measure | None:
    """A pack that leaves one of the three out finds none."""
    days, count, rise = (pack.parameters.get(name) for name in ("hot_window", "hot_count", "hot_rise"))
    return Measure(days, count, rise) if days and count and rise else None


def handle_find(tx: Tx, command: FindHotIssues) -> Result:
    """`detail` counts what was found and what was counted anew. Raises Refused when the pack does not say what is hot."""
    if command.actor.kind != "system" and "supervisor" not in command.actor.roles:
        raise Forbidden("热点由督办员研判。", "Hot issues are looked for by a supervisor.")
    pack = tx.system.settings.pack(tx.system.settings.current_pack)
    measure = measure_of(pack)
    if measure is None:
        raise Refused("规则包没有规定热点的标准。", "The pack does not say what a hot issue is.")
    tx.query(TURN)
    since = tx.now - timedelta(days=measure.days)
    counts = tx.query(COUNTS, {"since": since, "before": since - timedelta(days=measure.days), "now": tx.now})
    named = reference(tx.system.engine, tx.blank_root().epoch)
    totals = by_branch(named, counts)
    standing = {(row["category_id"], row["street"]): row["id"] for row in tx.query(STANDING)}
    for subject, number in sorted(standing.items(), key=lambda item: item[1]):
        recount(tx, number, *totals.get(subject, (0, 0)))
    fresh = [subject for subject in hot(named, totals, measure) if not covered(named, subject, standing)]
    for subject in fresh:
        found(tx, named, subject, totals[subject], since, measure.row(pack))
    return Result(0, "hot-issue", 0, "", 0, detail={"found": len(fresh), "counted": len(standing)})


def by_branch(named: Reference, counts: list[dict[str, Any]]) -> dict[Subject, tuple[int, int]]:
    """Each branch of the categories with all below it, in each street."""
    totals: dict[Subject, tuple[int, int]] = defaultdict(lambda: (0, 0))
    for row in counts:
        for category in named.path(row["category_id"]):
            recent, usual = totals[category.id, row["street"]]
            totals[category.id, row["street"]] = (recent + row["recent"], usual + row["usual"])
    return totals


def hot(named: Reference, totals: Mapping[Subject, tuple[int, int]], measure: Measure) -> Iterator[Subject]:
    """The narrowest branches first; what is hot in one of its parts is not told again of the whole."""
    told: set[Subject] = set()
    for subject in sorted(totals, key=lambda each: (-len(named.path(each[0])), each)):
        recent, usual = totals[subject]
        if recent >= measure.count and recent * 100 >= usual * measure.rise and subject not in told:
            yield subject
            told.update((category.id, subject[1]) for category in named.path(subject[0]))


def covered(named: Reference, subject: Subject, standing: Mapping[Subject, int]) -> bool:
    """Whether somebody judges or watches this branch already, a part of it, or the whole that it belongs to."""
    above = {category.id for category in named.path(subject[0])}
    return any(
        street == subject[1] and (category in above or subject[0] in {each.id for each in named.path(category)})
        for category, street in standing
    )


def found(tx: Tx, named: Reference, subject: Subject, counted: tuple[int, int], since: datetime, row: str) -> None:
    category, street = subject
    words = " · ".join(part for part in (street, named.categories[category].name) if part)
    data = {"category_id": category, "street": street, "title": words, "recent": 0, "usual": 0, "window_from": since, "found_by_row": row}
    told = {"category": category, "recent": counted[0], "usual": counted[1], **({"street_name": street} if street else {})}
    birth(tx, "hot-issue", told, data)


def recount(tx: Tx, issue: int, recent: int, usual: int) -> None:
    root = tx.root_of("hot-issue", issue)
    case = root.top()
    if case.open and (case.data["recent"], case.data["usual"]) != (recent, usual):
        act(Step(tx, root, case, "recount", {"recent": recent, "usual": usual}), CAUSED)


def look(system: System) -> None:
    """Once an hour, where the pack says what is hot."""
    if measure_of(system.settings.pack(system.settings.current_pack)) is not None:
        execute(system, FindHotIssues(SYSTEM))


HANDLERS: Mapping[Any, Any] = {FindHotIssues: handle_find}
