"""What a story of notices does again and again: let the reactions run, look into an inbox, see what became of a message."""

from __future__ import annotations

from typing import Any

from app.core import outbox
from app.core.sweep import sweep
from tests.factories.hotline import Desk


def told(desk: Desk) -> None:
    """Everything that is owed has been done."""
    while owed := outbox.lease(desk.system):
        for (reaction, _), ids in owed.items():
            assert outbox.react(desk.system, reaction, ids) == len(ids)


def rung(desk: Desk) -> None:
    """Every due limit has fired, and whoever it concerns is told."""
    sweep(desk.system)
    told(desk)


def inbox(desk: Desk, who: str, kind: str = "") -> list[str]:
    items = desk.get(who, f"/inbox?kind={kind}" if kind else "/inbox")["items"]
    return [item["text"] for item in items]


def settings(desk: Desk, who: str, channels: dict[str, list[str]], **addresses: str | None) -> Any:
    answer = desk.call(who, "PUT", "/me/notice-settings", {"channels": channels, **addresses})
    assert answer.status_code == 200, answer.text
    return answer.json


def outside(desk: Desk) -> list[dict[str, Any]]:
    """All that was to leave the house, in the order in which it was written."""
    return desk.rows("SELECT * FROM deliveries WHERE channel <> 'inbox' ORDER BY id")


def statuses(desk: Desk, channel: str) -> list[tuple[str, str | None]]:
    return [(row["status"], row["why"]) for row in outside(desk) if row["channel"] == channel]
