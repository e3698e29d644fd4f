"""A case stays with the definition it was born under: a ticket of the first one lives to its end beside those of the newest."""

from __future__ import annotations

from tests.factories.hotline import REPLY, Desk

UNHAPPY = {"contacted": True, "solved": False, "rating": "dissatisfied", "reasons": ["not_solved"]}


def a_ticket_of_old(desk: Desk, state: str) -> int:
    """As an upgrade finds it: everything that it had become by then stands under the first definitions."""
    ticket = desk.a_ticket(state)
    desk.change("UPDATE cases SET workflow_version = 1 WHERE root_id = %s AND workflow IN ('ticket', 'assignment')", ticket)
    return ticket


def versions(desk: Desk, ticket: int) -> list[tuple[str, int]]:
    rows = desk.rows("SELECT workflow, workflow_version FROM cases WHERE root_id = %s ORDER BY id", ticket)
    return [(row["workflow"], row["workflow_version"]) for row in rows]


def test_a_ticket_of_the_first_definition_goes_its_whole_way_and_a_second_round(desk: Desk) -> None:
    ticket = a_ticket_of_old(desk, "handling")
    assert versions(desk, ticket) == [("ticket", 1), ("assignment", 1)]
    desk.do("handler.cgj", ticket, "submit", **REPLY)
    desk.do("lead.cgj", ticket, "reply")
    desk.do("reviewer", ticket, "approve")
    desk.do("callback", ticket, "record_callback", **UNHAPPY)
    desk.do("reviewer", ticket, "rehandle", reason="诉求人不满意，重新核查。")
    assert versions(desk, ticket)[:2] == [("ticket", 1), ("assignment", 1)] and len(versions(desk, ticket)) == 3
    desk.do("clerk.cgj", ticket, "sign")
    desk.do("lead.cgj", ticket, "reply", **REPLY)
    desk.do("reviewer", ticket, "approve")
    desk.do("callback", ticket, "record_callback", contacted=True, solved=True, rating="satisfied")
    desk.do("callback", ticket, "close")
    assert desk.do("reviewer", ticket, "archive")["state"] == "archived"


def test_what_the_first_definition_does_not_know_is_refused_and_changes_nothing(desk: Desk) -> None:
    ticket = a_ticket_of_old(desk, "handling")
    before = desk.everything()
    refused = desk.act("lead.cgj", ticket, "request_return", {"return_ground": "not_ours", "reason": "不属我局职责。"})
    assert refused.status_code == 409 and "actions" in refused.json
    assert desk.everything() == before


def test_old_tickets_and_new_ones_stand_in_one_list(desk: Desk) -> None:
    old, new = a_ticket_of_old(desk, "dispatched"), desk.a_ticket("dispatched")
    assert {item["id"] for item in desk.get("dispatcher", "/tickets?state=dispatched")["items"]} == {old, new}
    assert versions(desk, new)[0] == ("ticket", 2)
