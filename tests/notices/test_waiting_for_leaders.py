"""What only a leader may decide is told to leaders; an inbox says which case it is about, and names a ticket only where there is one."""

from __future__ import annotations

from tests.factories.hotline import Desk
from tests.notices.telling import inbox, told


def test_a_suspension_that_was_asked_for_is_told_to_whom_may_approve_it(desk: Desk) -> None:
    ticket = desk.a_ticket("handling")
    desk.do(
        "lead.cgj", ticket, "suspend", plan="列入计划", approval_level="leader", review_at="2025-12-01T18:00:00+08:00",
        public_explanation="已列入改造计划。",
    )  # fmt: skip
    told(desk)
    for who in ("supervisor", "leader"):
        assert any("申请挂账，待审批" in text for text in inbox(desk, who, "request")), who


def test_a_listed_supervision_waits_in_the_leaders_inbox(desk: Desk) -> None:
    ticket = desk.a_ticket("handling")
    desk.do("supervisor", ticket, "supervise", level="listed", unit="cgj", reason="久拖不决")
    told(desk)
    (item,) = [item for item in desk.get("leader", "/inbox")["items"] if "待立项" in item["text"]]
    assert (item["ticket"], item["case_kind"]) == (ticket, "supervision") and item["case"] != ticket


def test_what_is_about_no_ticket_names_none(desk: Desk) -> None:
    answer = desk.call("supervisor", "POST", "/supervisions", {"title": "年度实事", "supervision_source": "work_report"})
    told(desk)
    (item,) = [item for item in desk.get("leader", "/inbox")["items"] if "待立项" in item["text"]]
    assert (item["ticket"], item["case"], item["case_kind"]) == (None, answer.json["id"], "supervision")
