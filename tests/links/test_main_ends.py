"""When their main ticket ends without a reply, or is suspended, the joined ones are not forgotten, and no limit runs by mistake."""

from __future__ import annotations

from typing import Any

from tests.factories.hotline import Desk
from tests.links.told import a_citizens, joined, moment_later

PLAN: dict[str, Any] = {
    "plan": "待管网改造工程完工后处理", "approval_level": "department", "review_at": "2025-10-15T10:00:00+08:00",
    "public_explanation": "受管网改造工程影响，计划10月中旬处理。",
}  # fmt: skip
TOTAL = "SELECT state FROM clocks WHERE case_id = %s AND name = 'total_clock' AND level = 'district'"


def inbox(desk: Desk, who: str) -> list[str]:
    return [item["text"] for item in desk.get(who, "/inbox")["items"] if "主单" in item["text"]]


def total(desk: Desk, ticket: int) -> str:
    return str(desk.rows(TOTAL, ticket)[0]["state"])


def explained(desk: Desk, ticket: int) -> Any:
    code = desk.get("agent", f"/tickets/{ticket}")["tracking_code"]
    return desk.get("", f"/public/tickets/{code}")["public_explanation"]


def test_let_go_by_a_main_ticket_that_ended_somebody_is_told(desk: Desk) -> None:
    main, waiting, shared = a_citizens(desk, 1, "handling"), a_citizens(desk, 2), a_citizens(desk, 3, "handling")
    for ticket in (waiting, shared):
        joined(desk, ticket, main)
    moment_later(desk)
    desk.do("agent", main, "withdraw", reason="诉求人撤诉")
    moment_later(desk)
    numbers = {}
    for ticket, state in ((waiting, "accepted"), (shared, "handling")):
        shown = desk.get("dispatcher", f"/tickets/{ticket}")
        assert shown["state"] == state and "merged" not in shown["badges"]
        numbers[ticket] = shown["number"]
    told = inbox(desk, "dispatcher")
    assert len(told) == 2 and any(numbers[waiting] in text and "请派单" in text for text in told)
    assert [numbers[shared] in text and "继续办理" in text for text in inbox(desk, "clerk.cgj")] == [True]
    moment_later(desk)
    assert len(inbox(desk, "dispatcher")) == 2, "told once"


def test_unlinked_by_a_person_nobody_needs_to_be_told(desk: Desk) -> None:
    main, ticket = a_citizens(desk, 1, "handling"), a_citizens(desk, 2)
    joined(desk, ticket, main)
    desk.do("dispatcher", ticket, "unlink", main_ticket=main, reason="不同工地")
    moment_later(desk)
    assert inbox(desk, "dispatcher") == []


def test_while_the_main_one_is_suspended_the_others_rest_with_it_and_their_citizens_are_told_why(desk: Desk) -> None:
    main, waiting, shared = a_citizens(desk, 1, "handling"), a_citizens(desk, 2), a_citizens(desk, 3, "handling")
    for ticket in (waiting, shared):
        joined(desk, ticket, main)
    moment_later(desk)
    assert (total(desk, waiting), total(desk, shared)) == ("running", "running")
    desk.do("supervisor", main, "suspend", **PLAN)
    moment_later(desk)
    late = a_citizens(desk, 4)
    assert explained(desk, late) is None
    joined(desk, late, main)
    moment_later(desk)
    for ticket in (main, waiting, shared, late):
        assert (total(desk, ticket), explained(desk, ticket)) == ("held", PLAN["public_explanation"])
    shown = desk.get("dispatcher", f"/tickets/{waiting}")
    assert shown["state"] == "accepted" and [line["ticket"]["state"] for line in shown["links"]] == ["suspended"]
    desk.do("dispatcher", late, "unlink", main_ticket=main, reason="不同工地")
    moment_later(desk)
    assert (total(desk, late), explained(desk, late)) == ("running", None)
    desk.do("supervisor", main, "resume", reason="条件具备")
    moment_later(desk)
    for ticket in (main, waiting, shared):
        assert (total(desk, ticket), explained(desk, ticket)) == ("running", None)


def test_let_go_by_a_suspended_main_ticket_that_ended_the_limit_runs_again(desk: Desk) -> None:
    main, ticket = a_citizens(desk, 1, "handling"), a_citizens(desk, 2, "handling")
    joined(desk, ticket, main)
    desk.do("supervisor", main, "suspend", **PLAN)
    moment_later(desk)
    assert total(desk, ticket) == "held"
    desk.do("supervisor", main, "terminate", reason="工程取消")
    moment_later(desk)
    assert total(desk, ticket) == "running" and explained(desk, ticket) is None
    assert len(inbox(desk, "dispatcher")) == 1
