"""Where one feature meets another: what a rung, an alarm, a return or an extension finds when the ticket stands elsewhere by then."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from app.core.sweep import sweep
from tests.factories.hotline import Desk

if TYPE_CHECKING:
    from tests.fixtures.living import MovedClock

JUMP: dict[str, Any] = {"type": "help", "title": "讨薪无果", "content": "工地拖欠工资，工人扬言要跳楼，现场已有人上了楼顶。"}


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
    assert row["actor"] == "system" and row["fields"]["rule"].startswith("demo-district@1/escalation/")
    items = desk.get("supervisor", f"/tickets/{ticket}/history?limit=200")["items"]
    assert [item["fields"]["rule"] for item in items if item["trigger"] == "supervise"] == [row["fields"]["rule"]]
