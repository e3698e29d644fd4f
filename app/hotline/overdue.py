"""Who and what is late worst: shares of the tickets whose limits were judged, each with its denominator, small groups set apart."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from psycopg.rows import dict_row

from app.core.system import System
from app.hotline.queries import now_of, reading
from app.hotline.reference import Reference, reference

BY = ("unit", "type", "category")
# A ticket is judged by its total limits, of whichever level and round: late when one of them ended late, overdue when one that has not
# ended is past due. A limit that stopped without anybody telling whether it was late judges nothing.
JUDGED = """
SELECT t.type, t.category_id, t.lead_unit_id, count(*) AS n,
    count(*) FILTER (WHERE k.late) AS late, count(*) FILTER (WHERE k.overdue AND NOT k.late) AS overdue,
    min(t.registered_at) AS first, max(t.registered_at) AS last
FROM tickets t JOIN (
    SELECT root_id, coalesce(bool_or(late), false) AS late,
        coalesce(bool_or(state <> 'stopped' AND due_at <= coalesce(held_at, %(at)s)), false) AS overdue
    FROM clocks WHERE name = 'total_clock' AND (state <> 'stopped' OR late IS NOT NULL) GROUP BY root_id) k ON k.root_id = t.id
WHERE (%(from)s::timestamptz IS NULL OR t.registered_at >= %(from)s) AND (%(to)s::timestamptz IS NULL OR t.registered_at < %(to)s)
GROUP BY 1, 2, 3"""
ALL = """SELECT count(*) AS n FROM tickets t
WHERE (%(from)s::timestamptz IS NULL OR t.registered_at >= %(from)s) AND (%(to)s::timestamptz IS NULL OR t.registered_at < %(to)s)"""


@dataclass(slots=True)
class Group:
    """So many tickets were judged: `late` ended late, `overdue` have not ended and are past due."""

    name: str
    judged: int = 0
    late: int = 0
    overdue: int = 0

    @property
    def missed(self) -> int:
        return self.late + self.overdue

    @property
    def share(self) -> float:
        return self.missed / self.judged if self.judged else 0.0


@dataclass(slots=True)
class Overdue:
    """`groups` have at least the least number of judged tickets, worst first; `small` are all others together."""

    at: datetime
    tickets: int
    whole: Group
    small: Group
    first: datetime | None = None
    last: datetime | None = None
    groups: list[Group] = field(default_factory=list)
    set_apart: int = 0


def overdue(system: System, by: str, begin: datetime | None, end: datetime | None, least: int, depth: int) -> Overdue:
    """Over the tickets registered from `begin` (included) to `end` (excluded). `depth` is how far down the tree of categories."""
    with reading(system) as connection, connection.cursor(row_factory=dict_row) as cursor:
        now, epoch = now_of(system, connection)
        asked = {"at": now, "from": begin, "to": end}
        rows = cursor.execute(JUDGED, asked).fetchall()
        total = cursor.execute(ALL, asked).fetchone()
        named = reference(system.engine, epoch)
    assert total is not None  # a count always has its one row
    found = Overdue(now, total["n"], Group("all"), Group("small"))
    groups = added((name_of(named, by, row, depth), row) for row in rows)
    for group in groups.values():
        add(found.whole, group.judged, group.late, group.overdue)
        if group.judged < least:
            add(found.small, group.judged, group.late, group.overdue)
            found.set_apart += 1
    found.groups = sorted((one for one in groups.values() if one.judged >= least), key=lambda one: (-one.share, -one.missed, one.name))
    found.first, found.last = min((row["first"] for row in rows), default=None), max((row["last"] for row in rows), default=None)
    return found


def added(rows: Iterable[tuple[str, dict[str, Any]]]) -> dict[str, Group]:
    groups: dict[str, Group] = {}
    for name, row in rows:
        add(groups.setdefault(name, Group(name)), row["n"], row["late"], row["overdue"])
    return groups


def add(group: Group, judged: int, late: int, overdue: int) -> None:
    group.judged, group.late, group.overdue = group.judged + judged, group.late + late, group.overdue + overdue


def name_of(named: Reference, by: str, row: dict[str, Any], depth: int) -> str:
    """A dash stands for what the ticket does not say."""
    if by == "type":
        return str(row["type"])
    if by == "unit":
        unit = named.units.get(row["lead_unit_id"] or 0)
        return unit.name if unit else "-"
    return "／".join(path_names(named, row["category_id"], depth)) or "-"


def path_names(named: Reference, category_id: int | None, depth: int) -> Iterator[str]:
    return (category.name for category in named.path(category_id)[:depth])
