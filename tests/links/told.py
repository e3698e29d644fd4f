"""What the stories of links have in common: the outbox is worked off, and citizens have numbers."""

from __future__ import annotations

from typing import Any

from app.core import outbox
from tests.factories.hotline import STRAIGHT, Desk

SAME = {"content": "幸福路夜间施工噪音扰民，无法入睡。", "title": "幸福路夜间施工噪音扰民", "category": "0402"}


def moment_later(desk: Desk) -> None:
    """Everything that the outbox owes has been done, and nothing failed."""
    while owed := outbox.lease(desk.system):
        for (reaction, _), ids in owed.items():
            assert outbox.react(desk.system, reaction, ids) == len(ids), reaction


def a_citizens(desk: Desk, number: int, state: str = "accepted", **changes: Any) -> int:
    """A ticket of a citizen of his own."""
    phone = f"1380000{number:04d}"
    return desk.a_ticket(state, **{**SAME, "citizen": {"name": f"王小{number}", "phone": phone, "calling_number": phone}, **changes})


def joined(desk: Desk, ticket: int, main: int, kind: str = "same_fact", who: str = "dispatcher") -> Any:
    return desk.do(who, ticket, "link", main_ticket=main, link_kind=kind, reason="同一工地同一噪音")


def onward(desk: Desk, ticket: int, since: str, until: str) -> Any:
    """Along the straight road, from one state to another."""
    names = [reached for reached, *_ in STRAIGHT]
    shown = None
    for _, who, trigger, fields in STRAIGHT[names.index(since) + 1 : names.index(until) + 1]:
        shown = desk.do(who, ticket, trigger, **fields)
    return shown
