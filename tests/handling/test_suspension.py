"""Suspended with a plan: approved at its level, counted apart, told to the citizen, and back by itself with what was left."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from app.core.actors import SYSTEM
from app.core.bus import execute
from app.core.settings import Choose
from tests.factories.hotline import REPLY, Desk
from tests.factories.shares import ASKED, act_on_share, do_to_share, limit, refused, share_of, time_passes
from tests.fixtures.living import MovedClock

REVIEW = "2025-10-15T10:00:00+08:00"
PLAN: dict[str, Any] = {
    "plan": "待管网改造工程完工后处理，王五（13812345678）负责跟进",
    "approval_level": "department",
    "review_at": REVIEW,
    "public_explanation": "受管网改造工程影响，计划10月中旬处理。",
}


def clocks_of(desk: Desk, ticket: int) -> dict[tuple[int, str, str], str]:
    sql = "SELECT case_id, name, level, state FROM clocks WHERE root_id = %s AND state <> 'stopped'"
    return {(row["case_id"], row["name"], row["level"]): row["state"] for row in desk.rows(sql, ticket)}


def on_the_street(desk: Desk) -> int:
    ticket = desk.a_ticket("accepted", type="help")
    desk.do("dispatcher", ticket, "dispatch", lead_unit="qshj", co_units=["swj"])
    desk.do("clerk.qshj", ticket, "sign")
    desk.do("clerk.qshj", ticket, "hand_down", units=["qshj.1"])
    return ticket


def test_it_comes_back_by_itself_on_its_date_with_exactly_what_was_left(desk: Desk, clock: MovedClock) -> None:
    ticket = on_the_street(desk)
    clock.advance(timedelta(hours=1))
    running = clocks_of(desk, ticket)
    remaining = {clock["id"]: clock["remaining"] for clock in desk.get("dispatcher", f"/tickets/{ticket}")["clocks"]}
    shown = desk.do("supervisor", ticket, "suspend", **PLAN)
    assert (shown["state"], shown["state_label"]) == ("suspended", "挂账")
    assert shown["suspension"]["review_at"] == REVIEW and shown["suspension"]["level"] == "department"
    assert dict.fromkeys(running, "held") == {k: v for k, v in clocks_of(desk, ticket).items() if k[1] != "suspension_clock"}
    for who, trigger, fields in (
        ("handler.qshj", "submit", REPLY), ("clerk.swj", "sign", {}), ("clerk.qshj.1", "sign", {}),
        ("clerk.qshj", "request_extension", {**ASKED, "new_due_at": REVIEW}), ("lead.qshj", "pause", {
            "pause_ground": "awaiting_citizen", "reason": "等待"}),
    ):  # fmt: skip
        refused(desk.act(who, ticket, trigger, fields), "随单暂停")
    desk.do("handler.qshj", ticket, "interim_reply", reply_text="工程预计10月完工。")
    desk.do("clerk.swj", ticket, "annotate", note="已知悉")
    clock.freeze(datetime.fromisoformat(REVIEW) - timedelta(seconds=1))
    time_passes(desk)
    assert desk.get("dispatcher", f"/tickets/{ticket}")["state"] == "suspended"
    clock.freeze(datetime.fromisoformat(REVIEW))
    time_passes(desk)
    shown = desk.get("dispatcher", f"/tickets/{ticket}")
    assert shown["state"] == "handling" and shown["suspension"] is None and "overdue" not in shown["badges"]
    after = {clock["id"]: clock["remaining"] for clock in shown["clocks"]}
    kept = [number for number, left in remaining.items() if left and after.get(number)]
    assert len(kept) >= 6 and {n: after[n] for n in kept} == {n: remaining[n] for n in kept}, "to the minute what was left"
    ended = ("first_contact_clock", "interim_reply_clock")
    standing = {key: state for key, state in clocks_of(desk, ticket).items() if key[1] not in ended}
    assert standing == {key: state for key, state in running.items() if key[1] not in ended}
    last = desk.get("dispatcher", f"/tickets/{ticket}/history?limit=200")["items"]
    assert ("resume", "system") in [(item["trigger"], item["actor"]["id"]) for item in last]
    desk.do("clerk.swj", ticket, "sign")


def test_early_back_to_where_it_came_from_by_a_person_with_a_reason(desk: Desk, clock: MovedClock) -> None:
    ticket = desk.a_ticket("dispatched", type="help")
    share = share_of(desk, ticket, "cgj")["id"]
    clock.advance(timedelta(days=1))
    due = limit(desk, share, "handle_clock")["due_at"]
    desk.do("supervisor", ticket, "suspend", **PLAN)
    clock.advance(timedelta(days=7))
    assert desk.act("supervisor", ticket, "resume").status_code == 400
    assert desk.act("dispatcher", ticket, "resume", {"reason": "工程提前完工"}).status_code == 403
    shown = desk.do("supervisor", ticket, "resume", reason="工程提前完工")
    assert shown["state"] == "dispatched" and limit(desk, share, "handle_clock")["due_at"] - due == timedelta(days=7)
    assert limit(desk, ticket, "suspension_clock")["state"] == "stopped"
    assert desk.do("clerk.cgj", ticket, "sign")["state"] == "handling"


def test_who_asks_does_not_approve_and_the_level_says_who_does(desk: Desk) -> None:
    ticket = desk.a_ticket("handling", type="help")
    shown = desk.do("lead.cgj", ticket, "suspend", **{**PLAN, "approval_level": "leader"})
    assert shown["state"] == "handling" and "suspension_requested" in shown["badges"]
    refused(desk.act("dispatcher", ticket, "suspend", PLAN), "正等待审批")
    refused(desk.act("supervisor", ticket, "approve_suspension"), "不由您审批")
    refused(desk.act("supervisor", ticket, "refuse_suspension", {"reason": "不同意"}), "不由您审批")
    assert desk.do("leader", ticket, "refuse_suspension", reason="抓紧办理")["badges"] == []
    refused(desk.act("leader", ticket, "approve_suspension"), "没有待审批的挂账申请")
    shown = desk.do("supervisor", ticket, "suspend", **{**PLAN, "approval_level": "district"})
    assert shown["state"] == "handling", "above the own level even a supervisor only asks"
    shown = desk.do("leader", ticket, "approve_suspension")
    assert (shown["state"], shown["suspension"]["level"]) == ("suspended", "district")


def test_what_oneself_asked_for_somebody_else_approves(desk: Desk) -> None:
    ticket = desk.a_ticket("handling", type="help")
    desk.do("supervisor", ticket, "suspend", **{**PLAN, "approval_level": "leader"})
    desk.change("UPDATE tickets SET suspension_level = 'department' WHERE id = %s", ticket)
    refused(desk.act("supervisor", ticket, "approve_suspension"), "须由他人审批")


@pytest.mark.parametrize(
    ("changes", "words"),
    [({"review_at": "2025-08-30T10:00:00+08:00"}, "须晚于现在"), ({"review_at": "2026-09-01T10:00:00+08:00"}, "最长期限")],
)
def test_the_review_lies_ahead_and_within_the_packs_longest(desk: Desk, changes: dict[str, Any], words: str) -> None:
    ticket = desk.a_ticket("handling", type="help")
    before = desk.everything()
    refused(desk.act("supervisor", ticket, "suspend", {**PLAN, **changes}), words)
    assert desk.act("supervisor", ticket, "suspend", {**PLAN, "plan": ""}).status_code == 400
    assert desk.everything() == before


def test_a_pack_that_names_no_longest_suspends_nothing(desk: Desk) -> None:
    execute(desk.system, Choose(SYSTEM, "sh@1"))
    ticket = desk.a_ticket("handling", type="help")
    refused(desk.act("supervisor", ticket, "suspend", PLAN), "没有规定挂账的最长期限")


def test_counted_apart_never_overdue_though_the_citys_limit_runs_on(desk: Desk, clock: MovedClock) -> None:
    ticket, other = desk.a_ticket("accepted", type="help"), desk.a_ticket("handling", type="help")
    city = datetime.fromisoformat("2025-09-05T00:00:00+08:00")
    desk.change("UPDATE tickets SET upstream_number = 'SZ1', upstream_due_at = %s WHERE id = %s", city, ticket)
    desk.do("dispatcher", ticket, "reclassify", urgency="normal", labels=["旧改"])
    desk.do("dispatcher", ticket, "dispatch", lead_unit="cgj")
    desk.do("clerk.cgj", ticket, "sign")
    desk.do("supervisor", ticket, "suspend", **PLAN)
    clock.freeze(datetime.fromisoformat("2025-10-10T10:00:00+08:00"))
    time_passes(desk)
    shown = desk.get("dispatcher", f"/tickets/{ticket}")
    upstream = next(each for each in shown["clocks"] if each["level"] == "upstream")
    assert (upstream["state"], upstream["overdue"]) == ("running", True), "what the city set, nobody here holds"
    assert "overdue" not in shown["badges"]
    assert [item["id"] for item in desk.get("dispatcher", "/tickets?overdue=true")["items"]] == [other]
    assert [item["id"] for item in desk.get("dispatcher", "/tickets?overdue=false")["items"]] == [ticket]
    listed = desk.get("dispatcher", "/tickets?state=suspended")["items"]
    assert [item["id"] for item in listed] == [ticket] and "overdue" not in listed[0]["badges"]
    figures = desk.get("supervisor", "/statistics/suspensions")
    assert (figures["suspended"], figures["review_within_7_days"], figures["by_level"]["department"]) == (1, 1, 1)
    assert figures["by_unit"][0]["unit"]["code"] == "cgj" and figures["period"] == {"requested": 0, "begun": 1, "ended": 0}
    assert desk.get("lead.swj", "/statistics/suspensions")["suspended"] == 0, "a unit counts what it may see"
    desk.do("supervisor", ticket, "resume", reason="条件具备")
    figures = desk.get("supervisor", "/statistics/suspensions?from=2025-10-01T00:00:00%2B08:00")
    assert (figures["suspended"], figures["period"]) == (0, {"requested": 0, "begun": 0, "ended": 1})


def test_the_citizen_reads_why_and_no_more(desk: Desk) -> None:
    ticket = desk.a_ticket("handling", type="help")
    shown = desk.do("supervisor", ticket, "suspend", **{**PLAN, "public_explanation": "请联系13812345678，计划10月处理。"})
    public = desk.get("", f"/public/tickets/{desk.get('agent', f'/tickets/{ticket}')['tracking_code']}")
    assert (public["state"], public["label"]) == ("suspended", "挂账")
    assert "13812345678" not in public["public_explanation"] and "计划10月处理" in public["public_explanation"]
    assert "王五" not in str(public) and shown["state"] == "suspended"
    desk.do("supervisor", ticket, "resume", reason="条件具备")
    public = desk.get("", f"/public/tickets/{desk.get('agent', f'/tickets/{ticket}')['tracking_code']}")
    assert public["public_explanation"] is None


def test_a_unit_that_had_paused_stays_paused_and_a_suspended_ticket_can_still_end(desk: Desk, clock: MovedClock) -> None:
    ticket = desk.a_ticket("handling", type="help")
    share = share_of(desk, ticket, "cgj")["id"]
    do_to_share(desk, "lead.cgj", share, "pause", pause_ground="awaiting_citizen", reason="等待")
    desk.do("supervisor", ticket, "suspend", **PLAN)
    refused(act_on_share(desk, "lead.cgj", share, "end_pause"), "随单暂停")
    clock.advance(timedelta(days=1))
    desk.do("supervisor", ticket, "resume", reason="条件具备")
    assert limit(desk, share, "handle_clock")["state"] == "held" and limit(desk, share, "pause_clock")["state"] == "running"
    desk.do("supervisor", ticket, "suspend", **PLAN)
    shown = desk.do("supervisor", ticket, "terminate", reason="诉求人同意终止", termination_ground="out_of_scope")
    assert shown["state"] == "terminated" and clocks_of(desk, ticket) == {}
    assert [each["state"] for each in shown["assignments"]] == ["recalled"]
