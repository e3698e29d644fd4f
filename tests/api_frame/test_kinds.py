"""The doors that every kind has, hung for the real kind of tickets with nothing but what a feature must say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask

from app.api import frame
from app.api.doors import Ask
from app.api.kinds import KindDoors, Page, doors_of
from app.core.bus import Result, execute
from app.errors import Unseen
from app.hotline import queries
from app.hotline.commands import Register
from app.hotline.schemas import TICKET_IN
from tests.factories.hotline import DEMAND, Desk


def one(ask: Ask, id: int) -> Mapping[str, Any]:
    return queries.get_ticket(ask.system, ask.actor, id, ask.lang)


def born(ask: Ask) -> Result:
    fields = {name: value for name, value in ask.body.items() if name not in ("citizen", "location", "category")}
    result: Result = execute(ask.system, Register(ask.actor, fields, ask.body["citizen"], ask.body["location"], ask.key))
    return result


PLAIN = KindDoors(kind="ticket", zh="工单", en="ticket", one=one, birth=TICKET_IN, born=born)


@pytest.fixture
def plain(desk: Desk) -> Desk:
    """The same desk, whose tickets hang behind the frame's own doors."""
    app = Flask("plain", static_folder=None)
    frame.install(app, desk.system, doors_of(desk.system.registry, PLAIN))
    return replace(desk, client=app.test_client())


def test_a_case_is_born_and_moved(plain: Desk) -> None:
    made = plain.call("agent", "POST", "/tickets", DEMAND, Idempotency_Key="k")
    assert (made.status_code, made.headers["ETag"]) == (201, '"1"'), made.text
    assert plain.client.get(made.headers["Location"], headers={"Authorization": f"Bearer {plain.token('agent')}"}).json == made.json
    assert plain.call("agent", "POST", "/tickets", DEMAND, Idempotency_Key="k").json["id"] == made.json["id"]
    moved = plain.act("agent", made.json["id"], "accept", If_Match='"5", "1"')
    assert (moved.status_code, moved.headers["ETag"], moved.json["state"]) == (200, '"2"', "accepted")
    assert plain.act("agent", made.json["id"], "accept", If_Match='"5", "1"').status_code == 412
    assert plain.call("agent", "GET", "/tickets").status_code == 405, "a kind without pages has no list"


def test_its_history_tells_no_words_and_is_walked(plain: Desk) -> None:
    ticket = plain.register(title="张三家漏水")["id"]
    plain.do("agent", ticket, "accept", note="张三是老人")
    first = plain.call("agent", "GET", f"/tickets/{ticket}/history?limit=1").json
    rest = plain.call("agent", "GET", f"/tickets/{ticket}/history?cursor={first['next']}").json
    rows = [*first["items"], *rest["items"]]
    assert ([row["trigger"] for row in rows], [row["seq"] for row in rows], rest["next"]) == (["register", "accept"], [1, 2], None)
    assert [(row["from"], row["to"]) for row in rows] == [("", "registered"), ("registered", "accepted")]
    assert all(len(row["hash"]) == 64 for row in rows)
    assert "张三" not in str(rows)
    assert plain.call("clerk.swj", "GET", f"/tickets/{ticket}/history").status_code == 404
    assert plain.call("agent", "GET", "/tickets/999999/history").status_code == 404


def test_a_feature_may_tell_its_own_history(desk: Desk) -> None:
    ticket = desk.register()["id"]
    app = Flask("told", static_folder=None)

    def told(ask: Ask, id: int, after: Sequence[Any] | None, limit: int) -> Page:
        start = after[0] if after else 0
        return [{"id": id, "step": start + step} for step in range(limit)], (start + limit,)

    kind = replace(PLAIN, history=told, history_order=(int,))
    frame.install(app, desk.system, doors_of(desk.system.registry, kind))
    own = replace(desk, client=app.test_client())
    first = own.get("agent", f"/tickets/{ticket}/history?limit=2")
    second = own.get("agent", f"/tickets/{ticket}/history?limit=2&cursor={first['next']}")
    assert [item["step"] for item in first["items"] + second["items"]] == [0, 1, 2, 3]


def test_who_has_given_a_case_away_sees_only_what_he_did(desk: Desk) -> None:
    def blind(ask: Ask, id: int) -> Mapping[str, Any]:
        raise Unseen()

    ticket = desk.register()["id"]
    app = Flask("blind", static_folder=None)
    frame.install(app, desk.system, doors_of(desk.system.registry, replace(PLAIN, one=blind)))
    answer = replace(desk, client=app.test_client()).act("agent", ticket, "accept")
    assert (answer.status_code, answer.headers["ETag"]) == (200, '"2"')
    assert answer.json == {"id": ticket, "kind": "ticket", "state": "accepted", "version": 2}
