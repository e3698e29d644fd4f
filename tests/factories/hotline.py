"""A small district with its people, and tickets in any state, all made through the doors that people use."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

import psycopg
from flask.testing import FlaskClient
from psycopg.rows import dict_row
from sqlalchemy import make_url
from werkzeug.test import TestResponse

from app.config import Config
from app.core.actors import SYSTEM
from app.core.system import System
from app.main import build
from app.people.signin import issue_token
from app.simulation.found import found

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
# A Monday in a year with a published calendar, half past nine in the district.
MONDAY = datetime(2025, 9, 1, 1, 30, tzinfo=UTC)
DISTRICT: dict[str, list[dict[str, str]]] = {
    "unit": [
        {"code": "centre", "name": "试验区指挥中心", "kind": "centre"},
        {"code": "cgj", "name": "试验区城市管理局", "kind": "department", "parent": "centre"},
        {"code": "swj", "name": "试验区水务局", "kind": "department", "parent": "centre"},
        {"code": "hbj", "name": "试验区生态环境局", "kind": "department", "parent": "centre"},
        {"code": "qshj", "name": "青石街道办事处", "kind": "street", "parent": "centre"},
    ],
    "category": [
        {"code": "01", "name": "城市管理"},
        {"code": "0101", "name": "市容环境卫生", "parent": "01"},
        {"code": "010101", "name": "垃圾清运", "parent": "0101"},
        {"code": "0102", "name": "违法建设", "parent": "01"},
        {"code": "04", "name": "生态环境"},
        {"code": "0402", "name": "大气与水", "parent": "04"},
    ],
}
DEMAND: dict[str, Any] = {
    "type": "complaint",
    "channel": "phone",
    "title": "垃圾无人清理",
    "content": "小区门口垃圾堆了三天。",
    "category": "010101",
}
REPLY: dict[str, Any] = {
    "contacted": False, "not_contacted_reason": "诉求人要求不联系", "outcome": "solved", "reply_text": "垃圾已清运。",
    "public_reply": "已清运。",
}  # fmt: skip
STRAIGHT: list[tuple[str, str, str, dict[str, Any]]] = [
    ("accepted", "agent", "accept", {}),
    ("dispatched", "dispatcher", "dispatch", {"lead_unit": "cgj"}),
    ("handling", "clerk.cgj", "sign", {}),
    ("submitted", "handler.cgj", "submit", REPLY),
    ("replied", "lead.cgj", "reply", {}),
    ("completed", "reviewer", "approve", {}),
    ("rated", "callback", "record_callback", {"contacted": True, "solved": True, "rating": "satisfied"}),
    ("closed", "callback", "close", {}),
    ("archived", "reviewer", "archive", {}),
]


@dataclass
class Desk:
    """A running district as its people meet it: `call` is an HTTP request by one of them, "" is a citizen without an account."""

    system: System
    client: FlaskClient
    owner_url: str
    tokens: dict[str, str] = field(default_factory=dict)

    def token(self, username: str) -> str:
        if username not in self.tokens:
            self.tokens[username] = issue_token(self.system, SYSTEM, username, "tests")
        return self.tokens[username]

    def call(self, who: str, method: str, path: str, body: Any = None, **headers: str) -> TestResponse:
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        if who:
            given["Authorization"] = f"Bearer {self.token(who)}"
        return self.client.open(f"/api/v1{path}", method=method, json=body, headers=given)

    def get(self, who: str, path: str) -> Any:
        answer = self.call(who, "GET", path)
        assert answer.status_code == 200, answer.text
        return answer.json

    def act(self, who: str, ticket: int, trigger: str, fields: dict[str, Any] | None = None, **headers: str) -> TestResponse:
        return self.call(who, "POST", f"/tickets/{ticket}/transitions", {"trigger": trigger, "fields": fields or {}}, **headers)

    def do(self, who: str, ticket: int, trigger: str, **fields: Any) -> Any:
        """A step that must succeed; the ticket as the answer shows it."""
        answer = self.act(who, ticket, trigger, fields)
        assert answer.status_code == 200, answer.text
        return answer.json

    def register(self, who: str = "agent", **changes: Any) -> Any:
        answer = self.call(who, "POST", "/tickets", {**DEMAND, **changes})
        assert answer.status_code == 201, answer.text
        return answer.json

    def a_ticket(self, state: str = "registered", **changes: Any) -> int:
        """A ticket that has come along the straight road as far as `state`."""
        ticket: int = self.register(**changes)["id"]
        for reached, who, trigger, fields in STRAIGHT if state != "registered" else []:
            self.do(who, ticket, trigger, **fields)
            if reached == state:
                break
        return ticket

    def rows(self, sql: str, *params: Any) -> list[dict[str, Any]]:
        """What the database holds, read by its owner."""
        with self.connect() as connection:
            return connection.execute(sql, params).fetchall()

    def change(self, sql: str, *params: Any) -> None:
        """What only a fault or an operator would do to the database."""
        with self.connect() as connection:
            connection.execute(sql, params)

    def connect(self) -> psycopg.Connection[dict[str, Any]]:
        return owners(self.owner_url)

    def triggers(self, ticket: int) -> list[tuple[str, str]]:
        """The history of a ticket and its shares: kind and trigger, without the marks of clocks."""
        sql = """SELECT c.kind, h.trigger FROM history h JOIN cases c ON c.id = h.case_id
                 WHERE h.root_id = %s AND h.trigger <> 'rung' ORDER BY h.at, h.case_id, h.seq"""
        return [(row["kind"], row["trigger"]) for row in self.rows(sql, ticket)]

    def everything(self) -> dict[str, int]:
        """How many rows each table of cases has: two equal pictures mean that nothing happened in between."""
        tables = (
            "cases",
            "tickets",
            "history",
            "texts",
            "clocks",
            "outbox",
            "receipts",
            "replies",
            "supplements",
            "case_access",
            "citizens",
        )
        return {table: self.rows(f"SELECT count(*) AS n FROM {table}")[0]["n"] for table in tables}

    @cached_property
    def unit_ids(self) -> dict[str, int]:
        return {row["code"]: row["id"] for row in self.rows("SELECT id, code FROM units")}

    @cached_property
    def user_ids(self) -> dict[str, int]:
        return {row["username"]: row["id"] for row in self.rows("SELECT id, username FROM users")}


def a_district(config: Config) -> None:
    """The district opened long ago, so that a test may set its clock to any published year; its people came on that Monday."""
    frozen = "UPDATE installation SET frozen_at = %s"
    with closing(build(config)) as system, owners(config.owner_url) as connection:
        connection.execute(frozen, [MONDAY])
        found(system, DISTRICT, LONG_AGO)
        connection.execute(frozen, [None])


def owners(url: str) -> psycopg.Connection[dict[str, Any]]:
    """A connection of the database's owner, for what no command does."""
    plain = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    return psycopg.connect(plain, row_factory=dict_row, autocommit=True)


def a_desk(system: System, client: FlaskClient, owner_url: str) -> Desk:
    """The people of the district at their desks; it is founded here where the test has not asked for a `desk` from the start."""
    desk = Desk(system, client, owner_url)
    if not desk.rows("SELECT FROM units LIMIT 1"):
        found(system, DISTRICT, LONG_AGO)
    return desk
