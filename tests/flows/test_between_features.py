"""Where one feature meets another: what a rung, an alarm, a return or an extension finds when the ticket stands elsewhere by then."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from app.core.sweep import sweep
from tests.factories.hotline import REPLY, Desk
from tests.factories.shares import ASKED, refused

if TYPE_CHECKING:
    from tests.fixtures.living import MovedClock

JUMP: dict[str, Any] = {"type": "help", "title": "讨薪无果", "content": "工地拖欠工资，工人扬言要跳楼，现场已有人上了楼顶。"}

PLAN: dict[str, Any] = {
    "plan": "待管网改造工程完工后处理", "approval_level": "department", "review_at": "2025-10-15T10:00:00+08:00",
    "public_explanation": "受管网改造工程影响，计划10月中旬处理。",
}  # fmt: skip


def test_a_ticket_answered_at_the_desk_and_handled_again_has_its_first_unit(desk: Desk) -> None:
    ticket = desk.a_ticket("accepted")
    desk.do("agent", ticket, "answer", reply_text="请拨打物业电话。")
    assert desk.get("dispatcher", f"/tickets/{ticket}")["first_unit"] is None
    shown = desk.do("supervisor", ticket, "rehandle", lead_unit="cgj", reason="诉求人称并未解决")
    assert shown["first_unit"]["code"] == "cgj"
    shown = desk.do("supervisor", ticket, "reassign", lead_unit="swj", reason="河道属水务")
    assert (shown["lead_unit"]["code"], shown["first_unit"]["code"]) == ("swj", "cgj"), "the first stays the first"


def test_an_alarm_is_a_badge_in_lists_too_until_it_is_closed(desk: Desk) -> None:
    ticket = desk.register(**JUMP)["id"]
    other = desk.register()["id"]
    badges = {item["id"]: item["badges"] for item in desk.get("duty", "/tickets")["items"]}
    assert "alarm" in badges[ticket] and "alarm" not in badges[other]
    for alarm in desk.get("duty", "/alarms?open=true")["items"]:
        for trigger, fields in (("act", {"measures_taken": "已转110"}), ("close", {"alarm_result": "人已劝下"})):
            body = {"trigger": trigger, "fields": fields}
            assert desk.call("duty", "POST", f"/alarms/{alarm['id']}/transitions", body).status_code == 200
    assert "alarm" not in desk.get("duty", "/tickets")["items"][1]["badges"]


def test_a_supervision_opened_by_a_rung_names_its_rule_in_history(desk: Desk, clock: MovedClock) -> None:
    ticket = desk.a_ticket("handling")
    refused = desk.act("supervisor", ticket, "supervise", {"rule": "demo-district@1/escalation/made-up"})
    assert refused.status_code == 400, "nobody pretends a rule"
    assert desk.act("supervisor", ticket, "elevate", {"measures": ["elevated_review"], "rule": "x"}).status_code == 400
    clock.freeze(datetime.fromisoformat("2025-10-20T12:00:00+08:00"))
    sweep(desk.system)
    (row,) = desk.rows("SELECT actor, fields FROM history WHERE case_id = %s AND trigger = 'supervise'", ticket)
    assert row["actor"] == "system" and row["fields"]["rule"].startswith("demo-district@") and "/escalation/" in row["fields"]["rule"]
    items = desk.get("supervisor", f"/tickets/{ticket}/history?limit=200")["items"]
    assert [item["fields"]["rule"] for item in items if item["trigger"] == "supervise"] == [row["fields"]["rule"]]


def decide(desk: Desk, who: str, kind: str, case: int, trigger: str, **fields: Any) -> Any:
    return desk.call(who, "POST", f"/{kind}/{case}/transitions", {"trigger": trigger, "fields": fields})


def test_a_return_is_not_upheld_while_its_ticket_is_suspended_or_replied(desk: Desk) -> None:
    ticket = desk.a_ticket("accepted")
    desk.do("dispatcher", ticket, "dispatch", lead_unit="cgj", co_units=["swj"])
    desk.do("clerk.cgj", ticket, "sign")
    desk.do("clerk.swj", ticket, "request_return", return_ground="not_our_duty", reason="不涉及河道")
    (request,) = desk.get("dispatcher", "/return-requests")["items"]
    desk.do("supervisor", ticket, "suspend", **PLAN)
    before = desk.everything()
    refused(decide(desk, "dispatcher", "return-requests", request["id"], "uphold", lead_unit="hbj"), "工单正在挂账")
    assert desk.everything() == before
    desk.do("supervisor", ticket, "resume", reason="条件具备")
    desk.do("handler.cgj", ticket, "submit", **REPLY)
    desk.do("lead.cgj", ticket, "reply", co_open_reason="协办单位申请退单，不影响答复")
    before = desk.everything()
    refused(decide(desk, "dispatcher", "return-requests", request["id"], "uphold", lead_unit="hbj"), "主办单位已经答复，工单正待审核")
    assert desk.everything() == before
    assert decide(desk, "dispatcher", "return-requests", request["id"], "reject", reason="可以协助").status_code == 200


def test_a_return_may_be_rejected_while_its_ticket_is_suspended(desk: Desk) -> None:
    ticket = desk.a_ticket("handling")
    desk.do("clerk.cgj", ticket, "request_return", return_ground="not_our_duty", reason="不属城管")
    (request,) = desk.get("dispatcher", "/return-requests")["items"]
    desk.do("supervisor", ticket, "suspend", **PLAN)
    assert decide(desk, "dispatcher", "return-requests", request["id"], "reject", reason="属城管职责").json["state"] == "rejected"
    assert desk.get("dispatcher", f"/tickets/{ticket}")["state"] == "suspended"


def test_an_extension_is_not_granted_while_its_limit_has_no_date(desk: Desk, clock: MovedClock) -> None:
    ticket = desk.a_ticket("handling")
    desk.do("clerk.cgj", ticket, "request_extension", **ASKED, new_due_at="2025-09-22T18:00:00+08:00")
    (extension,) = desk.get("reviewer", "/extensions")["items"]
    desk.do("supervisor", ticket, "suspend", **PLAN)
    assert [action["trigger"] for action in desk.get("reviewer", f"/extensions/{extension['id']}")["actions"]] == ["refuse"]
    before = desk.everything()
    refused(decide(desk, "reviewer", "extensions", extension["id"], "grant"), "没有可以顺延的日期")
    assert desk.everything() == before
    desk.do("supervisor", ticket, "resume", reason="条件具备")
    assert decide(desk, "reviewer", "extensions", extension["id"], "grant").json["state"] == "granted"
    other = desk.a_ticket("handling")
    desk.do("clerk.cgj", other, "request_extension", **ASKED, new_due_at="2025-09-22T18:00:00+08:00")
    (extension,) = desk.get("reviewer", "/extensions?state=requested")["items"]
    desk.do("supervisor", other, "suspend", **PLAN)
    assert decide(desk, "reviewer", "extensions", extension["id"], "refuse", reason="挂账期间不计时").json["state"] == "refused"


def test_a_share_submitted_for_signature_asks_for_no_extension(desk: Desk) -> None:
    ticket = desk.a_ticket("submitted")
    assert "request_extension" not in [action["trigger"] for action in desk.get("clerk.cgj", f"/tickets/{ticket}")["actions"]]
    before = desk.everything()
    asked = desk.act("clerk.cgj", ticket, "request_extension", {**ASKED, "new_due_at": "2025-09-22T18:00:00+08:00"})
    refused(asked, "答复已提交本单位审签")
    assert desk.everything() == before
