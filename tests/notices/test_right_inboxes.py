"""Each of the lifecycle's side cases reaches the inboxes of those whom it concerns, and no others."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from tests.factories.hotline import MONDAY, Desk
from tests.knowledge.test_knowledge import ENTRY, published
from tests.links.told import a_citizens, joined
from tests.notices.telling import inbox, rung, told
from tests.supervision.office import begin, step

if TYPE_CHECKING:
    from tests.fixtures.living import MovedClock

FRIDAY = "2025-09-05T18:00:00+08:00"
PEOPLE = (
    "clerk.cgj", "lead.cgj", "handler.cgj", "clerk.swj", "lead.swj", "clerk.hbj", "lead.hbj", "clerk.qshj", "dispatcher", "supervisor",
    "leader", "reviewer", "agent",
)  # fmt: skip


def who_read(desk: Desk, words: str) -> list[str]:
    """Everybody in whose inbox these words stand."""
    told(desk)
    return [who for who in PEOPLE if any(words in text for text in inbox(desk, who))]


def test_an_instruction_reaches_the_units_that_it_was_sent_to(desk: Desk) -> None:
    paper = begin(desk, "secretary", "instructions", title="关于河边垃圾的来信", urgency="urgent")
    step(desk, "secretary", "instructions", paper, "endorse", endorser="区长 某某", endorsement="请两局即办。")
    assert who_read(desk, "领导批示") == []
    step(desk, "secretary", "instructions", paper, "send", units=["cgj", "swj"], report_due_at=FRIDAY)
    assert who_read(desk, "领导批示") == ["clerk.cgj", "lead.cgj", "clerk.swj", "lead.swj"]


def test_a_conference_reaches_who_is_called_and_who_is_invited_later(desk: Desk) -> None:
    ticket = desk.a_ticket("handling")
    desk.do("supervisor", ticket, "call_conference", form="meeting", units=["swj"], chair=desk.user_ids["leader"])
    assert who_read(desk, "已召集") == ["clerk.swj", "lead.swj", "leader"]
    (conference,) = desk.get("supervisor", f"/conferences?ticket={ticket}")["items"]
    step(desk, "supervisor", "conferences", conference["id"], "invite", units=["hbj"])
    assert {"clerk.hbj", "lead.hbj"} <= set(who_read(desk, "请按通知参加"))


def test_a_card_reaches_the_unit_that_was_shown_it(desk: Desk) -> None:
    ticket = desk.a_ticket("accepted")
    desk.do("dispatcher", ticket, "dispatch", lead_unit="cgj", co_units=["swj"])
    (share,) = desk.rows("SELECT id FROM assignments WHERE root_id = %s AND role = 'co'", ticket)
    step(desk, "supervisor", "assignments", share["id"], "yellow_card", reason="未签收")
    assert who_read(desk, "被亮黄牌") == ["clerk.swj", "lead.swj"]


def test_a_whistle_reaches_the_departments_that_are_called(desk: Desk) -> None:
    ticket = desk.a_ticket("accepted")
    desk.do("dispatcher", ticket, "dispatch", lead_unit="qshj")
    desk.do("clerk.qshj", ticket, "sign")
    desk.do("clerk.qshj", ticket, "whistle", departments=["hbj", "swj"], reason="占道又堵塞排水口")
    assert who_read(desk, "到场报到") == ["clerk.swj", "lead.swj", "clerk.hbj", "lead.hbj"]


def test_a_review_of_the_knowledge_base_that_is_overdue_reaches_its_unit(desk: Desk, clock: MovedClock) -> None:
    published(desk, keywords=ENTRY["keywords"])
    assert who_read(desk, "复核逾期") == []
    clock.advance(timedelta(days=50))
    rung(desk)
    assert who_read(desk, "复核逾期") == ["clerk.cgj", "lead.cgj"]


def test_a_collective_complaint_reaches_the_supervisor(desk: Desk) -> None:
    main = a_citizens(desk, 1, "handling")
    for number in range(2, 6):
        joined(desk, a_citizens(desk, number), main)
    assert who_read(desk, "集体投诉") == ["supervisor"]


def test_a_rising_subject_reaches_the_supervisor_and_then_who_leads_it(desk: Desk, clock: MovedClock) -> None:
    for each in range(10):
        desk.register(title=f"垃圾第{each}起")
    assert desk.call("supervisor", "POST", "/hot-issues/find").json["found"] == 1
    assert who_read(desk, "发现热点") == ["supervisor"]
    (issue,) = desk.get("supervisor", "/hot-issues")["items"]
    step(desk, "supervisor", "hot-issues", issue["id"], "watch", unit="hbj")
    assert who_read(desk, "请报告进展") == ["clerk.hbj", "lead.hbj"], "nobody holds it yet, so its clerk is told as well"


def test_a_proposed_restriction_reaches_the_supervisor(desk: Desk) -> None:
    ticket = desk.a_ticket(citizen={"phone": "13811112222", "calling_number": "13877776666"})
    body: dict[str, Any] = {
        "ticket": ticket, "ground": "abuse", "effect": "no_urge", "until": (MONDAY + timedelta(days=30)).isoformat(),
        "reason": "多次辱骂话务员",
    }  # fmt: skip
    assert desk.call("agent", "POST", "/caller-restrictions", body).status_code == 201
    assert who_read(desk, "来电限制申请") == ["supervisor"]
