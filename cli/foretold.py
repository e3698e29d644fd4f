"""What the clocks of one ticket will do, printed: each limit, each rung with its instant, whom it reaches and by which row."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.core.actors import SYSTEM
from app.core.bus import transaction
from app.core.system import System
from app.errors import Unseen
from app.hotline.forecast import forecast
from cli import stores

FOUND = "SELECT id FROM tickets WHERE number = %s"


def foretold(number: str) -> None:
    """Raises Unseen when no ticket has this number."""
    with stores.system("rules explain") as system:
        zh = forecast(system, SYSTEM, ticket_of(system, number), "zh")
        en = forecast(system, SYSTEM, zh["ticket"], "en")
    print(f"{number}  {zh['state']}  {zh['at']}")
    for clock, other in zip(zh["clocks"], en["clocks"], strict=True):
        print(line_of(clock))
        for rung, english in zip(clock["rungs"], other["rungs"], strict=True):
            print(f"  {rung['rung']:>6}  {when(rung)}")
            for action, told in zip(rung["actions"], english["actions"], strict=True):
                doubt = "" if action.get("possible", True) else "  [此时不可 / not possible now]"
                print(f"          {action['text']} / {told['text']}{doubt}")
            print(f"          {' + '.join(rung['rules']) or '流程定义 / definition'}")


def ticket_of(system: System, number: str) -> int:
    with transaction(system, SYSTEM) as tx:
        rows = tx.query(FOUND, (number,))
    if not rows:
        raise Unseen()
    found: int = rows[0]["id"]
    return found


def line_of(clock: Mapping[str, Any]) -> str:
    unit = f"  {clock['unit']}" if clock["unit"] else ""
    due = clock["due_at"] or "-"
    return f"{clock['name']} ({clock['level']}, {clock['state']}){unit}  due {due}{' provisional' if clock['provisional'] else ''}"


def when(rung: Mapping[str, Any]) -> str:
    """When it fired or will; a rung of a limit that stands still has no instant yet."""
    if rung["fired_at"]:
        return f"{rung['fired_at']}  已触发 / fired{'  迟 / late' if rung['late'] else ''}"
    if rung["at"] is None:
        return "暂停中 / held"
    return f"{rung['at']}{'  待触发 / due now' if rung['overdue'] else ''}"
