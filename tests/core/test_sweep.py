"""Every rung fires once, in order, marked late when it was; and whatever stands still on the way keeps what was consumed."""

from __future__ import annotations

from contextlib import ExitStack, closing
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest

from app.core import health, rungs
from app.core.anchors import verify
from app.core.sweep import sweep
from app.main import build
from rules.amounts import parse_amount
from tests.core.probe import together
from tests.factories.hotline import MONDAY, REPLY, Desk
from tests.fixtures.living import MovedClock

HOUR = timedelta(hours=1)
FIRES = """SELECT f.clock_id, k.name, f.generation, f.rung, f.due_at, f.at, f.late, h.seq, h.case_id FROM fires f
JOIN clocks k ON k.id = f.clock_id
JOIN history h ON h.case_id = k.case_id AND h.trigger = 'rung' AND (h.fields->>'clock')::bigint = k.id AND h.fields->>'rung' = f.rung
ORDER BY h.case_id, h.seq"""
CLOCK = """SELECT id, state, generation, budget, consumed, due_at, held_at, anchored_at, running_since, late, rung_next, next_rung_at
FROM clocks WHERE root_id = %s AND name = %s ORDER BY generation DESC LIMIT 1"""


def fires(desk: Desk, name: str = "") -> list[dict[str, Any]]:
    return [row for row in desk.rows(FIRES) if name in ("", row["name"])]


def a_clock(desk: Desk, ticket: int, name: str) -> dict[str, Any]:
    (row,) = desk.rows(CLOCK, ticket, name)
    return row


def events(desk: Desk, ticket: int) -> list[tuple[str, str, str]]:
    sql = """SELECT k.name, e.event, e.reason FROM clock_events e JOIN clocks k ON k.id = e.clock_id WHERE k.root_id = %s
    ORDER BY e.id"""
    return [(row["name"], row["event"], row["reason"]) for row in desk.rows(sql, ticket)]


def test_many_sweepers_fire_each_rung_once(desk: Desk, clock: MovedClock) -> None:
    tickets = [desk.a_ticket("accepted" if number % 2 else "dispatched") for number in range(30)]
    (due,) = desk.rows("SELECT sum(jsonb_array_length(rungs)) AS n FROM clocks WHERE state = 'running'")
    clock.advance(timedelta(days=200))
    with ExitStack() as stack:
        systems = [stack.enter_context(closing(build(desk.system.config))) for _ in range(4)]
        counted = together(4, lambda place: sweep(systems[place], limit=7))
    fired = fires(desk)
    assert all(isinstance(count, int) for count in counted), counted
    assert len({(row["clock_id"], row["generation"], row["rung"]) for row in fired}) == len(fired) == due["n"]
    assert {row["root_id"] for row in desk.rows("SELECT root_id FROM fires")} == set(tickets)
    # What the last rungs opened, a supervision each, has limits of its own, which begin only now.
    left = "SELECT count(*) AS n FROM clocks WHERE set_aside_at IS NOT NULL OR (next_rung_at IS NOT NULL AND anchored_at < %s)"
    assert desk.rows(left, MONDAY + timedelta(days=1)) == [{"n": 0}]
    assert sweep(desk.system) == 0, "nothing is left for the next"
    verify(desk.system)


@pytest.mark.parametrize(("waited", "late"), [(timedelta(0), False), (timedelta(seconds=60), False), (timedelta(seconds=61), True)])
def test_a_rung_that_fires_after_its_minute_is_late(desk: Desk, clock: MovedClock, waited: timedelta, late: bool) -> None:
    ticket = desk.a_ticket("registered")
    at = a_clock(desk, ticket, "acceptance_clock")["next_rung_at"]
    clock.freeze(at - timedelta(microseconds=1))
    assert sweep(desk.system) == 0
    clock.freeze(at + waited)
    assert sweep(desk.system) == 1
    (fired,) = fires(desk)
    assert (fired["rung"], fired["late"], fired["due_at"], fired["at"]) == ("80%", late, at, at + waited)


def test_after_an_outage_all_that_was_passed_fires_in_order_and_late(desk: Desk, clock: MovedClock) -> None:
    desk.a_ticket("handling")
    clock.advance(timedelta(days=60))
    sweep(desk.system)
    handled = fires(desk, "handle_clock")
    assert [row["rung"] for row in handled] == ["50%", "80%", "-1wd", "due", "+1wd", "+5wd", "+10wd"]
    assert all(one["due_at"] < other["due_at"] and one["seq"] < other["seq"] for one, other in pairwise(handled))
    assert {row["late"] for row in fires(desk)} == {True} and {row["at"] for row in fires(desk)} == {MONDAY + timedelta(days=60)}


