"""More time: asked before the deadline, within the pack's count and length, never past the city's date, decided by somebody else."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier
from typing import Any

import pytest

from tests.factories.hotline import REPLY, Desk
from tests.factories.shares import ASKED, act_on_share, do_to_share, limit, refused, share_of, time_passes
from tests.fixtures.living import MovedClock

# Sunday 28 September and Saturday 11 October 2025 are working days; 1 to 8 October is a holiday.
WEDNESDAY = datetime(2025, 9, 24, 1, 30, tzinfo=UTC)


def in_hand(desk: Desk, clock: MovedClock, **changes: Any) -> tuple[int, int]:
    """A ticket of a Wednesday before the holiday, with seven working days for its unit, and the unit's share."""
    clock.freeze(WEDNESDAY)
    ticket = desk.a_ticket("handling", type="help", **changes)
    return ticket, share_of(desk, ticket, "cgj")["id"]


def end_of(day: str) -> datetime:
    """A limit is due when its day is over."""
    return datetime.fromisoformat(f"{day}T00:00:00+08:00") + timedelta(days=1)


def ask(desk: Desk, ticket: int, until: str, who: str = "clerk.cgj") -> int:
    desk.do(who, ticket, "request_extension", **ASKED, new_due_at=f"{until}T18:00:00+08:00")
    extension: int = desk.get("reviewer", f"/extensions?ticket={ticket}")["items"][0]["id"]
    return extension


def decide(desk: Desk, who: str, extension: int, trigger: str, **fields: Any) -> Any:
    return desk.call(who, "POST", f"/extensions/{extension}/transitions", {"trigger": trigger, "fields": fields})


def test_granted_the_limit_moves_by_whole_working_days_and_the_total_follows(desk: Desk, clock: MovedClock) -> None:
    ticket, share = in_hand(desk, clock)
    assert limit(desk, share, "handle_clock")["due_at"] == end_of("2025-10-10")
    total = limit(desk, ticket, "total_clock", "district")["due_at"]
    shown = desk.do("clerk.cgj", ticket, "request_extension", **ASKED, new_due_at="2025-10-18T18:00:00+08:00")
    assert shown["state"] == "handling" and "extension_pending" in shown["badges"]
    assert limit(desk, share, "handle_clock")["state"] == "running", "a pending request pauses nothing"
    extension = desk.get("reviewer", "/extensions?state=requested")["items"][0]
    assert (extension["unit"]["code"], extension["reason"], extension["ticket"]["id"]) == ("cgj", ASKED["reason"], ticket)
    assert limit(desk, extension["id"], "extension_clock")["budget"] == "4wh"
    granted = decide(desk, "reviewer", extension["id"], "grant")
    assert granted.status_code == 200 and granted.json["state"] == "granted"
    after = limit(desk, share, "handle_clock")
    # Asked for until Saturday the 18th: 11 October is worked, 18 October is not.
    assert (after["budget"], after["due_at"]) == ("13wd", end_of("2025-10-17"))
    assert limit(desk, ticket, "total_clock", "district")["due_at"] == max(total, end_of("2025-10-17"))
    shown = desk.get("reviewer", f"/tickets/{ticket}")
    assert "extended" in shown["badges"] and "extension_pending" not in shown["badges"]
    assert "extended" in desk.get("reviewer", "/tickets")["items"][0]["badges"]
    changes = desk.get("clerk.cgj", f"/clocks/{after['id']}/explanation")["changes"]
    assert [(each["event"], each["from"], each["to"]) for each in changes] == [
        ("extend", "2025-10-10T23:59:59+08:00", "2025-10-17T23:59:59+08:00")
    ]
    told = desk.triggers(ticket)
    assert {("extension", "grant"), ("assignment", "extend"), ("ticket", "extend")} <= set(told)


