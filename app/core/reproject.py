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
from rules.errors import RuleError

# A rung may stand some days after the due instant, so the neighbourhood of the year is reckoned anew as well.
AFFECTED = """SELECT DISTINCT k.root_id, c.kind FROM clocks k JOIN cases c ON c.id = k.root_id
WHERE k.state = 'running' AND k.anchored_at < %(end)s
AND (k.provisional OR k.due_at >= %(start)s::timestamptz - interval '60 days') ORDER BY k.root_id"""


@dataclass(frozen=True, slots=True)
class Reproject:
    """Reckon the running clocks of one root anew."""

    actor: Actor
    kind: str
    root_id: int
    reason: str
    key: str | None = None


def handle_reproject(tx: Tx, command: Reproject) -> Result:
    root = tx.root_of(command.kind, command.root_id)
    for case in root.cases.values():
        for clock in root.running(case):
            if clock.state == "running" and clock.fixed_due_at is None:
                prior = (clock.due_at, clock.provisional)
                timers.project(tx, root, case, clock)
                if (clock.due_at, clock.provisional) != prior:
                    timers.tell(tx, root, clock, "reproject", prior[0], command.reason)
        timers.show_due(root, case)
    return result_of(root, root.top())


def publish(system: System, actor: Actor, body: str, progress: Callable[[int, int], None] | None = None) -> dict[str, Any]:
    """Installs a year of the calendar and reckons anew what reaches into it. Safe to repeat after an interruption."""
    try:
        year = calendars.parse(body)
    except RuleError as error:
        raise IllFormed(error.zh, error.en) from error
    name = f"{year.series}-{year.year}"
    installed = execute(system, Install(actor, "calendar", name, body, f"publication of {name}"))
    system.settings.refresh()
    reason = f"calendar {name}@{installed['version']}"
    window = {"start": datetime(year.year, 1, 1, tzinfo=UTC), "end": datetime(year.year + 1, 1, 1, tzinfo=UTC)}
    with transaction(system, actor) as tx:
        rows = tx.query(AFFECTED, window)

    def chunk(start: int, stop: int) -> Sequence[Command]:
        return [Reproject(actor, row["kind"], row["root_id"], reason) for row in rows[start:stop]]

    counts = batch(system, actor, Batch(f"reproject {reason}", len(rows), chunk), progress) if rows else {"done": 0, "refused": 0}
    return {**installed, "reprojected": counts["done"], "set_aside": counts["refused"]}


HANDLERS = {Reproject: handle_reproject}
