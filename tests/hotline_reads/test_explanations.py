"""Why this deadline: the row, the walk, the pauses; and only for who sees the case."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from app.core.actors import SYSTEM
from app.core.bus import execute
from app.core.fire import Fire
from app.errors import Unseen
from app.hotline.commands import Register
from app.hotline.explanations import explain
from app.hotline.queries import get_ticket
from tests.hotline_reads.desk import NOW, REPLY, Desk


def clock(desk: Desk, ticket: int, name: str, level: str) -> dict[str, Any]:
    clocks = get_ticket(desk.system, desk.who("agent"), ticket)["clocks"]
    found: dict[str, Any] = next(clock for clock in clocks if (clock["name"], clock["level"]) == (name, level))
    return found


def test_the_walk_ends_where_the_clock_is_due(desk: Desk) -> None:
    ticket = desk.dispatched()
    total = clock(desk, ticket, "total_clock", "district")
    told = explain(desk.system, desk.who("clerk.CG"), total["id"])
    assert told["start"] == "2026-03-03T09:30:00+08:00" and told["due_at"] == total["due_at"]
    assert told["row"] and told["basis"] and told["table"] == "limits" and told["amount"].endswith("wd")
    assert told["steps"][0]["day"] == "2026-03-03" and told["steps"][-1]["day"] == total["due_at"][:10]
    assert told["steps"][-1]["total"] == told["amount"] and told["pauses"] == []
    english = explain(desk.system, desk.who("agent"), total["id"], "en")
    assert "working day" in english["steps"][1]["text"] and "工作日" in told["steps"][1]["text"]


def test_a_pause_stands_in_the_walk(desk: Desk) -> None:
    ticket = desk.dispatched()
    desk.act(ticket, "clerk.CG", "sign")
    desk.act(ticket, "handler.CG", "submit", **REPLY)
    handle = clock(desk, ticket, "handle_clock", "unit")
    held = explain(desk.system, desk.who("agent"), handle["id"])
    assert held["state"] == "held" and held["pauses"] == [
        {"held_at": "2026-03-03T09:30:00+08:00", "resumed_at": None, "held_by": "提交审签", "resumed_by": None},
    ]  # fmt: skip
    desk.clock.advance(timedelta(days=2))
    execute(desk.system, Fire(desk.who("lead.CG"), "assignment", handle["case"], "send_back", {"reason": "再核实"}))
    again = explain(desk.system, desk.who("agent"), handle["id"])
    assert again["state"] == "running" and again["due_at"] > held["due_at"]
    assert again["pauses"] == [{
        "held_at": "2026-03-03T09:30:00+08:00", "resumed_at": "2026-03-05T09:30:00+08:00", "held_by": "提交审签",
        "resumed_by": "退回承办人 / 审核退回 / 退回下级",
    }]  # fmt: skip
    english = explain(desk.system, desk.who("agent"), handle["id"], "en")["pauses"]
    assert [pause["held_by"].isascii() and pause["resumed_by"].isascii() for pause in english] == [True]
    assert again["steps"][-1]["total"] == again["amount"] and again["steps"][-1]["day"] == again["due_at"][:10]


def test_what_no_rule_of_ours_set_has_no_steps(desk: Desk) -> None:
    born = {"type": "help", "channel": "phone", "title": "t", "content": "c", "upstream_number": "S-1"}
    order = execute(desk.system, Register(SYSTEM, born | {"upstream_due_at": NOW + timedelta(days=3)})).case_id
    desk.act(order, "agent", "accept")
    above = clock(desk, order, "total_clock", "upstream")
    told = explain(desk.system, desk.who("agent"), above["id"])
    assert told["steps"] == [] and told["basis"] == "市级平台给定的时限" and told["due_at"] == "2026-03-06T09:30:00+08:00"
    assert above["remaining"]["amount"].endswith("wh") and not above["overdue"]


def test_unseen_with_its_case(desk: Desk) -> None:
    total = clock(desk, desk.dispatched("CG"), "total_clock", "district")
    with pytest.raises(Unseen):
        explain(desk.system, desk.who("clerk.JT"), total["id"])
    with pytest.raises(Unseen):
        explain(desk.system, desk.who("agent"), 10**15)