def test_a_stopped_clock_fires_nothing_more(desk: Desk, clock: MovedClock) -> None:
    ticket = desk.a_ticket("registered")
    desk.do("agent", ticket, "accept")
    stopped = a_clock(desk, ticket, "acceptance_clock")
    assert (stopped["state"], stopped["late"], stopped["next_rung_at"]) == ("stopped", False, None)
    clock.advance(timedelta(days=30))
    sweep(desk.system)
    assert fires(desk, "acceptance_clock") == [] and fires(desk, "total_clock")


def test_a_failing_rung_is_set_aside_told_and_holds_nobody_up(desk: Desk, clock: MovedClock, monkeypatch: pytest.MonkeyPatch) -> None:
    broken, whole = desk.a_ticket("handling"), desk.a_ticket("handling")
    real = rungs.act

    def act(step: Any, who: frozenset[str]) -> None:
        if step.case.root_id == broken:
            raise RuntimeError("王小明 13812345678")
        real(step, who)

    monkeypatch.setattr(rungs, "act", act)
    clock.advance(timedelta(days=60))
    sweep(desk.system)
    aside = desk.rows("SELECT root_id, name, failure FROM clocks WHERE set_aside_at IS NOT NULL ORDER BY name")
    assert aside and {row["root_id"] for row in aside} == {broken}
    assert {row["failure"] for row in aside} == {"RuntimeError"}, "the words of an error may quote a citizen"
    assert ("ticket", "escalate") in desk.triggers(whole) and ("ticket", "escalate") not in desk.triggers(broken)
    assert health.probe(desk.system)["clocks_set_aside"] == len(aside)
    ready = desk.client.get("/readyz")
    assert ready.status_code == 200 and ready.json["clocks_set_aside"] == len(aside)
    assert f"citydesk_clocks_set_aside {len(aside)}\n" in desk.client.get("/metrics").text
    monkeypatch.undo()
    desk.change("UPDATE clocks SET set_aside_at = NULL, failure = NULL")
    sweep(desk.system)
    assert ("ticket", "escalate") in desk.triggers(broken), "put back by the operator it fires"
    verify(desk.system)


def test_what_is_due_and_has_not_fired_is_told_by_its_age(desk: Desk, clock: MovedClock) -> None:
    ticket = desk.a_ticket("registered")
    assert health.probe(desk.system)["oldest_unfired_clock_seconds"] is None
    clock.freeze(a_clock(desk, ticket, "acceptance_clock")["next_rung_at"] + timedelta(seconds=90))
    assert health.probe(desk.system)["oldest_unfired_clock_seconds"] == 90
    sweep(desk.system)
    assert health.probe(desk.system)["oldest_unfired_clock_seconds"] is None


def test_held_the_time_is_nobodys_and_resumed_the_rest_runs_on(desk: Desk, clock: MovedClock) -> None:
    """Twelve working days, of which four hours are spent on the first; sent back after a fortnight, when half of them would be gone."""
    ticket = desk.a_ticket("handling")
    before = a_clock(desk, ticket, "handle_clock")
    clock.freeze(MONDAY + 4 * HOUR)
    desk.do("handler.cgj", ticket, "submit", **REPLY)
    held = a_clock(desk, ticket, "handle_clock")
    assert (held["state"], held["running_since"], held["next_rung_at"]) == ("held", None, None)
    assert 0 <= parse_amount(held["consumed"]).value < 1
    clock.freeze(MONDAY + timedelta(days=14))
    assert sweep(desk.system)
    assert fires(desk, "total_clock") and fires(desk, "handle_clock") == [], "what is held comes nearer to nothing"
    desk.do("lead.cgj", ticket, "reply")
    desk.do("reviewer", ticket, "send_back", reason="未写明结果", gates=["quality"])
    resumed = a_clock(desk, ticket, "handle_clock")
    assert (resumed["id"], resumed["generation"], resumed["state"]) == (before["id"], 1, "running")
    assert (resumed["budget"], resumed["consumed"]) == (held["budget"], held["consumed"])
    # Resumed, it counts from the very instant: the end of a last day is won by the first start only.
    assert resumed["due_at"] == datetime(2025, 9, 30, 1, 30, tzinfo=UTC) > before["due_at"]
    assert [event for event in events(desk, ticket) if event[0] == "handle_clock"] == [
        ("handle_clock", "hold", "submit"),
        ("handle_clock", "resume", "send_back"),
    ]


