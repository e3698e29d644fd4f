"""The same small district as the other stories, with hands for what is done to a return."""

from __future__ import annotations

from typing import Any

import pytest
from werkzeug.test import TestResponse

from tests.factories.hotline import Desk

ASKED = {"return_ground": "not_our_duty", "reason": "河道保洁不属于城管职责"}


class Returns:
    """What the stories of this folder say often: ask, look, decide."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    def ask(self, ticket: int, who: str = "clerk.cgj", **more: Any) -> int:
        """Asks for the own share to be taken back; the id of the request."""
        self.desk.do(who, ticket, "request_return", **{**ASKED, **more})
        return self.of(ticket)[0]["id"]

    def of(self, ticket: int, who: str = "dispatcher") -> list[dict[str, Any]]:
        """The requests of a ticket, newest first."""
        items: list[dict[str, Any]] = self.desk.get(who, f"/return-requests?ticket={ticket}")["items"]
        return items

    def one(self, request: int, who: str = "dispatcher") -> dict[str, Any]:
        found: dict[str, Any] = self.desk.get(who, f"/return-requests/{request}")
        return found

    def act(self, who: str, request: int, trigger: str, kind: str = "return-requests", **fields: Any) -> TestResponse:
        return self.desk.call(who, "POST", f"/{kind}/{request}/transitions", {"trigger": trigger, "fields": fields})

    def do(self, who: str, request: int, trigger: str, kind: str = "return-requests", **fields: Any) -> Any:
        answer = self.act(who, request, trigger, kind, **fields)
        assert answer.status_code == 200, answer.text
        return answer.json

    def clocks(self, ticket: int, name: str) -> list[tuple[str, Any]]:
        """State and end of each generation of a limit on the ticket and its shares, oldest first."""
        rows = self.desk.rows("SELECT state, due_at FROM clocks WHERE root_id = %s AND name = %s ORDER BY id", ticket, name)
        return [(row["state"], row["due_at"]) for row in rows]


@pytest.fixture
def returns(desk: Desk) -> Returns:
    return Returns(desk)
