"""The auditor's long look at every history: asked for, done by a tick process, its result kept with the time of asking."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.core import anchors
from app.core.actors import Actor
from app.core.bus import Result
from app.core.registry import Chore
from app.core.system import System
from app.core.tx import Tx
from app.core.works import ask, waits, working
from app.errors import Conflict, Forbidden

VERIFYING = "verify"
CASES = "SELECT count(*) AS n FROM cases"


@dataclass(frozen=True, slots=True)
class AskVerification:
    actor: Actor
    key: str | None = None


def handle_ask(tx: Tx, command: AskVerification) -> Result:
    if command.actor.roles.isdisjoint({"auditor", "admin", "system"}):
        raise Forbidden("历史校验由安全审计员发起。", "The histories are verified for the auditor.")
    # One at a time: the lock first, so that of two who ask at once the second is told.
    tx.query("SELECT pg_advisory_xact_lock(hashtextextended('verification', 0))")
    if waits(tx, VERIFYING):
        raise Conflict("已有一次校验正在进行。", "A verification is under way already.")
    name = f"{VERIFYING} {tx.wall.isoformat(timespec='milliseconds')}"
    ask(tx, name)
    return Result(case_id=0, kind="verification", root_id=0, state="asked", version=0, detail={"name": name})


def verify_asked(system: System) -> None:
    """A chain that does not hold is a result like any other: the first broken place, in words."""
    with working(system, VERIFYING) as work:
        if work is None:
            return
        with work.reading() as tx:
            total = tx.query(CASES)[0]["n"]
        kept = anchors.file_of(system)
        try:
            histories, rows, anchored = anchors.verify(system, kept if kept.exists() else None, lambda at: work.progress(at, total))
        except anchors.Broken as broken:
            work.finish({"broken": str(broken)})
        else:
            work.finish({"histories": histories, "rows": rows, "anchors": anchored})


CHORES = (Chore("verify_asked", 2.0, verify_asked),)
HANDLERS: Mapping[type, Any] = {AskVerification: handle_ask}
