"""Four gates on review: what a machine finds is shown and kept, and a person decides with reasons."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from app.core.actors import IMPORTER
from app.core.bus import execute
from app.core.fire import Fire
from tests.factories.hotline import REPLY, STRAIGHT, Desk
from tests.fixtures.living import MovedClock

ASKED = {"title": "路灯与井盖", "content": "一、文昌路路灯不亮，何时维修？二、建设路井盖缺失，希望更换。"}
GOOD = {
    **REPLY, "reply_text": "经试验区城市管理局9月1日现场核实，文昌路路灯已维修，建设路井盖已更换。",
    "public_reply": "路灯已维修，井盖已更换。",
}  # fmt: skip
OFF = {**REPLY, "reply_text": "您反映的事项已转相关部门处理，请耐心等待，感谢您的支持。"}


def replied(desk: Desk, reply: dict[str, Any], **demand: Any) -> int:
    ticket = desk.a_ticket("handling", **demand)
    desk.do("handler.cgj", ticket, "submit", **reply)
    desk.do("lead.cgj", ticket, "reply")
    return ticket


def codes(desk: Desk, ticket: int, who: str = "reviewer") -> dict[str, str]:
    return {each["code"]: each["severity"] for each in desk.get(who, f"/tickets/{ticket}/findings")["findings"]}


def test_a_good_reply_passes_all_four_gates_without_a_word(desk: Desk) -> None:
    ticket = replied(desk, GOOD, **ASKED)
    assert codes(desk, ticket) == {"not_contacted": "info"}
    assert desk.do("reviewer", ticket, "approve")["state"] == "completed"
    (kept,) = desk.rows("SELECT * FROM reviews")
    assert (kept["decision"], kept["round"], kept["actor_id"]) == ("approve", 1, desk.user_ids["reviewer"])
    assert {kept[f"gate_{gate}"] for gate in ("time", "quality", "reply", "implementation")} == {"pass"}
    assert [finding["code"] for finding in kept["findings"]] == ["not_contacted"]


def test_a_gate_that_fails_is_not_approved(desk: Desk) -> None:
    ticket = replied(desk, GOOD, **ASKED)
    before = desk.everything()
    refused = desk.act("reviewer", ticket, "approve", {"gate_implementation": "fail", "gate_implementation_reason": "照片不符"})
    assert refused.status_code == 422 and "四关中有一关不通过的，不得审核通过" in refused.json["detail"]
    assert desk.everything() == before and desk.rows("SELECT 1 FROM reviews") == []


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({}, "须指明时间、质量、回复、落实四关中哪一关不通过"),
        ({"reason": "不好"}, "须指明"),
        ({"gates": ["quality"]}, "须指明"),
        ({"gate_quality": "pass", "gate_quality_reason": "可以"}, "须指明"),
        ({"gate_quality": "fail"}, "不通过的每一关都须说明理由"),
        ({"gate_quality": "fail", "gate_quality_reason": "未答第二点", "gate_time": "fail"}, "不通过的每一关都须说明理由"),
    ],
)
def test_sending_back_names_a_gate_and_says_why(desk: Desk, fields: dict[str, Any], words: str) -> None:
    ticket = replied(desk, GOOD, **ASKED)
    before = desk.everything()
    refused = desk.act("reviewer", ticket, "send_back", fields)
    assert refused.status_code == 422 and words in refused.json["detail"]
    assert desk.everything() == before


def test_sent_back_at_a_gate_and_approved_after_it_is_mended(desk: Desk) -> None:
    ticket = replied(desk, OFF, **ASKED)
    assert codes(desk, ticket)["points_unanswered"] == "fail" and codes(desk, ticket)["empty_phrases"] == "fail"
    shown = desk.do("reviewer", ticket, "send_back", gate_quality="fail", gate_quality_reason="两点都没有答复")
    assert shown["state"] == "handling" and "sent_back" in shown["badges"]
    desk.do("handler.cgj", ticket, "submit", **GOOD)
    desk.do("lead.cgj", ticket, "reply")
    assert "fail" not in codes(desk, ticket).values()
    desk.do("reviewer", ticket, "approve", gate_quality="pass", gate_quality_reason="已补充两点结果")
    kept = desk.rows("SELECT decision, gate_quality, gate_quality_reason, findings FROM reviews ORDER BY at, id")
    assert [(row["decision"], row["gate_quality"], row["gate_quality_reason"]) for row in kept] == [
        ("send_back", "fail", "两点都没有答复"), ("approve", "pass", "已补充两点结果"),
    ]  # fmt: skip
    assert "points_unanswered" in [finding["code"] for finding in kept[0]["findings"]], "as they stood then"
    told = [row["fields"] for row in desk.get("reviewer", f"/tickets/{ticket}/history")["items"] if row["trigger"] == "send_back"]
    assert {"gate_quality": "fail", "gate_quality_reason": "两点都没有答复"} in told


def test_the_older_way_of_sending_back_still_counts(desk: Desk) -> None:
    ticket = replied(desk, GOOD, **ASKED)
    desk.do("reviewer", ticket, "send_back", gates=["time", "reply"], reason="未写明时间")
    (kept,) = desk.rows("SELECT gate_time, gate_quality, gate_reply, reason FROM reviews")
    assert kept == {"gate_time": "fail", "gate_quality": "pass", "gate_reply": "fail", "reason": "未写明时间"}


def test_approving_over_a_failing_finding_needs_the_reason_of_that_gate(desk: Desk) -> None:
    ticket = replied(desk, OFF, **ASKED)
    assert desk.get("reviewer", f"/tickets/{ticket}/findings")["failing"] == ["quality"]
    before = desk.everything()
    for fields in ({}, {"gate_reply_reason": "可以"}, {"gate_quality": "pass"}):
        refused = desk.act("reviewer", ticket, "approve", fields)
        assert refused.status_code == 422 and "机器核查提示质量关未通过" in refused.json["detail"]
    assert desk.everything() == before
    desk.do("reviewer", ticket, "approve", gate_quality_reason="诉求人已撤回其余诉求")
    (kept,) = desk.rows("SELECT gate_quality, gate_quality_reason FROM reviews")
    assert kept == {"gate_quality": "pass", "gate_quality_reason": "诉求人已撤回其余诉求"}


def test_the_reviewer_mends_the_public_reply_and_needs_no_reason(desk: Desk) -> None:
    ticket = replied(desk, {**GOOD, "public_reply": "已答复诉求人王小明，电话13800138000。"}, **ASKED)
    (finding,) = [f for f in desk.get("reviewer", f"/tickets/{ticket}/findings")["findings"] if f["code"] == "personal_data"]
    assert (finding["gate"], finding["severity"]) == ("reply", "fail") and "电话" in finding["zh"] and "1380013" not in str(finding)
    assert desk.act("reviewer", ticket, "approve").status_code == 422
    assert desk.do("reviewer", ticket, "approve", public_reply="已答复诉求人。")["state"] == "completed"


def test_a_reply_after_the_limit_fails_the_gate_of_time(desk: Desk, clock: MovedClock) -> None:
    ticket = desk.a_ticket("handling", **ASKED)
    clock.advance(timedelta(days=40))
    desk.do("handler.cgj", ticket, "submit", **GOOD)
    desk.do("lead.cgj", ticket, "reply")
    late = codes(desk, ticket)
    assert late["late_submission"] == "fail" and late["late_contact"] == "warn"
    refused = desk.act("reviewer", ticket, "approve")
    assert refused.status_code == 422 and "时间关" in refused.json["detail"]
    assert desk.do("reviewer", ticket, "approve", gate_time_reason="台风停工，已核实")["state"] == "completed"


def test_the_time_of_review_is_not_the_units(desk: Desk, clock: MovedClock) -> None:
    ticket = replied(desk, GOOD, **ASKED)
    clock.advance(timedelta(days=40))
    assert "late_submission" not in codes(desk, ticket)


def test_the_reply_of_the_round_before_is_not_given_again(desk: Desk) -> None:
    ticket = replied(desk, GOOD, **ASKED)
    desk.do("reviewer", ticket, "approve")
    desk.do("callback", ticket, "record_callback", contacted=True, solved=False, rating="dissatisfied")
    desk.do("callback", ticket, "rehandle", reason="路灯又不亮了")
    for _, who, trigger, fields in STRAIGHT[2:5]:
        desk.do(who, ticket, trigger, **(GOOD if trigger == "submit" else fields))
    assert codes(desk, ticket)["copy_of_earlier"] == "fail"


def test_the_same_words_for_many_are_pointed_out(desk: Desk) -> None:
    replied(desk, GOOD, **ASKED)
    second = replied(desk, GOOD, **ASKED)
    (finding,) = [f for f in desk.get("reviewer", f"/tickets/{second}/findings")["findings"] if f["code"] == "same_elsewhere"]
    assert finding["severity"] == "warn" and "另有 1 件" in finding["zh"]


def test_a_unit_tries_its_reply_before_it_submits(desk: Desk) -> None:
    ticket = desk.a_ticket("handling", **ASKED)
    before = desk.everything()
    path = f"/tickets/{ticket}/findings"
    draft = {"outcome": "solved", "contacted": True, "reply_text": "正在协调，将尽快处理文昌路的路灯和建设路的井盖。"}
    tried = desk.call("handler.cgj", "POST", path, draft)
    assert tried.status_code == 200, tried.text
    found = {each["code"]: each["severity"] for each in tried.json["findings"]}
    assert found["outcome_contradicted"] == "fail" and found["no_date"] == "warn" and tried.json["failing"] == ["implementation"]
    assert desk.call("clerk.swj", "POST", path, {"reply_text": "试试"}).status_code == 404
    assert desk.call("handler.cgj", "POST", path, {"verdict": "pass"}).status_code == 400
    assert desk.everything() == before


def test_units_see_findings_of_a_confidential_ticket_without_names(desk: Desk) -> None:
    content = "一、我叫张伟，请问补贴何时发放？二、希望公布名单，联系我13900139000。"
    ticket = replied(desk, OFF, content=content, citizen={"name": "张伟", "confidential": True})
    assert "13900139000" in desk.call("reviewer", "GET", f"/tickets/{ticket}/findings").text
    assert "13900139000" not in desk.call("handler.cgj", "GET", f"/tickets/{ticket}/findings").text
    desk.do("reviewer", ticket, "send_back", gate_quality="fail", gate_quality_reason="未答")
    assert "13900139000" not in str(desk.rows("SELECT findings FROM reviews"))


def test_what_a_file_tells_was_reviewed_by_nobody_here(desk: Desk) -> None:
    ticket = replied(desk, OFF, **ASKED)
    assert execute(desk.system, Fire(IMPORTER, "ticket", ticket, "approve")).state == "completed"
    assert desk.rows("SELECT 1 FROM reviews") == []
