"""A change of class or of the city's deadline reaches every clock it concerns, and no stretch of time is counted twice."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from app.core.actors import IMPORTER, SYSTEM
from app.core.bus import execute
from app.core.fire import Fire
from app.core.settings import Choose, Install
from rules import clocks as reckoning
from rules.amounts import parse_amount
from rules.clocks import Ledger
from tests.factories.hotline import MONDAY, REPLY, Desk

if TYPE_CHECKING:
    from tests.fixtures.living import MovedClock

CLOCKS = "SELECT * FROM clocks WHERE root_id = %s AND name = %s AND level = %s ORDER BY generation DESC"
HOURS = """
name = "in-hours"
version = 1
title = "以工作小时计的紧急时限"
official = false

[calendar]
series = "cn"
zone = "Asia/Shanghai"
hours = ["09:00-12:00", "13:00-17:00"]

[tables.limits]
policy = "min"
by = "amount"

[[tables.limits.row]]
id = "normal"
when = { clock = "handle_clock", level = "unit", urgency = "normal" }
give = { amount = "12wd" }
basis = "测试"

[[tables.limits.row]]
id = "urgent"
when = { clock = "handle_clock", level = "unit", urgency = ["urgent", "critical"] }
give = { amount = "40wh" }
basis = "测试"

[[tables.limits.row]]
id = "others"
when = { clock = [
  "acceptance_clock", "dispatch_clock", "sign_clock", "first_contact_clock", "total_clock", "interim_reply_clock", "review_clock",
  "callback_clock", "return_window_clock",
], level = ["district", "unit"] }
give = { amount = "unlimited" }
basis = "测试"
"""


def newest(desk: Desk, ticket: int, name: str, level: str) -> dict[str, Any]:
    return desk.rows(CLOCKS, ticket, name, level)[0]


def amend(desk: Desk, ticket: int, **fields: Any) -> None:
    execute(desk.system, Fire(IMPORTER, "ticket", ticket, "amend", fields))


def test_the_citys_deadline_begins_its_clock_and_moves_it(desk: Desk) -> None:
    ticket = desk.a_ticket("handling")
    assert desk.rows(CLOCKS, ticket, "total_clock", "upstream") == []
    for due in (MONDAY + timedelta(days=1), MONDAY + timedelta(days=4)):
        amend(desk, ticket, upstream_number="U-2", upstream_due_at=due)
        moved = newest(desk, ticket, "total_clock", "upstream")
        assert (moved["generation"], moved["due_at"], moved["fixed_due_at"]) == (1, due, due)
        assert [rung["at"] for rung in moved["rungs"] if rung["key"] == "due"] == [due.isoformat()]
    assert desk.rows("SELECT due_at FROM cases WHERE id = %s", ticket)[0]["due_at"] == due
    events = desk.rows("SELECT event, prior_due_at, due_at FROM clock_events WHERE clock_id = %s", moved["id"])
    assert events == [{"event": "rebudget", "prior_due_at": MONDAY + timedelta(days=1), "due_at": due}]


def test_a_change_of_unit_counts_no_stretch_twice(desk: Desk, clock: MovedClock) -> None:
    execute(desk.system, Install(SYSTEM, "pack", "in-hours", HOURS, "a test"))
    execute(desk.system, Choose(SYSTEM, "in-hours@1"))
    ticket = desk.a_ticket("handling")
    clock.advance(timedelta(days=2))
    desk.do("handler.cgj", ticket, "submit", **REPLY)
    clock.advance(timedelta(days=1))
    share = desk.rows("SELECT id FROM assignments WHERE root_id = %s", ticket)[0]["id"]
    sent_back = desk.call("lead.cgj", "POST", f"/assignments/{share}/transitions", {"trigger": "send_back", "fields": {"reason": "不全"}})
    assert sent_back.status_code == 200, sent_back.text
    clock.advance(timedelta(days=4))
    before = newest(desk, ticket, "handle_clock", "unit")
    desk.do("supervisor", ticket, "escalate", reason="急")
    after = newest(desk, ticket, "handle_clock", "unit")
    ledger = Ledger(parse_amount(before["budget"]), parse_amount(before["consumed"]), before["anchored_at"], before["running_since"])
    calendar = desk.system.settings.calendar("in-hours@1")
    wanted = reckoning.rebudget(ledger, parse_amount("40wh"), MONDAY + timedelta(days=7), calendar)
    assert after["due_at"] == reckoning.project(wanted, calendar, ()).due_at
    assert (after["budget"], after["consumed"], after["running_since"]) == ("40wh", str(wanted.consumed), wanted.running_since)


def test_a_new_budget_names_the_row_that_gives_it(desk: Desk) -> None:
    ticket = desk.a_ticket("handling")
    assert newest(desk, ticket, "handle_clock", "unit")["rule_row"] == "demo-handle-complaint-tipoff"
    desk.do("supervisor", ticket, "escalate", reason="急")
    moved = newest(desk, ticket, "handle_clock", "unit")
    assert (moved["budget"], moved["rule_table"], moved["rule_row"]) == ("3wd", "limits", "demo-handle-urgent")
