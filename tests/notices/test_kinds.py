"""The cases around a ticket tell their people too: extensions, returns, alarms, supervision, invitations to rate, the knowledge base."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from app.notices.sending import send_due
from tests.factories.hotline import Desk
from tests.notices.sides import Gateway
from tests.notices.telling import inbox, rung, settings, told

if TYPE_CHECKING:
    from tests.fixtures.living import MovedClock

CITIZEN = {"name": "王小明", "phone": "13812345678"}
MORE_TIME = {
    "reason": "需要委托检测机构取样", "legal_basis": "《云岭区热线工单办理规则》第十二条", "new_due_at": "2025-09-24T18:00:00+08:00"
}  # fmt: skip


def step(desk: Desk, who: str, kind: str, case: int, trigger: str, **fields: Any) -> Any:
    answer = desk.call(who, "POST", f"/{kind}/{case}/transitions", {"trigger": trigger, "fields": fields})
    assert answer.status_code == 200, answer.text
    return answer.json


def newest(desk: Desk, who: str, kind: str) -> int:
    found: int = desk.get(who, f"/{kind}")["items"][0]["id"]
    return found


def test_an_extension_is_asked_of_the_reviewer_and_its_grant_told_to_the_unit_and_the_citizen(
    desk: Desk, gateway: Gateway, configured: Callable[..., None]
) -> None:
    configured(sms_url=gateway.url, sms_secret="s")
    ticket = desk.a_ticket("handling", citizen=CITIZEN)
    told(desk)
    send_due(desk.system)
    desk.do("clerk.cgj", ticket, "request_extension", **MORE_TIME)
    told(desk)
    assert any("有延期申请，待审批" in text for text in inbox(desk, "reviewer"))
    step(desk, "reviewer", "extensions", newest(desk, "reviewer", "extensions"), "grant")
    told(desk)
    send_due(desk.system)
    assert "准予延期，新期限 9月24日23:59" in inbox(desk, "clerk.cgj", "request")[0]
    to_citizen = [request["body"]["text"] for request in gateway.requests if request["body"]["to"] == CITIZEN["phone"]]
    assert [text for text in to_citizen if "经批准延期办理" in text] == [to_citizen[-1]]
    assert not any(word in text for text in to_citizen for word in ("检测机构", "垃圾", "王小明"))


def test_an_alarm_is_told_at_once_even_at_night_and_climbs_when_nobody_answers(
    desk: Desk, gateway: Gateway, configured: Callable[..., None], clock: MovedClock
) -> None:
    configured(sms_url=gateway.url, sms_secret="s")
    settings(desk, "duty", {"alarm": []}, phone="13900000009")
    clock.advance(timedelta(hours=14))
    ticket = desk.a_ticket("registered")
    desk.do("agent", ticket, "raise_alarm", danger="gathering", reason="门口来了五十多人。")
    told(desk)
    send_due(desk.system)
    (item,) = desk.get("duty", "/inbox")["items"]
    assert item["critical"] and "险情告警" in item["text"]
    assert [request["body"]["to"] for request in gateway.requests] == ["13900000009"]
    for minutes in (16, 32):
        assert inbox(desk, "leader", "alarm") == [], f"the leader is not troubled before the second time ({minutes})"
        clock.advance(timedelta(minutes=16))
        rung(desk)
        assert any("逐级上报" in text for text in inbox(desk, "supervisor", "alarm"))
    assert any("多次上报仍未处置" in text for text in inbox(desk, "leader", "alarm"))


def test_a_return_is_told_to_the_dispatcher_and_its_decision_to_the_unit(desk: Desk) -> None:
    ticket = desk.a_ticket("dispatched")
    desk.do("clerk.cgj", ticket, "request_return", return_ground="not_our_duty", reason="河道保洁不属于城管职责")
    told(desk)
    assert any("退单申请，待裁定" in text for text in inbox(desk, "dispatcher"))
    step(desk, "dispatcher", "return-requests", newest(desk, "dispatcher", "return-requests"), "reject", reason="属市容职责")
    told(desk)
    assert any("退单申请：不予退单" in text for text in inbox(desk, "clerk.cgj", "request"))


def test_an_invitation_to_rate_is_an_sms_with_the_citizens_own_page(
    desk: Desk, gateway: Gateway, configured: Callable[..., None]
) -> None:
    configured(sms_url=gateway.url, sms_secret="s")
    ticket = desk.a_ticket("completed", citizen=CITIZEN)
    desk.do("callback", ticket, "invite")
    told(desk)
    send_due(desk.system)
    code = desk.get("callback", f"/tickets/{ticket}")["tracking_code"]
    assert any(text.endswith(f"请评价：https://12345.example/t/{code}") for text in gateway.texts)


def test_what_is_supervised_is_told_to_its_unit(desk: Desk) -> None:
    ticket = desk.a_ticket("handling")
    told(desk)
    desk.do("supervisor", ticket, "supervise", level="key", unit="cgj", reason="群众反映强烈", report_due_at="2025-09-10T18:00:00+08:00")
    told(desk)
    matter = newest(desk, "supervisor", "supervisions")
    if desk.get("supervisor", f"/supervisions/{matter}")["state"] == "proposed":
        step(desk, "supervisor", "supervisions", matter, "issue")
        told(desk)
    for who in ("clerk.cgj", "lead.cgj"):
        assert any("已交办试验区城市管理局" in text for text in inbox(desk, who, "supervision")), who
    step(desk, "supervisor", "supervisions", matter, "urge")
    told(desk)
    assert any(text.startswith("催办：督办件") for text in inbox(desk, "lead.cgj", "supervision"))
