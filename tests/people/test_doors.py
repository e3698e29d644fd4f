"""People and units are managed over HTTP by those who may, and by nobody else."""

from __future__ import annotations

from typing import Any

import pytest

from app.core.actors import SYSTEM
from app.core.bus import execute
from app.people.credentials import ResetPassword
from app.people.upkeep import apply_due
from tests.factories.hotline import MONDAY, Desk
from tests.fixtures.living import MovedClock

FIRST, SECOND = "Correct-horse-7", "Another-horse-8"


def post(desk: Desk, who: str, path: str, status: int = 200, **body: Any) -> Any:
    answer = desk.call(who, "POST", path, body)
    assert answer.status_code == status, answer.text
    return answer.json


def test_a_person_is_added_given_a_role_signs_in_and_is_deactivated(desk: Desk) -> None:
    unit = desk.unit_ids["cgj"]
    number = post(desk, "admin", "/users", 201, username="xin", name="新人", unit_id=unit)["id"]
    assert post(desk, "admin", f"/users/{number}/roles", 403, role="handler")["type"]
    post(desk, "security", f"/users/{number}/roles", role="handler")
    post(desk, "admin", f"/users/{number}/password", new=FIRST)
    opened = post(desk, "", "/sessions", 201, username="xin", password=FIRST)
    assert opened["must_change_password"]
    post(desk, "", "/password", username="xin", old=FIRST, new=SECOND)
    opened = post(desk, "", "/sessions", 201, username="xin", password=SECOND)
    desk.tokens["xin"] = opened["token"]
    assert desk.get("xin", "/me")["roles"] == ["handler"]
    assert desk.call("xin", "DELETE", "/sessions").status_code == 200
    assert desk.call("xin", "GET", "/me").status_code == 401
    left = post(desk, "admin", f"/users/{number}/deactivate", successor_id=desk.user_ids["handler.cgj"])
    assert left["roles"] == [{"role": "handler", "unit_id": unit}]
    assert post(desk, "", "/sessions", 401, username="xin", password=SECOND)["detail"]
    assert [item["username"] for item in desk.get("admin", "/users?active=false")["items"]] == ["xin"]


@pytest.mark.parametrize("who", ["agent", "clerk.cgj", "auditor", "security"])
def test_units_are_the_administrators(desk: Desk, who: str) -> None:
    unit = desk.unit_ids["swj"]
    for path, body in (
        ("/units", {"name": "新局", "kind": "department"}),
        (f"/units/{unit}/rename", {"name": "新名", "reason": "机构改革"}),
        ("/units/merge", {"unit_ids": [unit], "into": desk.unit_ids["hbj"], "reason": "机构改革"}),
    ):
        assert desk.call(who, "POST", path, body).status_code == 403
    assert desk.get(who, "/units?code=swj")["items"][0]["name"] == "试验区水务局"


def test_a_unit_is_founded_merged_and_answers_for_what_it_was(desk: Desk, clock: MovedClock) -> None:
    old = desk.unit_ids["swj"]
    new = post(desk, "admin", "/units", 201, name="水务环境局", kind="department", code="shj", parent_id=desk.unit_ids["centre"])["id"]
    asked = {"unit_ids": [old, desk.unit_ids["hbj"]], "into": new, "reason": "机构改革", "effective_at": "2025-09-03T00:00:00+08:00"}
    merged = post(desk, "admin", "/units/merge", **asked)
    assert merged["state"] == "waiting"
    assert [item["change"] for item in desk.get("admin", "/reorganisations")["items"]] == ["merge"]
    assert apply_due(desk.system) == 0
    clock.freeze(MONDAY.replace(day=4))
    assert apply_due(desk.system) == 1
    assert desk.get("admin", "/reorganisations")["items"] == []
    before = desk.get("agent", f"/units/{old}/then?at=2025-09-02T12:00:00%2B08:00")
    after = desk.get("agent", f"/units/{old}/then?at=2025-09-03T00:00:00%2B08:00")
    assert (before["name"], before["answerable"]) == ("试验区水务局", old)
    assert (after["name"], after["answerable"]) == (None, new)
    assert desk.get("clerk.swj", "/me")["unit"]["id"] == new


