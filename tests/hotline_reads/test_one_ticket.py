"""A ticket is shown as the contract says, to each reader what is his, and after a command without another read."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event

from app.errors import Unseen
from app.hotline.explanations import explain
from app.hotline.queries import get_ticket, read_case
from app.hotline.serialize import answer, assignment_view
from tests.hotline_reads.desk import NOW, REPLY, Desk

CONTRACT = frozenset(
    {
        "id", "number", "tracking_code", "type", "channel", "source", "category", "title", "content", "urgency", "labels", "state",
        "round", "version", "lead_unit", "assignments", "badges", "location", "citizen", "upstream", "clocks", "actions", "created_at",
        "updated_at",
    }
)  # fmt: skip
ZHANG = {"name": "张小明", "phone": "13812345678"}


def triggers(ticket: dict[str, Any]) -> set[str]:
    return {action["trigger"] for action in ticket["actions"]}


def test_the_fields_of_the_contract(desk: Desk) -> None:
    fields = {"category": desk.district.categories["0101"], "labels": ["夜间"], "urgency": "urgent", "enterprise": True}
    ticket_id = desk.dispatched(co=("JT",), citizen=ZHANG, **fields)
    ticket = get_ticket(desk.system, desk.who("agent"), ticket_id)
    assert ticket.keys() >= CONTRACT
    assert ticket["category"]["path"] == ["城乡建设", "噪音扰民"]
    assert ticket["lead_unit"] == {"id": desk.unit("CG"), "code": "CG", "name": "区城管局"}
    assert [(share["unit"]["code"], share["role"], share["state"]) for share in ticket["assignments"]] == [
        ("CG", "lead", "assigned"),
        ("JT", "co", "assigned"),
    ]
    assert ticket["created_at"] == "2026-03-03T09:30:00+08:00"
    assert ticket["citizen"]["name"] == "张**" and ticket["citizen"]["phone"] == "138****5678"
    assert ticket["tracking_code"] and ticket["badges"] == ["enterprise"] and ticket["state_label"] == "待签收"
    assert get_ticket(desk.system, desk.who("agent"), ticket_id, "en")["state_label"] == "Dispatched"


def test_the_answer_to_a_command_is_the_same_as_a_read_and_asks_nothing(desk: Desk) -> None:
    ticket_id = desk.dispatched(citizen=ZHANG)
    get_ticket(desk.system, desk.who("clerk.CG"), ticket_id)
    result = desk.act(ticket_id, "clerk.CG", "sign")
    taken: list[object] = []
    event.listen(desk.system.engine, "checkout", lambda *given: taken.append(given))
    assert result.root is not None
    shown = answer(desk.system, desk.who("clerk.CG"), result.root, ticket_id)
    assert taken == []
    assert shown == get_ticket(desk.system, desk.who("clerk.CG"), ticket_id)
    assert len(taken) == 1


def test_a_unit_finds_the_actions_of_its_own_share_on_the_ticket(desk: Desk) -> None:
    ticket_id = desk.dispatched(co=("JT",))
    assert {"sign", "assign_person"} <= triggers(get_ticket(desk.system, desk.who("clerk.CG"), ticket_id))
    desk.act(ticket_id, "clerk.CG", "sign")
    assert "sign" not in triggers(get_ticket(desk.system, desk.who("clerk.CG"), ticket_id))
    assert "sign" in triggers(get_ticket(desk.system, desk.who("clerk.JT"), ticket_id))
    assert "submit" in triggers(get_ticket(desk.system, desk.who("handler.CG"), ticket_id))
    assert "sign" not in triggers(get_ticket(desk.system, desk.who("dispatcher"), ticket_id))


def test_a_ticket_of_others_is_absent(desk: Desk) -> None:
    ticket_id = desk.dispatched("CG")
    share = get_ticket(desk.system, desk.who("agent"), ticket_id)["assignments"][0]["id"]
    with pytest.raises(Unseen):
        get_ticket(desk.system, desk.who("clerk.JT"), ticket_id)
    with pytest.raises(Unseen):
        read_case(desk.system, desk.who("clerk.JT"), "assignment", share)
    with pytest.raises(Unseen):
        get_ticket(desk.system, desk.who("agent"), share)


def test_units_see_nothing_of_a_confidential_citizen(desk: Desk) -> None:
    told = "我叫张小明，电话13812345678，小区夜间施工。"
    ticket_id = desk.dispatched(citizen=ZHANG | {"confidential": True}, content=told)
    seen = get_ticket(desk.system, desk.who("handler.CG"), ticket_id)
    assert seen["citizen"] is None and seen["tracking_code"] is None and "confidential" in seen["badges"]
    assert "13812345678" not in str(seen) and "张小明" not in str(seen) and "夜间施工" in seen["content"]
    whole = get_ticket(desk.system, desk.who("agent"), ticket_id)
    assert whole["content"] == told and whole["citizen"]["phone"] == "138****5678"


def test_who_wants_no_name_has_none(desk: Desk) -> None:
    ticket = get_ticket(desk.system, desk.who("agent"), desk.register(citizen=ZHANG | {"anonymous": True}))
    assert ticket["citizen"]["name"] is None and ticket["badges"] == ["anonymous"]


def test_clocks_say_what_is_left_and_when_they_are_over(desk: Desk) -> None:
    ticket_id = desk.dispatched()
    ticket = get_ticket(desk.system, desk.who("agent"), ticket_id)
    total = next(clock for clock in ticket["clocks"] if clock["name"] == "total_clock" and clock["level"] == "district")
    assert total["state"] == "running" and not total["overdue"] and total["due_at"].endswith("T23:59:59+08:00")
    amount = explain(desk.system, desk.who("agent"), total["id"])["amount"]
    assert total["remaining"] == {"amount": amount, "zh": f"剩余 {amount[:-2]} 个工作日", "en": f"{amount[:-2]} working days left"}
    desk.clock.advance(timedelta(days=60))
    late = get_ticket(desk.system, desk.who("agent"), ticket_id)
    total = next(clock for clock in late["clocks"] if clock["id"] == total["id"])
    assert total["overdue"] and total["remaining"]["amount"].startswith("-") and "overdue" in late["badges"]
    assert "已超期" in total["remaining"]["zh"] and "overdue" in total["remaining"]["en"]


def test_a_unit_is_not_shown_the_limits_of_another(desk: Desk) -> None:
    ticket_id = desk.dispatched(co=("JT",))
    shares = {share["unit"]["code"]: share["id"] for share in get_ticket(desk.system, desk.who("agent"), ticket_id)["assignments"]}
    cases = {clock["case"] for clock in get_ticket(desk.system, desk.who("clerk.JT"), ticket_id)["clocks"]}
    assert cases == {ticket_id, shares["JT"]}


def test_after_giving_a_ticket_away_a_unit_sees_only_what_it_did(desk: Desk) -> None:
    ticket_id = desk.dispatched("CG")
    result = desk.act(ticket_id, "dispatcher", "recall")
    assert result.root is not None
    left = answer(desk.system, desk.who("clerk.CG"), result.root, ticket_id)
    assert left == {"id": ticket_id, "kind": "ticket", "state": "accepted", "version": result.version}


def test_a_share_by_itself(desk: Desk) -> None:
    ticket_id = desk.dispatched(citizen=ZHANG | {"confidential": True}, title="张先生反映13812345678夜间被骚扰")
    share = get_ticket(desk.system, desk.who("agent"), ticket_id)["assignments"][0]["id"]
    clerk = desk.who("clerk.CG")
    seen = assignment_view(desk.system, clerk, read_case(desk.system, clerk, "assignment", share), share)
    assert seen["ticket"]["id"] == ticket_id and seen["kind"] == "assignment" and seen["version"] == 1
    assert "13812345678" not in seen["ticket"]["title"] and {"sign"} <= triggers(seen)
    assert {clock["name"] for clock in seen["clocks"]} >= {"sign_clock", "handle_clock"}


def test_rounds_and_stopped_clocks(desk: Desk) -> None:
    ticket_id = desk.completed()
    desk.act(ticket_id, "reviewer", "rehandle", reason="市民反映问题仍在")
    ticket = get_ticket(desk.system, desk.who("reviewer"), ticket_id)
    assert ticket["round"] == 2 and ticket["badges"][0] == "round 2" and len(ticket["assignments"]) == 2
    newest = max(share["id"] for share in ticket["assignments"])
    assert {clock["case"] for clock in ticket["clocks"]} == {ticket_id, newest}
    stopped = [clock for clock in ticket["clocks"] if clock["state"] == "stopped"]
    assert stopped and all(clock["remaining"] is None for clock in stopped)
    assert REPLY["contact_at"] == NOW
