"""A session is narrowed to a role, goes on for another unit, tells when it ends, and is not kept alive by a page that refreshes itself."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from app.core.actors import SYSTEM
from app.core.bus import execute
from app.core.system import System
from app.errors import Refused, Unauthenticated
from app.people.accounts import actor_of
from app.people.commands import GrantRole, RevokeRole
from app.people.credentials import ResetPassword
from app.people.leave import LendRole
from app.people.queries import stations
from app.people.sessions import SwitchRole
from app.people.signin import authenticate_token, issue_token, session_state, sign_in
from app.people.tokens import token_digest
from tests.factories.hotline import MONDAY, Desk, a_desk
from tests.factories.people import PASSWORD
from tests.fixtures.living import MovedClock
from tests.fixtures.servers import Database

WHO = "clerk.cgj"
MINUTE = timedelta(minutes=1)


@pytest.fixture
def desk(system: System, client: FlaskClient, clock: MovedClock, database: Database) -> Desk:
    """The clerk of cgj is also its handler, and an agent of the centre."""
    clock.freeze(MONDAY)
    made = a_desk(system, client, database.owner_url)
    user = made.user_ids[WHO]
    execute(system, ResetPassword(SYSTEM, user, PASSWORD))
    made.change("UPDATE users SET must_change_password = false WHERE id = %s", user)
    execute(system, GrantRole(SYSTEM, user, "handler", made.unit_ids["cgj"]))
    execute(system, GrantRole(SYSTEM, user, "agent", made.unit_ids["centre"]))
    made.tokens["me"] = sign_in(system, WHO, PASSWORD).token
    return made


def switch(desk: Desk, what: str, **body: Any) -> Any:
    return desk.call("me", "POST", f"/sessions/{what}", body)


def roles(desk: Desk) -> list[str]:
    shown: list[str] = desk.get("me", "/me")["roles"]
    return shown


def test_a_session_is_narrowed_to_one_role_and_widened_again(desk: Desk) -> None:
    assert roles(desk) == ["handler", "unit_clerk"]
    assert switch(desk, "role", role="handler").json["role"] == "handler"
    assert roles(desk) == ["handler"]
    state = desk.get("me", "/sessions")
    assert (state["role"], state["roles"]) == ("handler", ["handler", "unit_clerk"])
    assert switch(desk, "role", role="unit_clerk").status_code == 200  # from one to the other, without widening between
    assert roles(desk) == ["unit_clerk"]
    assert switch(desk, "role", role=None).status_code == 200
    assert roles(desk) == ["handler", "unit_clerk"]
    logged = desk.rows("SELECT user_id, unit_id, detail FROM people_log WHERE action = 'switch_role' ORDER BY id")
    assert [row["detail"]["role"] for row in logged] == ["handler", "unit_clerk", None]
    assert {(row["user_id"], row["unit_id"]) for row in logged} == {(desk.user_ids[WHO], desk.unit_ids["cgj"])}


def test_a_narrowed_session_may_no_more_than_its_role(desk: Desk) -> None:
    ticket = desk.a_ticket("dispatched")
    assert switch(desk, "role", role="handler").status_code == 200
    assert desk.act("me", ticket, "sign").status_code == 403
    assert switch(desk, "role", role=None).status_code == 200
    assert desk.act("me", ticket, "sign").status_code == 200


def test_a_role_that_is_not_held_here_is_refused(desk: Desk, system: System) -> None:
    for role, status in (("agent", 422), ("admin", 422), ("boss", 400), ("", 400)):  # an agent he is, but of the centre
        answer = switch(desk, "role", role=role)
        assert (answer.status_code, list(answer.json["errors"])) == (status, ["role"])
    assert roles(desk) == ["handler", "unit_clerk"]
    assert desk.call(WHO, "POST", "/sessions/role", {"role": "handler"}).status_code == 422  # an API token is no session
    with pytest.raises(Refused, match="自己"):
        execute(system, SwitchRole(actor_of(system, "agent"), token_digest(desk.tokens["me"]), None))


def test_a_role_taken_away_leaves_a_narrowed_session_none(desk: Desk, system: System) -> None:
    switch(desk, "role", role="handler")
    execute(system, RevokeRole(SYSTEM, desk.user_ids[WHO], "handler", desk.unit_ids["cgj"]))
    assert roles(desk) == []
    state = desk.get("me", "/sessions")
    assert (state["role"], state["roles"]) == ("handler", ["unit_clerk"])
    assert switch(desk, "role", role=None).status_code == 200
    assert roles(desk) == ["unit_clerk"]


def test_a_lent_role_is_among_those_to_choose_from_for_its_time(desk: Desk, system: System, clock: MovedClock) -> None:
    lead = actor_of(system, "lead.cgj")
    execute(system, LendRole(lead, desk.user_ids[WHO], "unit_lead", MONDAY, MONDAY + 10 * MINUTE))
    assert switch(desk, "role", role="unit_lead").status_code == 200
    assert roles(desk) == ["unit_lead"]
    clock.advance(10 * MINUTE)
    assert roles(desk) == []
    assert switch(desk, "role", role="unit_lead").status_code == 422


def test_stations_are_where_a_session_may_go_on(desk: Desk, system: System) -> None:
    expected = [
        {"unit_id": desk.unit_ids["cgj"], "code": "cgj", "name": "试验区城市管理局", "roles": ["handler", "unit_clerk"]},
        {"unit_id": desk.unit_ids["centre"], "code": "centre", "name": "试验区指挥中心", "roles": ["agent"]},
    ]
    assert stations(system, actor_of(system, WHO)) == desk.get("me", "/me/stations")["items"] == expected
    switch(desk, "role", role="handler")
    assert desk.get("me", "/sessions")["stations"] == expected  # not only the narrowed one
    assert switch(desk, "unit", unit_id=desk.unit_ids["centre"]).status_code == 200
    assert roles(desk) == ["agent"]  # for another unit it goes on with all roles held there
    state = desk.get("me", "/sessions")
    assert (state["unit_name"], state["role"], state["roles"]) == ("试验区指挥中心", None, ["agent"])
    execute(system, RevokeRole(SYSTEM, desk.user_ids[WHO], "agent", desk.unit_ids["centre"]))
    assert [item["code"] for item in stations(system, actor_of(system, WHO))] == ["cgj"]
    assert switch(desk, "unit", unit_id=desk.unit_ids["swj"]).status_code == 422


def test_a_session_tells_when_it_ends(desk: Desk, clock: MovedClock) -> None:
    state = desk.get("me", "/sessions")
    assert state["user_id"] == desk.user_ids[WHO]
    assert [datetime.fromisoformat(state[name]) - MONDAY for name in ("idle_at", "ends_at")] == [30 * MINUTE, 12 * 60 * MINUTE]
    assert (state["must_change_password"], state["must_enrol"], state["second_factor"]) == (False, False, False)
    clock.advance(20 * MINUTE)
    assert desk.get("me", "/sessions")["idle_at"] == state["idle_at"]  # asking is not using
    roles(desk)
    assert datetime.fromisoformat(desk.get("me", "/sessions")["idle_at"]) - MONDAY == 50 * MINUTE
    for _ in range(24):
        clock.advance(29 * MINUTE)
        roles(desk)
    late = desk.get("me", "/sessions")
    assert late["idle_at"] == late["ends_at"] == state["ends_at"]  # never beyond the latest


def test_a_page_that_refreshes_itself_keeps_no_session_alive(desk: Desk, system: System, clock: MovedClock) -> None:
    token = desk.tokens["me"]
    for _ in range(29):
        clock.advance(MINUTE)
        assert authenticate_token(system, token, idle_counts=False).roles == {"handler", "unit_clerk"}
        assert session_state(system, token).idle_at == MONDAY + 30 * MINUTE
    clock.advance(MINUTE)
    with pytest.raises(Unauthenticated, match="闲置"):
        authenticate_token(system, token, idle_counts=False)
    with pytest.raises(Unauthenticated, match="闲置"):
        session_state(system, token)
    assert "闲置" in desk.call("me", "GET", "/sessions").json["detail"]


def test_there_is_a_state_of_sessions_only(desk: Desk, system: System) -> None:
    for token in ("", "cs_nothing", issue_token(system, SYSTEM, WHO, "t"), "cs_" + "A" * 43):
        with pytest.raises(Unauthenticated, match="没有此会话"):
            session_state(system, token)
    assert desk.call(WHO, "GET", "/sessions").status_code == 403
    assert desk.call("me", "DELETE", "/sessions").status_code == 200
    with pytest.raises(Unauthenticated, match="撤销"):
        session_state(system, desk.tokens["me"])


def test_a_locked_sign_in_says_for_how_long_in_both_languages(desk: Desk, clock: MovedClock) -> None:
    def attempt(password: str, language: str = "zh") -> Any:
        return desk.call("", "POST", "/sessions", {"username": WHO, "password": password}, Accept_Language=language)

    for _ in range(5):
        assert "不正确" in attempt("wrong").json["detail"]
    for passed, zh, en in ((0, "还有 15 分钟", "15 more minutes"), (1, "还有 15 分钟", "15 more minutes"),
                           (13 * 60 + 59, "还有 1 分钟", "one more minute"), (59, "还有 1 分钟", "one more minute")):  # fmt: skip
        clock.advance(timedelta(seconds=passed))
        assert zh in attempt(PASSWORD).json["detail"]
        assert en in attempt("wrong", "en").json["detail"]  # guessing on while it is locked prolongs nothing
    clock.advance(timedelta(seconds=1))
    assert attempt(PASSWORD).status_code == 201
    assert desk.rows("SELECT failed_sign_ins, locked_until FROM users WHERE username = %s", WHO) == [
        {"failed_sign_ins": 0, "locked_until": None}
    ]


def test_an_idle_session_says_so_in_both_languages(desk: Desk, clock: MovedClock) -> None:
    clock.advance(31 * MINUTE)
    for language, said in (("zh", "会话闲置过久，请重新登录。"), ("en", "The session was idle for too long; sign in again.")):
        answer = desk.call("me", "GET", "/me", Accept_Language=language)
        assert (answer.status_code, answer.json["detail"]) == (401, said)