def test_asked_for_after_the_deadline_it_is_refused(desk: Desk, clock: MovedClock) -> None:
    ticket, share = in_hand(desk, clock)
    clock.freeze(end_of("2025-10-10"))
    assert "request_extension" not in [action["trigger"] for action in desk.get("clerk.cgj", f"/tickets/{ticket}")["actions"]]
    before = desk.everything()
    refused(
        desk.act("clerk.cgj", ticket, "request_extension", {**ASKED, "new_due_at": "2025-10-15T18:00:00+08:00"}),
        "办理时限已过，不能再申请延期",
    )
    assert desk.everything() == before and desk.rows("SELECT * FROM extensions") == []
    clock.freeze(end_of("2025-10-10") - timedelta(seconds=1))
    ask(desk, ticket, "2025-10-15")
    assert limit(desk, share, "handle_clock")["due_at"] == end_of("2025-10-10")


@pytest.mark.parametrize(
    ("until", "words"),
    [
        ("2025-10-10T12:00:00+08:00", "须晚于现有期限"),
        ("2025-10-24T12:00:00+08:00", "不得超过原办理时限，最晚到2025-10-20"),
    ],
)
def test_neither_shorter_nor_longer_than_the_original_limit(desk: Desk, clock: MovedClock, until: str, words: str) -> None:
    ticket, _ = in_hand(desk, clock)
    before = desk.everything()
    refused(desk.act("clerk.cgj", ticket, "request_extension", {**ASKED, "new_due_at": until}), words)
    assert desk.everything() == before


def test_never_past_the_citys_date(desk: Desk, clock: MovedClock) -> None:
    ticket, share = in_hand(desk, clock)
    desk.change("UPDATE tickets SET upstream_number = 'SZ1', upstream_due_at = %s WHERE id = %s", end_of("2025-10-14"), ticket)
    refused(
        desk.act("clerk.cgj", ticket, "request_extension", {**ASKED, "new_due_at": "2025-10-15T09:00:00+08:00"}),
        "延期不得超过市级时限（2025-10-14）",
    )
    extension = ask(desk, ticket, "2025-10-14")
    desk.change("UPDATE tickets SET upstream_due_at = %s WHERE id = %s", end_of("2025-10-13"), ticket)
    refused(decide(desk, "reviewer", extension, "grant"), "市级时限（2025-10-13）")
    assert decide(desk, "reviewer", extension, "grant", new_due_at="2025-10-13T09:00:00+08:00").status_code == 200
    assert limit(desk, share, "handle_clock")["due_at"] == end_of("2025-10-13")


def test_as_often_as_the_pack_lets_and_one_at_a_time(desk: Desk, clock: MovedClock) -> None:
    ticket, _ = in_hand(desk, clock)
    extension = ask(desk, ticket, "2025-10-13")
    fields = {**ASKED, "new_due_at": "2025-10-14T18:00:00+08:00"}
    refused(desk.act("clerk.cgj", ticket, "request_extension", fields), "已有延期申请正等待审批")
    assert decide(desk, "supervisor", extension, "refuse").status_code == 400, "a refusal says why"
    assert decide(desk, "supervisor", extension, "refuse", reason="理由不充分").json["state"] == "refused"
    extension = ask(desk, ticket, "2025-10-13")
    assert decide(desk, "reviewer", extension, "grant").status_code == 200
    before = desk.everything()
    refused(desk.act("clerk.cgj", ticket, "request_extension", fields), "延期次数已用完")
    assert desk.everything() == before


def test_the_unit_that_asks_does_not_decide_and_what_is_granted_may_be_shorter(desk: Desk, clock: MovedClock) -> None:
    ticket, share = in_hand(desk, clock)
    extension = ask(desk, ticket, "2025-10-16", who="lead.cgj")
    assert decide(desk, "lead.cgj", extension, "grant").status_code == 403
    assert desk.call("lead.swj", "GET", f"/extensions/{extension}").status_code == 404
    refused(decide(desk, "reviewer", extension, "grant", new_due_at="2025-10-17T09:00:00+08:00"), "不得晚于所申请的期限")
    shown = decide(desk, "reviewer", extension, "grant", new_due_at="2025-10-13T09:00:00+08:00").json
    assert shown["granted_until"] == "2025-10-13T09:00:00+08:00" and shown["decided_by"]["id"] == desk.user_ids["reviewer"]
    assert limit(desk, share, "handle_clock")["due_at"] == end_of("2025-10-13")


