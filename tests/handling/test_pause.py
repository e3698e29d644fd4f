"""A clock pauses only on a ground of the pack, at once or after approval, no longer than the pack lets, and goes on where it was."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app.core.actors import SYSTEM
from app.core.bus import execute
from app.core.settings import Choose, Install
from rules.packs import shipped_packs
from tests.factories.hotline import REPLY, Desk
from tests.factories.shares import act_on_share, do_to_share, limit, refused, share_of, time_passes
from tests.fixtures.living import MovedClock

WAITING = {"pause_ground": "awaiting_citizen", "reason": "诉求人本周不在家"}
EXPERTS = {"pause_ground": "expert_examination", "reason": "委托检测"}


def in_hand(desk: Desk) -> tuple[int, int]:
    ticket = desk.a_ticket("handling", type="help")
    return ticket, share_of(desk, ticket, "cgj")["id"]


def at(day: str, hour: int = 9) -> datetime:
    return datetime.fromisoformat(f"{day}T{hour:02}:30:00+08:00").astimezone(UTC)


def test_a_ground_without_approval_pauses_at_once_and_ends_by_itself(desk: Desk, clock: MovedClock) -> None:
    ticket, share = in_hand(desk)
    before = limit(desk, share, "handle_clock")["due_at"]
    clock.freeze(at("2025-09-03"))
    shown = do_to_share(desk, "lead.cgj", share, "pause", **WAITING)
    assert shown["state"] == "handling" and shown["pause"] == {
        "ground": "awaiting_citizen", "since": "2025-09-03T09:30:00+08:00", "until": "2025-09-10T23:59:59+08:00",
    }  # fmt: skip
    held = limit(desk, share, "handle_clock")
    # Handed out on Monday: Tuesday is spent, and of Wednesday nothing yet that would count as a day.
    assert held["state"] == "held" and limit(desk, share, "interim_reply_clock")["state"] == "held"
    assert limit(desk, share, "first_contact_clock")["state"] == "running", "calling the citizen waits for no ground"
    assert limit(desk, ticket, "total_clock", "district")["state"] == "running"
    for who, trigger in (("handler.cgj", "submit"), ("lead.cgj", "reply")):
        refused(desk.act(who, ticket, trigger, REPLY), "正在中止计时")
    refused(act_on_share(desk, "lead.cgj", share, "pause", WAITING), "正在中止计时")
    clock.freeze(at("2025-09-10", 23) + timedelta(minutes=29))
    time_passes(desk)
    assert limit(desk, share, "handle_clock")["state"] == "held"
    clock.freeze(at("2025-09-11", 0) - timedelta(minutes=30))
    time_passes(desk)
    after = limit(desk, share, "handle_clock")
    assert after["state"] == "running" and after["consumed"] == held["consumed"]
    assert desk.get("lead.cgj", f"/assignments/{share}")["pause"] is None
    assert after["due_at"] - before >= timedelta(days=7), "six working days and a weekend were nobody's time"
    assert desk.do("handler.cgj", ticket, "submit", **REPLY)["state"] == "handling"


def test_ended_earlier_by_the_unit_what_was_left_is_left(desk: Desk, clock: MovedClock) -> None:
    ticket, share = in_hand(desk)
    clock.advance(timedelta(days=1))
    due = limit(desk, share, "handle_clock")["due_at"]
    desk.do("lead.cgj", ticket, "pause", **WAITING)
    clock.advance(timedelta(days=2))
    shown = desk.do("clerk.cgj", ticket, "end_pause", note="诉求人已回来")
    assert shown["assignments"][0]["pause"] is None
    assert limit(desk, share, "handle_clock")["due_at"] - due == timedelta(days=2)
    assert limit(desk, share, "pause_clock")["state"] == "stopped"
    refused(act_on_share(desk, "clerk.cgj", share, "end_pause"), "没有中止计时")


def test_a_ground_that_needs_approval_is_a_request_first(desk: Desk, clock: MovedClock) -> None:
    ticket, share = in_hand(desk)
    shown = do_to_share(desk, "lead.cgj", share, "pause", **EXPERTS)
    assert shown["pause"] == {"ground": "expert_examination", "since": None, "until": None}
    assert limit(desk, share, "handle_clock")["state"] == "running", "a request holds nothing"
    refused(act_on_share(desk, "lead.cgj", share, "pause", EXPERTS), "正等待审批")
    assert act_on_share(desk, "lead.cgj", share, "approve_pause").status_code == 403
    assert act_on_share(desk, "reviewer", share, "refuse_pause").status_code == 400, "a refusal says why"
    assert do_to_share(desk, "reviewer", share, "refuse_pause", reason="无检测委托书")["pause"] is None
    refused(act_on_share(desk, "reviewer", share, "approve_pause"), "没有待审批的中止申请")
    do_to_share(desk, "lead.cgj", share, "pause", **EXPERTS)
    clock.advance(timedelta(days=1))
    shown = do_to_share(desk, "reviewer", share, "approve_pause")
    assert shown["pause"]["since"] == "2025-09-02T09:30:00+08:00", "the pause begins with the approval"
    assert limit(desk, share, "handle_clock")["state"] == "held"
    assert desk.do("clerk.cgj", ticket, "end_pause")["state"] == "handling"


def test_a_pause_and_the_wish_for_one_are_badges_on_page_and_list(desk: Desk) -> None:
    ticket, share = in_hand(desk)

    def badges() -> list[list[str]]:
        return [desk.get("reviewer", f"/tickets/{ticket}")["badges"], desk.get("reviewer", "/tickets")["items"][0]["badges"]]

    do_to_share(desk, "lead.cgj", share, "pause", **EXPERTS)
    assert badges() == [["pause_requested"]] * 2
    do_to_share(desk, "reviewer", share, "approve_pause")
    assert badges() == [["paused"]] * 2
    desk.do("clerk.cgj", ticket, "end_pause")
    assert badges() == [[]] * 2


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"pause_ground": "too_busy", "reason": "忙"}, "awaiting_citizen, expert_examination"),
        ({**WAITING, "pause_until": "2025-09-30T18:00:00+08:00"}, "超过了规则包"),
        ({**WAITING, "pause_until": "2025-08-31T18:00:00+08:00"}, "须晚于现在"),
        ({"pause_ground": "suspended_with_plan", "reason": "受客观因素制约"}, "须写明中止至何时"),
    ],
)
def test_only_on_a_ground_of_the_pack_and_within_its_longest(desk: Desk, fields: dict[str, Any], words: str) -> None:
    _, share = in_hand(desk)
    before = desk.everything()
    refused(act_on_share(desk, "lead.cgj", share, "pause", fields), words)
    assert desk.everything() == before


def test_a_pack_without_grounds_pauses_nothing(desk: Desk) -> None:
    execute(desk.system, Choose(SYSTEM, "sh@1"))
    _, share = in_hand(desk)
    refused(act_on_share(desk, "lead.cgj", share, "pause", WAITING), "没有列明可以中止计时的情形")


def test_the_total_is_held_only_where_the_pack_says_so(desk: Desk, clock: MovedClock) -> None:
    text = shipped_packs()["demo-district"]
    text = text.replace('longest = "5wd", approval = false }', 'longest = "5wd", approval = false, total = true }')
    execute(desk.system, Install(SYSTEM, "pack", "demo-district", text, "等待诉求人时总时限一并中止"))
    execute(desk.system, Choose(SYSTEM, "demo-district@2"))
    ticket, share = in_hand(desk)
    clock.advance(timedelta(days=1))
    due = limit(desk, ticket, "total_clock", "district")["due_at"]
    do_to_share(desk, "lead.cgj", share, "pause", **WAITING)
    assert limit(desk, ticket, "total_clock", "district")["state"] == "held"
    clock.advance(timedelta(days=1))
    do_to_share(desk, "lead.cgj", share, "end_pause")
    assert limit(desk, ticket, "total_clock", "district")["due_at"] - due == timedelta(days=1)
    do_to_share(desk, "lead.cgj", share, "pause", **WAITING)
    desk.do("dispatcher", ticket, "reassign", lead_unit="swj", reason="属水务职责")
    assert limit(desk, ticket, "total_clock", "district")["state"] == "running", "the pause ends with the share that paused"
    assert limit(desk, share, "pause_clock")["state"] == "stopped"
