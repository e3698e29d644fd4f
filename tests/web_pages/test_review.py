"""The review desk: demand and reply beside each other, four gates with findings, ready phrases; requests decided on one screen each."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.factories.hotline import REPLY, Desk
from tests.web_pages.eyes import Eyes, cost, form_of, words

HOME = "/desk/review"
ASKED = {"title": "路灯与井盖", "content": "一、文昌路路灯不亮，何时维修？二、建设路井盖缺失，希望更换。"}
GOOD = {
    **REPLY, "reply_text": "经试验区城市管理局9月1日现场核实，文昌路路灯已维修，建设路井盖已更换。",
    "public_reply": "路灯已维修，井盖已更换。",
}  # fmt: skip
OFF = {**REPLY, "reply_text": "您反映的事项已转相关部门处理，请耐心等待，感谢您的支持。"}
PASSED = {f"gate_{name}": "pass" for name in ("time", "quality", "reply", "implementation")}


def replied(desk: Desk, reply: dict[str, Any] = GOOD, **demand: Any) -> int:
    ticket = desk.a_ticket("handling", **{**ASKED, **demand})
    desk.do("handler.cgj", ticket, "submit", **reply)
    desk.do("lead.cgj", ticket, "reply")
    return ticket


def at(ticket: int, tab: str = "replied") -> str:
    return f"{HOME}/{tab}/{ticket}"


def share_of(desk: Desk, ticket: int) -> int:
    found: int = desk.get("lead.cgj", f"/tickets/{ticket}")["assignments"][0]["id"]
    return found


def test_approved_by_one_button_and_the_next_opens(desk: Desk) -> None:
    first, second = replied(desk), replied(desk, title="第二件")
    eyes = Eyes(desk, "reviewer")
    page = eyes.open(HOME)
    assert "文昌路路灯不亮" in page and "路灯已维修" in page and "机器未发现问题" in page
    page = eyes.done(page, at(first), decision="yes", **PASSED)
    assert "已通过" in page and at(second) in page
    assert desk.get("reviewer", f"/tickets/{first}")["state"] == "completed"
    texts = desk.rows("SELECT stage FROM replies WHERE root_id = %s AND stage = 'reviewed'", first)
    assert texts == [], "words that were not changed are not said again"
    page = eyes.done(page, at(second), decision="yes", reply_text="文昌路路灯和建设路井盖均已修好，9月1日城管局核实。", **PASSED)
    assert "没有等待您决定的事项" in page
    assert desk.get("reviewer", f"/tickets/{second}/replies")["items"][0]["reply_text"].startswith("文昌路路灯和建设路井盖均已修好")


def test_findings_stand_at_their_gate_and_approving_against_them_needs_a_reason(desk: Desk) -> None:
    ticket = replied(desk, OFF)
    eyes = Eyes(desk, "reviewer")
    page = eyes.open(f"{HOME}?id={ticket}")
    assert "只说已转办，没有办理结果" in page and "不符合" in page
    assert not re.search(r'name="gate_quality" value="pass" checked', page), "a gate with a finding is for the reviewer to judge"
    refused = eyes.send(page, at(ticket), decision="yes", **PASSED, gate_reply_reason="语气尚可 <i>")
    assert refused.status_code == 422 and "语气尚可 &lt;i&gt;" in refused.text and "gate_quality" in refused.text
    assert desk.get("reviewer", f"/tickets/{ticket}")["state"] == "replied"


def test_sent_back_at_a_gate_with_a_ready_phrase(desk: Desk) -> None:
    ticket = replied(desk, OFF)
    eyes = Eyes(desk, "reviewer")
    page = eyes.open(HOME)
    chosen = {"phrase": "gate_quality_reason:1", "gate_quality_reason": "请重办。", "note": "留着"}
    answer = eyes.send(page, at(ticket), to=f"{at(ticket)}/phrase", **chosen)
    assert answer.status_code == 200 and "留着" in answer.text
    assert "请重办。只说明已转办、已关注，没有办理结果，请补充实际结果。" in answer.text
    assert re.search(r'name="gate_quality" value="fail" checked', answer.text)
    nothing = eyes.send(page, at(ticket), **PASSED)
    assert nothing.status_code == 400 and "请选择通过或者退回" in nothing.text
    bare = eyes.send(page, at(ticket), decision="no", gate_quality="fail")
    assert bare.status_code == 422 and "不通过的每一关都须说明理由" in bare.text
    page = eyes.done(answer.text, at(ticket), gate_quality="fail", gate_quality_reason="没有办理结果")
    assert "已退回" in page
    shown = desk.get("reviewer", f"/tickets/{ticket}")
    assert shown["state"] == "handling" and "sent_back" in shown["badges"]


def test_the_earlier_rounds_reply_stands_beside(desk: Desk) -> None:
    ticket = replied(desk)
    desk.do("reviewer", ticket, "approve")
    desk.do("callback", ticket, "record_callback", contacted=True, solved=False, rating="dissatisfied", reasons=["not_solved"])
    desk.do("supervisor", ticket, "rehandle", reason="路灯仍不亮")
    desk.do("clerk.cgj", ticket, "sign")
    desk.do("handler.cgj", ticket, "submit", **{**GOOD, "reply_text": "9月2日城管局已更换文昌路灯泡，建设路井盖完好。"})
    desk.do("lead.cgj", ticket, "reply")
    page = words(Eyes(desk, "reviewer").open(f"{HOME}?id={ticket}"))
    assert "前几轮的答复" in page and page.index("已更换文昌路灯泡") < page.index("文昌路路灯已维修")


def test_whoever_waited_too_long_sees_what_has_changed(desk: Desk) -> None:
    ticket = replied(desk)
    eyes = Eyes(desk, "reviewer")
    page = eyes.open(HOME)
    desk.do("supervisor", ticket, "send_back", gate_reply="fail", gate_reply_reason="请补充时间")
    late = eyes.send(page, at(ticket), decision="yes", note="我的备注", **PASSED)
    assert late.status_code in (409, 412) and "这一步现在不由您决定" in late.text


def test_the_units_own_check(desk: Desk) -> None:
    ticket = desk.a_ticket("handling", **ASKED)
    desk.do("handler.cgj", ticket, "submit", **OFF)
    share = share_of(desk, ticket)
    lead = Eyes(desk, "lead.cgj")
    page = lead.open(HOME)
    assert "待审签" in page and "延期" not in form_of(page, at(share, "submitted")) and "只说已转办" in page
    bare = lead.send(page, at(share, "submitted"), decision="no")
    assert bare.status_code == 400 and 'id="reason-wrong"' in bare.text
    lead.done(page, at(share, "submitted"), decision="no", reason="补充办理结果")
    assert desk.get("lead.cgj", f"/assignments/{share}")["state"] == "handling"
    desk.do("handler.cgj", ticket, "submit", **GOOD)
    lead.done(lead.open(HOME), at(share, "submitted"), decision="yes")
    assert desk.get("reviewer", f"/tickets/{ticket}")["state"] == "replied"
    assert lead.status(f"{HOME}?tab=replied") == 404 and "文昌路" not in Eyes(desk, "lead.swj").open(HOME)


def test_an_extension_is_granted_as_asked_or_shorter(desk: Desk) -> None:
    due, tickets = "2025-09-25T23:59:59+08:00", [desk.a_ticket("handling") for _ in range(3)]
    requests = []
    for ticket in tickets:
        desk.do("lead.cgj", ticket, "request_extension", reason="需取样检测", legal_basis="规则第十二条", new_due_at=due)
        requests.append(desk.get("reviewer", f"/extensions?ticket={ticket}")["items"][0]["id"])
    eyes = Eyes(desk, "reviewer")
    page = eyes.open(f"{HOME}?tab=extensions")
    assert "需取样检测" in page and "规则第十二条" in page
    page = eyes.done(page, at(requests[0], "extensions"), decision="yes", new_due_at="2025-09-25T23:59")
    page = eyes.done(page, at(requests[1], "extensions"), decision="yes", new_due_at="2025-09-24T18:00")
    bare = eyes.send(page, at(requests[2], "extensions"), decision="no", new_due_at="2025-09-25T23:59")
    assert bare.status_code == 400 and 'id="reason-wrong"' in bare.text
    eyes.done(page, at(requests[2], "extensions"), decision="no", reason="理由不充分", new_due_at="2025-09-25T23:59")
    limits = [desk.get("reviewer", f"/tickets/{ticket}")["assignments"][0]["extended_until"] for ticket in tickets]
    assert limits == ["2025-09-25T23:59:59+08:00", "2025-09-24T18:00:00+08:00", None]


def test_pauses_suspensions_and_terminations(desk: Desk) -> None:
    paused, held, ending = (desk.a_ticket("handling") for _ in range(3))
    share = share_of(desk, paused)
    grounds = {"pause_ground": "negotiation", "reason": "会商确定单位", "pause_until": "2025-09-03T12:00:00+08:00"}
    assert desk.call("lead.cgj", "POST", f"/assignments/{share}/transitions", {"trigger": "pause", "fields": grounds}).status_code == 200
    asked = {"plan": "列入明年计划", "approval_level": "district", "review_at": "2025-10-01T12:00:00+08:00", "public_explanation": "已列入"}
    desk.do("lead.cgj", held, "suspend", **asked)
    desk.do("lead.cgj", ending, "terminate", reason="诉求人拒不配合", termination_ground="citizen_blocks")
    eyes = Eyes(desk, "reviewer")
    page = eyes.open(f"{HOME}?tab=pauses")
    assert "会商确定单位" in page
    eyes.done(page, at(share, "pauses"), decision="yes")
    assert "paused" in desk.get("reviewer", f"/tickets/{paused}")["badges"]
    page = eyes.open(f"{HOME}?tab=suspensions")
    assert "列入明年计划" in page and "这一步现在不由您决定" in page and "区分管领导" in page
    leader = Eyes(desk, "leader")
    leader.done(leader.open(f"{HOME}?tab=suspensions"), at(held, "suspensions"), decision="yes")
    assert desk.get("reviewer", f"/tickets/{held}")["state"] == "suspended"
    page = eyes.open(f"{HOME}?tab=terminations")
    assert "诉求人拒不配合" in page and "诉求人不配合、阻挠办理" in page
    eyes.done(page, at(ending, "terminations"), decision="no", reason="请继续联系")
    assert desk.get("reviewer", f"/tickets/{ending}")["badges"] == []


@pytest.mark.parametrize(("who", "status"), [("supervisor", 200), ("leader", 200), ("lead.cgj", 200), ("agent", 403), ("handler.cgj", 403)])
def test_who_may_open_it(desk: Desk, who: str, status: int) -> None:
    assert Eyes(desk, who).status(HOME) == status


def test_in_english_as_a_part_and_without_growing(desk: Desk) -> None:
    ticket = replied(desk)
    eyes = Eyes(desk, "reviewer")
    assert "The machine finds nothing amiss" in Eyes(desk, "reviewer", **{"Accept-Language": "en"}).open(HOME)
    assert "<html" not in Eyes(desk, "reviewer", **{"HX-Request": "true"}).open(f"{HOME}/queue?tab=replied")
    before = cost(eyes, f"{HOME}?id={ticket}")
    for _ in range(4):
        replied(desk)
    assert cost(eyes, f"{HOME}?id={ticket}") == before <= 25