def test_submitted_it_cannot_be_asked_for_and_with_the_share_it_ends(desk: Desk, clock: MovedClock) -> None:
    ticket, _ = in_hand(desk, clock)
    extension = ask(desk, ticket, "2025-10-13")
    assert decide(desk, "clerk.cgj", extension, "cancel").json["state"] == "cancelled"
    extension = ask(desk, ticket, "2025-10-13")
    desk.do("handler.cgj", ticket, "submit", **REPLY)
    refused(desk.act("clerk.cgj", ticket, "request_extension", {**ASKED, "new_due_at": "2025-10-14T18:00:00+08:00"}), "已提交本单位审签")
    desk.do("dispatcher", ticket, "recall", reason="派错单位")
    assert desk.get("reviewer", f"/extensions/{extension}")["state"] == "cancelled"
    assert limit(desk, extension, "extension_clock")["state"] == "stopped"


def test_a_share_below_is_not_extended_past_the_one_above(desk: Desk, clock: MovedClock) -> None:
    clock.freeze(WEDNESDAY)
    ticket = desk.a_ticket("accepted", type="help")
    desk.do("dispatcher", ticket, "dispatch", lead_unit="qshj")
    desk.do("clerk.qshj", ticket, "sign")
    desk.do("clerk.qshj", ticket, "hand_down", units=["qshj.1"])
    below = share_of(desk, ticket, "qshj.1")["id"]
    assert limit(desk, below, "handle_clock")["due_at"] == end_of("2025-09-30")
    fields = {**ASKED, "new_due_at": "2025-10-11T18:00:00+08:00"}
    refused(act_on_share(desk, "clerk.qshj.1", below, "request_extension", fields), "不得延期到上级单位的办理时限之后")
    total = limit(desk, ticket, "total_clock", "district")["due_at"]
    do_to_share(desk, "clerk.qshj.1", below, "request_extension", **{**ASKED, "new_due_at": "2025-10-10T18:00:00+08:00"})
    extension = desk.get("reviewer", "/extensions?unit=qshj.1")["items"][0]["id"]
    assert decide(desk, "reviewer", extension, "grant").status_code == 200
    assert limit(desk, below, "handle_clock")["due_at"] == end_of("2025-10-10")
    assert limit(desk, ticket, "total_clock", "district")["due_at"] == total, "only the lead's extension moves the total"


def test_a_decision_that_is_late_is_told_to_the_supervisor(desk: Desk, clock: MovedClock) -> None:
    ticket, _ = in_hand(desk, clock)
    extension = ask(desk, ticket, "2025-10-13")
    clock.advance(timedelta(days=1))
    time_passes(desk)
    assert desk.rows("SELECT rung FROM fires f JOIN clocks k ON k.id = f.clock_id WHERE k.case_id = %s", extension) == [{"rung": "due"}]
    assert [item["id"] for item in desk.get("reviewer", "/extensions?overdue=true")["items"]] == [extension]


def test_two_who_decide_at_once_decide_once(desk: Desk, clock: MovedClock) -> None:
    ticket, share = in_hand(desk, clock)
    extension = ask(desk, ticket, "2025-10-13")
    for who in ("reviewer", "supervisor"):
        desk.token(who)
    steps = [("reviewer", "grant", {}), ("supervisor", "refuse", {"reason": "理由不充分"})] * 3
    start = Barrier(len(steps))

    def run(step: tuple[str, str, dict[str, Any]]) -> int:
        start.wait()
        status: int = decide(desk, step[0], extension, step[1], **step[2]).status_code
        return status

    with ThreadPoolExecutor(len(steps)) as pool:
        assert sorted(pool.map(run, steps)) == [200, 409, 409, 409, 409, 409]
    granted = desk.get("reviewer", f"/extensions/{extension}")["state"] == "granted"
    assert limit(desk, share, "handle_clock")["due_at"] == end_of("2025-10-13" if granted else "2025-10-10")
