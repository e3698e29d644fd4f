"""What is on the rise: open hot issues, open collective complaints, and the branches of matters of which more come than usual."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import timedelta
from math import inf
from typing import Any, Final

from app.clock import local
from app.core.actors import Actor
from app.core.system import System
from app.hotline.queries import now_of, reading, run
from app.hotline.reference import Reference, reference
from app.hotline.shown import category_of, unit_of
from app.overview.days import WEEKS, categories
from app.overview.scope import Scope, scope_of, seen
from app.overview.streets import Condition

# A pack that does not say what a rise is: a week, ten demands, half as many again as usual.
WINDOW, COUNT, RISE = "hot_window", "hot_count", "hot_rise"
OTHERWISE: Final[Mapping[str, int]] = {WINDOW: 7, COUNT: 10, RISE: 150}
MOST: Final = 20
ISSUES = """SELECT x.id, c.state, x.category_id, x.street, x.unit_id, x.recent, x.usual, x.window_from
FROM hot_issues x JOIN cases c ON c.id = x.id WHERE c.open AND {seen} ORDER BY x.recent DESC, x.id LIMIT %(rows)s"""
GROUPS = """SELECT x.id, c.state, t.category_id, t.street, x.unit_id, x.citizens, x.tickets, x.formed_at
FROM collective_complaints x JOIN cases c ON c.id = x.id JOIN tickets t ON t.id = x.main_id
WHERE c.open AND {seen} ORDER BY x.citizens DESC, x.id LIMIT %(rows)s"""
TOTALS = """SELECT (SELECT count(*) FROM cases c WHERE c.kind = 'hot-issue' AND c.open AND {seen}),
(SELECT count(*) FROM cases c WHERE c.kind = 'collective-complaint' AND c.open AND {seen})"""


def rising(system: System, actor: Actor) -> dict[str, Any]:
    return told(system, scope_of(actor), seen(actor))


def told(system: System, scope: Scope, counted: Condition) -> dict[str, Any]:
    """`recent` counts the days of the window up to now, today among them; `usual` is the mean of as long a time over eight weeks before."""
    condition, params = counted
    asked = {**params, "rows": MOST}
    with reading(system) as connection:
        now, epoch = now_of(system, connection)
        named = reference(system.engine, epoch)
        issues, groups = (run(connection, sql.format(seen=condition), asked) for sql in (ISSUES, GROUPS))
        ((open_issues, open_groups),) = run(connection, TOTALS.format(seen=condition), params)
        measure, day = measure_of(system), local(now).date()
        days = [day - timedelta(days=back) for back in range(measure[WINDOW] + WEEKS * 7)]
        found = categories(system, connection, days, day - timedelta(days=measure[WINDOW] - 1), scope)
    return {
        "as_of": now, "scope": scope.name, "hot_issues_open": open_issues, "collective_complaints_open": open_groups,
        "hot_issues": [issue_of(named, *row) for row in issues], "collective_complaints": [group_of(named, *row) for row in groups],
        "window_days": measure[WINDOW], "categories": risen(named, found, measure),
    }  # fmt: skip


def measure_of(system: System) -> dict[str, int]:
    parameters = system.settings.pack(system.settings.current_pack).parameters
    return {name: parameters.get(name) or otherwise for name, otherwise in OTHERWISE.items()}


def issue_of(
    named: Reference, issue: int, state: str, category: int, street: str, unit: int | None, recent: int, usual: int, since: Any
) -> dict[str, Any]:
    return {
        "id": issue, "state": state, "category": category_of(named, category), "street": street or None, "unit": unit_of(named, unit),
        "recent": recent, "usual": usual, "since": since,
    }  # fmt: skip


def group_of(
    named: Reference, group: int, state: str, category: int | None, street: str | None, unit: int | None,
    citizens: int, tickets: int, at: Any,
) -> dict[str, Any]:  # fmt: skip
    return {
        "id": group, "state": state, "category": category_of(named, category), "street": street, "unit": unit_of(named, unit),
        "citizens": citizens, "tickets": tickets, "formed_at": at,
    }  # fmt: skip


def risen(named: Reference, found: Mapping[tuple[int, bool], int], measure: Mapping[str, int]) -> list[dict[str, Any]]:
    """Of branches that rise together the narrowest is told, the steepest first."""
    totals: dict[int, list[int]] = defaultdict(lambda: [0, 0])
    for (category, is_recent), count in found.items():
        for branch in named.path(category):
            totals[branch.id][not is_recent] += count
    lines: list[dict[str, Any]] = []
    told_of: set[int] = set()
    for branch_id in sorted(totals, key=lambda branch: (-len(named.path(branch)), branch)):
        recent, before = totals[branch_id]
        usual = before * measure[WINDOW] / (WEEKS * 7)
        if recent >= measure[COUNT] and recent * 100 >= usual * measure[RISE] and branch_id not in told_of:
            told_of.update(branch.id for branch in named.path(branch_id))
            lines.append({
                "category": category_of(named, branch_id), "recent": recent, "usual": round(usual, 1),
                "rise": round(recent / usual, 2) if usual else None,
            })  # fmt: skip
    # What never came before rises beyond all measure.
    return sorted(lines, key=lambda line: (-(line["rise"] or inf), -line["recent"]))[:MOST]
