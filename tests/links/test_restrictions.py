"""A number that abuses the line is restricted by one person and approved by another, for a time; its demands are registered as ever."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from werkzeug.test import TestResponse

from app.core.sweep import sweep
from tests.factories.hotline import MONDAY, Desk
from tests.fixtures.living import MovedClock
from tests.links.told import moment_later

NUMBER = "13877776666"
CALLER = {"citizen": {"phone": "13811112222", "calling_number": NUMBER}}
UNTIL = (MONDAY + timedelta(days=30)).isoformat()


def propose(desk: Desk, who: str, ticket: int, **changes: Any) -> TestResponse:
    body = {"ticket": ticket, "ground": "abuse", "effect": "no_urge", "until": UNTIL, "reason": "多次辱骂话务员", **changes}
    return desk.call(who, "POST", "/caller-restrictions", body)


def act(desk: Desk, who: str, restriction: int, trigger: str, **fields: Any) -> TestResponse:
    return desk.call(who, "POST", f"/caller-restrictions/{restriction}/transitions", {"trigger": trigger, "fields": fields})


def an_active(desk: Desk) -> int:
    made: int = propose(desk, "agent", desk.a_ticket(**CALLER)).json["id"]
    assert act(desk, "supervisor", made, "approve").json["state"] == "active"
    return made


def urges(desk: Desk, ticket: int) -> int:
    desk.do("agent", ticket, "supplement", kind="urge", text="快点")
    return int(desk.rows("SELECT urges FROM tickets WHERE id = %s", ticket)[0]["urges"])


def test_approved_it_takes_effect_and_ends_by_itself(desk: Desk, clock: MovedClock) -> None:
    proposed = propose(desk, "agent", desk.a_ticket(**CALLER))
    assert proposed.status_code == 201 and proposed.json["state"] == "proposed", proposed.text
    restriction = proposed.json["id"]
    before = desk.a_ticket("accepted", **CALLER)
    moment_later(desk)
    assert "restricted_caller" not in desk.get("agent", f"/tickets/{before}")["badges"] and urges(desk, before) == 1
    assert act(desk, "agent", restriction, "approve").status_code == 403
    approved = act(desk, "supervisor", restriction, "approve")
    assert approved.json["state"] == "active" and "不计入催单次数" in approved.json["effect"]["zh"]
    ticket = desk.a_ticket("accepted", **CALLER)
    moment_later(desk)
    shown = desk.get("agent", f"/tickets/{ticket}")
    assert "restricted_caller" in shown["badges"] and [each["code"] for each in shown["restricted_caller"]] == ["no_urge"]
    assert "照常登记" in shown["restricted_caller"][0]["zh"]
    assert urges(desk, ticket) == 0 and desk.rows("SELECT count(*) AS n FROM supplements WHERE root_id = %s", ticket) == [{"n": 1}]
    calling = desk.call("agent", "POST", "/tickets/candidates", {"phone": NUMBER}).json
    assert [each["code"] for each in calling["restricted_caller"]] == ["no_urge"], "the agent reads it while the telephone still rings"
    clock.freeze(MONDAY + timedelta(days=30, minutes=1))
    sweep(desk.system)
    ended = desk.get("supervisor", f"/caller-restrictions/{restriction}")
    assert ended["state"] == "expired" and ended["ended_at"] is not None
    assert urges(desk, ticket) == 1, "from now on urging counts again"
    later = desk.a_ticket(**CALLER)
    moment_later(desk)
    assert "restricted_caller" not in desk.get("agent", f"/tickets/{later}")["badges"]


def test_nobody_proposes_what_the_pack_does_not_name(desk: Desk) -> None:
    ticket, silent = desk.a_ticket(**CALLER), desk.a_ticket()
    before = desk.everything()
    for changes, status, sentence in (
        ({"ground": "rude"}, 422, "限制情形须为规则包列明的"),
        ({"effect": "block"}, 422, "限制措施须为规则包列明的"),
        ({"until": MONDAY.isoformat()}, 422, "必须晚于现在"),
        ({"until": (MONDAY + timedelta(days=400)).isoformat()}, 422, "最长期限"),
        ({"ticket": silent}, 422, "没有来电号码"),
        ({"ticket": 999_999_999}, 404, "未找到"),
    ):
        answer = propose(desk, "agent", **{"ticket": ticket, **changes})
        assert answer.status_code == status and sentence in answer.json["detail"], answer.text
    assert desk.everything() == before
    assert propose(desk, "supervisor", ticket).status_code == 403, "who approves does not propose"


def test_one_effect_on_one_number_once(desk: Desk) -> None:
    restriction = an_active(desk)
    again = propose(desk, "callback", desk.a_ticket(**CALLER))
    assert again.status_code == 409 and "已有同样的限制措施" in again.json["detail"]
    assert propose(desk, "agent", desk.a_ticket(**CALLER), effect="leader_seat").status_code == 201
    lifted = act(desk, "supervisor", restriction, "lift", reason="已诚恳道歉")
    assert lifted.json["state"] == "lifted"
    assert propose(desk, "agent", desk.a_ticket(**CALLER)).status_code == 201


def test_the_number_is_sealed_masked_and_opened_for_a_reason_only(desk: Desk) -> None:
    restriction = an_active(desk)
    path = f"/caller-restrictions/{restriction}"
    shown = desk.call("agent", "GET", path)
    assert shown.json["phone"] == "138****6666" and NUMBER not in shown.text and "sealed" not in shown.text and "hash" not in shown.text
    listed = desk.call("agent", "GET", "/caller-restrictions")
    assert NUMBER not in listed.text and "sealed" not in listed.text and "hash" not in listed.text
    for who, status in (("leader", 403), ("clerk.cgj", 403), ("secretary", 403), ("auditor", 200)):
        for address in ("/caller-restrictions", path, f"{path}/history"):
            assert desk.call(who, "GET", address).status_code == status, (who, address)
    assert desk.call("supervisor", "POST", f"{path}/unmask", {}).status_code == 400
    opened = desk.call("supervisor", "POST", f"{path}/unmask", {"reason": "移交公安机关"})
    assert opened.json == {"phone": NUMBER}
    assert desk.rows("SELECT root_id, field FROM unmaskings") == [{"root_id": restriction, "field": "restricted_phone"}]
    assert desk.call("leader", "POST", f"{path}/unmask", {"reason": "想看一看"}).status_code == 403
    for table in ("history", "outbox", "texts", "caller_restrictions"):
        assert NUMBER not in str(desk.rows(f"SELECT * FROM {table}")), table


def test_refused_by_the_supervisor(desk: Desk) -> None:
    made = propose(desk, "agent", desk.a_ticket(**CALLER)).json["id"]
    assert act(desk, "supervisor", made, "refuse").status_code == 400
    assert act(desk, "supervisor", made, "refuse", reason="一次争执，不足以限制").json["state"] == "refused"
