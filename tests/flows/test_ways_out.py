"""Where two roads cross a third thing is not lost: who was called in stays, and what was asked in one round is not granted in the next."""

from __future__ import annotations

from typing import Any

from tests.factories.hotline import Desk
from tests.supervision.office import step

FRIDAY = "2025-09-05T18:00:00+08:00"
PLAN: dict[str, Any] = {
    "plan": "待管网改造完工",
    "approval_level": "department",
    "review_at": "2025-10-15T10:00:00+08:00",
    "public_explanation": "受工程影响。",
}


def test_a_dispatch_does_not_send_home_who_is_under_supervision_or_sits_in_a_conference(desk: Desk) -> None:
    ticket = desk.a_ticket("accepted")
    desk.do("supervisor", ticket, "supervise", report_due_at=FRIDAY, reason="群众反复反映", unit="swj")
    desk.do("supervisor", ticket, "call_conference", form="meeting", units=["hbj"])
    matter = desk.get("supervisor", f"/supervisions?ticket={ticket}")["items"][0]["id"]
    desk.do("dispatcher", ticket, "dispatch", lead_unit="cgj")
    assert step(desk, "clerk.swj", "supervisions", matter, "sign")["state"] == "signed"
    desk.do("dispatcher", ticket, "recall", reason="派错单位")
    assert desk.get("clerk.swj", f"/supervisions/{matter}")["state"] == "signed"
    assert desk.get("clerk.hbj", f"/conferences?ticket={ticket}")["items"]


def test_a_suspension_asked_for_in_one_round_is_not_granted_in_the_next(desk: Desk) -> None:
    ticket = desk.a_ticket("handling")
    shown = desk.do("dispatcher", ticket, "suspend", **PLAN)
    assert "suspension_requested" in shown["badges"]
    for who, trigger, fields in (
        ("handler.cgj", "submit", {"contacted": False, "not_contacted_reason": "不愿联系", "outcome": "solved", "reply_text": "已清运。"}),
        ("lead.cgj", "reply", {}),
        ("reviewer", "approve", {}),
    ):
        shown = desk.do(who, ticket, trigger, **fields)
    assert "suspension_requested" not in shown["badges"]
    desk.do("reviewer", ticket, "rehandle", reason="仍有垃圾")
    refused = desk.act("supervisor", ticket, "approve_suspension")
    assert refused.status_code == 422 and "没有待审批的挂账申请" in refused.json["detail"], refused.text


def test_a_suspended_ticket_that_ends_is_no_longer_counted_as_suspended(desk: Desk) -> None:
    ticket = desk.a_ticket("handling")
    desk.do("supervisor", ticket, "suspend", **PLAN)
    shown = desk.do("supervisor", ticket, "terminate", reason="诉求人不再配合", termination_ground="citizen_blocks")
    assert shown["state"] == "terminated" and shown["suspension"] is None
    assert desk.rows("SELECT suspended_at, suspended_until FROM tickets WHERE id = %s", ticket) == [
        {"suspended_at": None, "suspended_until": None}
    ]
    assert desk.get("supervisor", "/statistics/suspensions")["period"]["ended"] == 1


def test_an_evaluation_told_twice_through_the_ticket_itself_is_refused_in_words(desk: Desk) -> None:
    ticket = desk.a_ticket("completed")
    told = {
        "evaluation_source": "city", "evaluation_reference": "C-1", "evaluated_at": "2025-09-01T09:00:00+08:00", "rating": "satisfied",
    }  # fmt: skip
    assert desk.act("supervisor", ticket, "note_callback_event", told).status_code == 200
    before = desk.everything()
    again = desk.act("supervisor", ticket, "note_callback_event", told)
    assert again.status_code in (409, 422) and again.json["detail"], again.text
    assert desk.everything() == before
