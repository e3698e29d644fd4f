"""Who has to know is told: a dispatch, a limit that falls due, a decision; who is away is stood in for, and no absence is silence."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING

from app.notices.sending import send_due
from tests.factories.hotline import Desk
from tests.notices.sides import Gateway
from tests.notices.telling import inbox, outside, rung, told

if TYPE_CHECKING:
    from tests.fixtures.living import MovedClock

CITIZEN = {"name": "王小明", "phone": "13812345678"}


def number(desk: Desk, ticket: int) -> str:
    found: str = desk.get("dispatcher", f"/tickets/{ticket}")["number"]
    return found


def test_a_dispatch_is_in_the_clerks_inbox_and_in_nobody_elses(desk: Desk) -> None:
    ticket = desk.a_ticket("dispatched", citizen=CITIZEN)
    told(desk)
    assert inbox(desk, "clerk.cgj") == [f"新工单 {number(desk, ticket)}（投诉，一般）派至试验区城市管理局，请签收，办理期限 9月17日23:59。"]
    assert inbox(desk, "clerk.swj") == inbox(desk, "handler.cgj") == inbox(desk, "lead.cgj") == []
    desk.do("clerk.cgj", ticket, "assign_person", person=desk.user_ids["handler.cgj"])
    told(desk)
    assert "已交您承办" in inbox(desk, "handler.cgj")[0]


def test_an_urgent_dispatch_reaches_the_unit_lead_too_and_nobody_twice(desk: Desk) -> None:
    desk.a_ticket("dispatched", urgency="urgent")
    told(desk)
    for who in ("clerk.cgj", "lead.cgj"):
        (item,) = desk.get(who, "/inbox")["items"]
        assert item["critical"] and item["kind"] == "dispatch" and "紧急工单" in item["text"]


def test_a_limit_that_falls_due_is_told_to_whom_its_rung_names(desk: Desk, clock: MovedClock) -> None:
    ticket = desk.a_ticket("dispatched")
    told(desk)
    clock.advance(timedelta(days=2))
    rung(desk)
    for who in ("clerk.cgj", "lead.cgj", "dispatcher"):
        assert any(f"{number(desk, ticket)}（投诉）的签收时限：已到期" in text for text in inbox(desk, who, "deadline")), who
    assert inbox(desk, "clerk.swj") == inbox(desk, "reviewer") == []


def test_the_same_event_told_twice_is_one_notice(desk: Desk) -> None:
    desk.a_ticket("dispatched")
    told(desk)
    before = desk.rows("SELECT (SELECT count(*) FROM notices) AS notices, (SELECT count(*) FROM deliveries) AS deliveries")
    desk.change("UPDATE outbox SET done_at = NULL, lease_until = NULL WHERE reaction = 'tell_people'")
    told(desk)
    assert desk.rows("SELECT (SELECT count(*) FROM notices) AS notices, (SELECT count(*) FROM deliveries) AS deliveries") == before


def test_who_is_away_is_not_told_and_the_deputy_is(desk: Desk) -> None:
    body = {"since": "2025-09-01T00:00:00+08:00", "until": "2025-09-05T00:00:00+08:00", "substitute_id": desk.user_ids["lead.cgj"]}
    answer = desk.call("clerk.cgj", "POST", f"/users/{desk.user_ids['clerk.cgj']}/leaves", body)
    assert answer.status_code == 201, answer.text
    desk.a_ticket("accepted")
    ticket = desk.a_ticket("accepted")
    desk.do("dispatcher", ticket, "dispatch", lead_unit="cgj")
    told(desk)
    assert inbox(desk, "clerk.cgj") == []
    (item,) = desk.get("lead.cgj", "/inbox")["items"]
    assert (item["via"], item["via_label"]) == ("deputy", "替岗代收")


def test_the_share_of_a_person_on_leave_is_told_to_whoever_stands_in(desk: Desk) -> None:
    ticket = desk.a_ticket("handling")
    desk.do("clerk.cgj", ticket, "assign_person", person=desk.user_ids["handler.cgj"])
    told(desk)
    body = {"since": "2025-09-01T00:00:00+08:00", "until": "2025-09-05T00:00:00+08:00", "substitute_id": desk.user_ids["lead.cgj"]}
    assert desk.call("handler.cgj", "POST", f"/users/{desk.user_ids['handler.cgj']}/leaves", body).status_code == 201
    desk.do("dispatcher", ticket, "urge")
    told(desk)
    assert not any("催办" in text for text in inbox(desk, "handler.cgj"))
    (item,) = desk.get("lead.cgj", "/inbox?kind=supervision")["items"]
    assert item["via"] == "deputy" and "催办" in item["text"]


def test_when_nobody_holds_the_role_the_units_lead_is_told_visibly_and_then_the_supervisor(desk: Desk) -> None:
    desk.change("UPDATE user_roles SET until = now() WHERE user_id = %s", desk.user_ids["clerk.cgj"])
    ticket = desk.a_ticket("accepted")
    desk.do("dispatcher", ticket, "dispatch", lead_unit="cgj")
    told(desk)
    (item,) = desk.get("lead.cgj", "/inbox")["items"]
    assert (item["via"], item["via_label"]) == ("fallback", "无在岗人员，代为收取")
    desk.change("UPDATE user_roles SET until = now() WHERE user_id = %s", desk.user_ids["lead.cgj"])
    other = desk.a_ticket("accepted")
    desk.do("dispatcher", other, "dispatch", lead_unit="cgj")
    told(desk)
    (item,) = desk.get("supervisor", "/inbox")["items"]
    assert item["via"] == "fallback" and number(desk, other) in item["text"]


def test_the_citizen_is_told_by_sms_with_the_way_to_the_answer(desk: Desk, gateway: Gateway, configured: Callable[..., None]) -> None:
    configured(sms_url=gateway.url, sms_secret="shared")
    ticket = desk.a_ticket("accepted", citizen=CITIZEN)
    told(desk)
    assert send_due(desk.system) == 1
    (request,) = gateway.requests
    code = desk.get("agent", f"/tickets/{ticket}")["tracking_code"]
    assert request["body"]["to"] == "13812345678"
    assert request["body"]["text"] == f"【云岭12345】您的诉求已受理，工单号 {number(desk, ticket)}。查询进度：https://12345.example/t/{code}"
    (row,) = outside(desk)
    assert (row["status"], row["reference"], row["segments"]) == ("sent", "provider-0", 2)
    assert "13812345678" not in str(desk.rows("SELECT * FROM deliveries d JOIN notices n ON n.id = d.notice_id"))


def test_who_is_unnamed_or_confidential_or_left_no_number_gets_no_sms(
    desk: Desk, gateway: Gateway, configured: Callable[..., None]
) -> None:
    configured(sms_url=gateway.url, sms_secret="shared")
    for citizen in ({**CITIZEN, "anonymous": True}, {**CITIZEN, "confidential": True}, {"name": "王小明"}, {"phone": "02088886666"}):
        desk.a_ticket("accepted", citizen=citizen)
    told(desk)
    send_due(desk.system)
    assert [(row["status"], row["why"]) for row in outside(desk)] == [
        ("suppressed", "anonymous"), ("suppressed", "confidential"), ("suppressed", "no_address"), ("suppressed", "no_address")
    ]  # fmt: skip
    assert gateway.requests == []


def test_without_a_channel_a_message_is_suppressed_and_says_so(desk: Desk) -> None:
    ticket = desk.a_ticket("accepted", citizen=CITIZEN)
    told(desk)
    assert send_due(desk.system) == 0
    (line,) = desk.get("dispatcher", f"/tickets/{ticket}/deliveries")["items"]
    assert (line["status"], line["why_label"]) == ("suppressed", "本系统未配置此渠道")
    assert line["recipient"]["phone"] == "138****5678" and line["rule"]["row"] == "citizen-accepted"


def test_a_demonstration_sends_nothing_outside(desk: Desk, gateway: Gateway, configured: Callable[..., None]) -> None:
    configured(sms_url=gateway.url, sms_secret="shared")
    desk.change("UPDATE installation SET purpose = 'demo'")
    desk.a_ticket("accepted", citizen=CITIZEN)
    told(desk)
    send_due(desk.system)
    assert [(row["status"], row["why"]) for row in outside(desk)] == [("suppressed", "not_real")] and gateway.requests == []