def test_the_same_request_under_one_key_is_one_person(desk: Desk) -> None:
    body = {"username": "xin", "name": "新人", "unit_id": desk.unit_ids["cgj"]}
    first, second = (desk.call("admin", "POST", "/users", body, Idempotency_Key="k").json for _ in range(2))
    assert first == second
    answer = desk.call("admin", "POST", f"/users/{first['id']}/password", {"new": FIRST}, Idempotency_Key="k2")
    assert answer.status_code == 400


def test_leave_and_loans_show_who_stands_in(desk: Desk) -> None:
    lead, clerk = desk.user_ids["lead.cgj"], desk.user_ids["clerk.cgj"]
    span = {"since": "2025-09-01T00:00:00+08:00", "until": "2025-09-08T00:00:00+08:00"}
    leave = post(desk, "lead.cgj", f"/users/{lead}/leaves", 201, **span, substitute_id=clerk)
    assert desk.get("clerk.cgj", "/me")["roles"] == ["unit_clerk", "unit_lead"]
    shown = desk.get("lead.cgj", f"/users/{lead}")
    assert (shown["stand_in"], [loan["role"] for loan in shown["loans"]]) == (clerk, ["unit_lead"])
    post(desk, "lead.cgj", f"/leaves/{leave['id']}/end", 200)
    assert desk.get("lead.cgj", f"/users/{lead}")["stand_in"] == lead
    loan = post(desk, "lead.cgj", "/loans", 201, **span, to_user_id=clerk, role="unit_lead")
    assert loan["role"] == "unit_lead"
    number = desk.get("clerk.cgj", f"/users/{clerk}")["loans"][0]["id"]
    post(desk, "lead.cgj", f"/loans/{number}/end")
    assert desk.get("clerk.cgj", "/me")["roles"] == ["unit_clerk"]


def test_people_of_other_units_are_not_seen(desk: Desk) -> None:
    assert desk.call("clerk.cgj", "GET", f"/users/{desk.user_ids['clerk.swj']}").status_code == 404
    assert {item["unit"] for item in desk.get("clerk.cgj", "/users")["items"]} == {"cgj"}
    assert len(desk.get("admin", "/users?role=handler")["items"]) == 4


def test_a_token_is_issued_listed_and_revoked(desk: Desk) -> None:
    issued = post(desk, "handler.cgj", "/tokens", 201, username="handler.cgj", label="脚本", scopes=["tickets:read"], days=7)
    desk.tokens["script"] = issued["token"]
    assert desk.get("script", "/me")["scopes"] == ["tickets:read"]
    me = desk.user_ids["handler.cgj"]
    listed = desk.get("handler.cgj", f"/tokens?user={me}")["items"]
    assert [item["label"] for item in listed] == ["脚本", "tests"]
    assert issued["token"] not in str(listed)
    assert desk.call("handler.cgj", "GET", "/tokens").status_code == 403
    assert desk.call("clerk.swj", "DELETE", f"/tokens/{listed[0]['id']}").status_code == 403
    assert desk.call("handler.cgj", "DELETE", f"/tokens/{listed[0]['id']}").status_code == 200
    assert desk.call("script", "GET", "/me").status_code == 401


def test_the_auditor_walks_the_log(desk: Desk) -> None:
    first = desk.get("auditor", "/people-log?limit=2")
    then = desk.get("auditor", f"/people-log?limit=2&cursor={first['next']}")
    numbers = [item["id"] for item in first["items"] + then["items"]]
    assert numbers == sorted(numbers, reverse=True)
    assert len(set(numbers)) == 4
    for who in ("admin", "security", "supervisor"):
        assert desk.call(who, "GET", "/people-log").status_code == 403
        assert desk.call(who, "GET", "/unmaskings").status_code == 403
    assert desk.get("auditor", "/unmaskings")["items"] == []


def test_the_policy_is_set_by_the_security_officer(desk: Desk) -> None:
    post(desk, "admin", "/policy", 403, numbers={"failures": 3}, reason="年度调整")
    post(desk, "security", "/policy", 400, numbers={"failures": 1}, reason="年度调整")
    post(desk, "security", "/policy", numbers={"failures": 3}, reason="年度调整")
    execute(desk.system, ResetPassword(SYSTEM, desk.user_ids["agent"], FIRST))
    for _ in range(3):
        post(desk, "", "/sessions", 401, username="agent", password="wrong")
    assert "锁定" in post(desk, "", "/sessions", 401, username="agent", password=FIRST)["detail"]