def test_sent_back_again_and_again_only_work_is_counted(desk: Desk, clock: MovedClock) -> None:
    ticket = desk.a_ticket("handling")
    consumed = []
    for day in range(3):
        clock.freeze(MONDAY + timedelta(days=2 * day, hours=5))
        desk.do("handler.cgj", ticket, "submit", **REPLY)
        desk.do("lead.cgj", ticket, "reply")
        consumed.append(parse_amount(a_clock(desk, ticket, "handle_clock")["consumed"]).value)
        clock.freeze(MONDAY + timedelta(days=2 * day + 2))
        desk.do("reviewer", ticket, "send_back", reason="再核实", gates=["quality"])
    assert consumed == sorted(consumed) and 0 < consumed[-1] < 3
    clock.freeze(MONDAY + timedelta(days=6))
    assert a_clock(desk, ticket, "handle_clock")["generation"] == 1


def test_another_class_gives_another_budget_and_takes_nothing_back(desk: Desk, clock: MovedClock) -> None:
    """A complaint of fifteen working days becomes a request for help of ten, on its fourth day."""
    ticket = desk.a_ticket("accepted")
    before = a_clock(desk, ticket, "total_clock")
    assert before["budget"] == "15wd" and before["due_at"] == datetime(2025, 9, 22, 16, tzinfo=UTC)
    clock.freeze(MONDAY + timedelta(days=3))
    desk.do("dispatcher", ticket, "reclassify", type="help")
    after = a_clock(desk, ticket, "total_clock")
    assert (after["budget"], after["generation"], after["anchored_at"]) == ("10wd", 1, before["anchored_at"])
    assert after["due_at"] == datetime(2025, 9, 15, 16, tzinfo=UTC), "counted from its first day, not from today"
    assert ("total_clock", "rebudget", "reclassify") in events(desk, ticket)
    assert ("dispatch_clock", "rebudget", "reclassify") not in events(desk, ticket), "the same budget is no event"


def test_another_class_while_held_counts_from_the_resumption(desk: Desk, clock: MovedClock) -> None:
    ticket = desk.a_ticket("handling")
    clock.freeze(MONDAY + timedelta(days=1, hours=5))
    desk.do("handler.cgj", ticket, "submit", **REPLY)
    desk.do("lead.cgj", ticket, "reply")
    held = a_clock(desk, ticket, "handle_clock")
    desk.do("reviewer", ticket, "reclassify", type="help")
    changed = a_clock(desk, ticket, "handle_clock")
    assert (changed["state"], changed["budget"], changed["consumed"]) == ("held", "7wd", held["consumed"])
    desk.do("reviewer", ticket, "send_back", reason="再核实", gates=["quality"])
    assert a_clock(desk, ticket, "handle_clock")["due_at"] < held["due_at"]


def test_a_rung_that_has_fired_does_not_fire_again_for_another_budget(desk: Desk, clock: MovedClock) -> None:
    ticket = desk.a_ticket("accepted", type="help")
    clock.freeze(MONDAY + timedelta(days=9))
    sweep(desk.system)
    assert [row["rung"] for row in fires(desk, "total_clock")] == ["50%"]
    desk.do("dispatcher", ticket, "reclassify", type="complaint")
    clock.advance(timedelta(days=60))
    sweep(desk.system)
    assert [row["rung"] for row in fires(desk, "total_clock")] == ["50%", "80%", "due", "+1wd", "+5wd", "+10wd"]


def test_stopped_it_is_frozen_with_its_result(desk: Desk, clock: MovedClock) -> None:
    ticket = desk.a_ticket("registered")
    due = a_clock(desk, ticket, "acceptance_clock")["due_at"]
    clock.freeze(due)
    desk.do("agent", ticket, "accept")
    frozen = a_clock(desk, ticket, "acceptance_clock")
    assert (frozen["late"], frozen["due_at"]) == (True, due), "the due instant itself is too late: limits are half-open"
    clock.advance(timedelta(days=3))
    desk.do("dispatcher", ticket, "reclassify", urgency="urgent")
    assert a_clock(desk, ticket, "acceptance_clock") == frozen
