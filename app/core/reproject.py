"""When a year of the calendar is published, running clocks that reach into it are reckoned anew, each change with its reason."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from app.core import timers
from app.core.actors import Actor
from app.core.bus import Batch, Command, Result, batch, execute, transaction
from app.core.fire import result_of
from app.core.settings import Install
from app.core.system import System
from app.core.tx import Tx
from app.errors import IllFormed
from rules import calendars
from rules.days import Year
from rules.errors import RuleError

# A rung may stand some days after the due instant, so the neighbourhood of the year is reckoned anew as well.
AFFECTED = """SELECT DISTINCT k.root_id, c.kind FROM clocks k JOIN cases c ON c.id = k.root_id
WHERE k.state = 'running' AND k.anchored_at < %(end)s
AND (k.provisional OR k.due_at >= %(start)s::timestamptz - interval '60 days') ORDER BY k.root_id"""


NEWEST = "SELECT version, digest FROM installed WHERE kind = 'calendar' AND name = %s ORDER BY version DESC LIMIT 1"


@dataclass(frozen=True, slots=True)
class Reproject:
    """Reckon the running clocks of one root anew."""

    actor: Actor
    kind: str
    root_id: int
    reason: str
    key: str | None = None


def handle_reproject(tx: Tx, command: Reproject) -> Result:
    """Held clocks are left alone: they are reckoned when they resume. Of a limit given from above only the rungs may move."""
    root = tx.root_of(command.kind, command.root_id)
    for case in root.cases.values():
        for clock in root.running(case):
            if clock.state == "running":
                prior = (clock.due_at, clock.provisional, clock.rungs)
                timers.project(tx, root, case, clock)
                if (clock.due_at, clock.provisional, clock.rungs) != prior:
                    timers.tell(tx, root, clock, "reproject", prior[0], command.reason)
        timers.show_due(root, case)
    return result_of(root, root.top())


def publish(
    system: System, actor: Actor, body: str, progress: Callable[[int, int], None] | None = None, why: str = "published here"
) -> dict[str, Any]:
    """Installs a year of the calendar and reckons anew what reaches into it. Repeated after an interruption it installs nothing twice,
    and leaves what it has reckoned as it is."""
    year = read(system, body)
    name = f"{year.series}-{year.year}"
    installed = newest(system, actor, name)
    if installed is None or installed["digest"] != year.digest:
        installed = execute(system, Install(actor, "calendar", name, body, why))
        system.settings.refresh()
    reason = f"calendar {name}@{installed['version']}"
    window = {"start": datetime(year.year, 1, 1, tzinfo=UTC), "end": datetime(year.year + 1, 1, 1, tzinfo=UTC)}
    with transaction(system, actor) as tx:
        rows, begun = tx.query(AFFECTED, window), tx.wall.isoformat()

    def chunk(start: int, stop: int) -> Sequence[Command]:
        return [Reproject(actor, row["kind"], row["root_id"], reason) for row in rows[start:stop]]

    # Each run looks anew at what is running now, so that it is a batch of its own.
    work = Batch(f"reproject {reason} {begun}", len(rows), chunk)
    counts = batch(system, actor, work, progress) if rows else {"done": 0, "refused": 0}
    return {"name": name, "version": installed["version"], "reprojected": counts["done"], "set_aside": counts["refused"]}


def read(system: System, body: str) -> Year:
    """The year, when it is one by which some installed pack counts: a slip in the name of its series would publish it for nobody."""
    try:
        year = calendars.parse(body)
    except RuleError as error:
        raise IllFormed(error.zh, error.en) from error
    series = {system.settings.pack(f"{name}@{version}").hours.series for name, version in system.settings.versions("pack")}
    if year.series not in series:
        known = ", ".join(sorted(series))
        zh, en = f"没有规则包使用日历“{year.series}”，现有：{known}。", f"No pack counts by the calendar '{year.series}', but by: {known}."
        raise IllFormed(zh, en)
    return year


def newest(system: System, actor: Actor, name: str) -> dict[str, Any] | None:
    with transaction(system, actor) as tx:
        rows = tx.query(NEWEST, (name,))
    return rows[0] if rows else None


HANDLERS = {Reproject: handle_reproject}
