"""A rung that acts does so wholly or not at all, where its trigger is known, and no failing clock stands in the way of another."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import psycopg
import pytest
from rq.job import Job
from rq.serializers import JSONSerializer

from app.core import outbox
from app.core import sweep as sweeping
from app.core.bus import attempt
from app.core.sweep import sweep
from app.errors import Unavailable
from app.jobs import tick
from tests.factories.hotline import Desk

if TYPE_CHECKING:
    from tests.fixtures.living import MovedClock

FIRED = "SELECT k.name, f.rung FROM fires f JOIN clocks k ON k.id = f.clock_id WHERE f.root_id = %s"
ASIDE = "SELECT root_id, failure FROM clocks WHERE set_aside_at IS NOT NULL"


def fired(desk: Desk, ticket: int) -> set[tuple[str, str]]:
    return {(row["name"], row["rung"]) for row in desk.rows(FIRED, ticket)}


def test_a_unit_long_overdue_raises_its_ticket(desk: Desk, clock: MovedClock) -> None:
    ticket = desk.a_ticket("handling")
    desk.change("UPDATE clocks SET next_rung_at = NULL WHERE root_id = %s AND name <> 'handle_clock'", ticket)
    clock.advance(timedelta(days=60))
    sweep(desk.system)
    assert ("handle_clock", "+5wd") in fired(desk, ticket)
    assert ("ticket", "escalate") in desk.triggers(ticket)


def test_a_broken_clock_is_set_aside_and_the_others_fire(desk: Desk, clock: MovedClock) -> None:
    broken, whole = desk.a_ticket("accepted"), desk.a_ticket("accepted")
    without_instant = """UPDATE clocks SET rungs = '[{"key": "due"}]', next_rung_at = next_rung_at - interval '1 day' WHERE root_id = %s"""
    desk.change(without_instant, broken)
    clock.advance(timedelta(hours=12))
    sweep(desk.system)
    assert fired(desk, whole)
    assert {row["root_id"] for row in desk.rows(ASIDE)} == {broken}
    assert sweeping.lag(desk.system) is None


def test_a_clock_is_not_set_aside_for_meeting_others(desk: Desk, clock: MovedClock, monkeypatch: pytest.MonkeyPatch) -> None:
    ticket = desk.a_ticket("handling")
    clock.advance(timedelta(days=60))
    left = 2

    def unlucky(system: Any, command: Any) -> Any:
        nonlocal left
        if left and isinstance(command, sweeping.FireRung):
            left -= 1
            raise psycopg.errors.DeadlockDetected("two met")
        return attempt(system, command)

    monkeypatch.setattr("app.core.bus.attempt", unlucky)
    with pytest.raises(Unavailable):
        sweep(desk.system)
    assert desk.rows(ASIDE) == []
    sweep(desk.system)
    assert ("total_clock", "+5wd") in fired(desk, ticket)


def test_one_refused_trigger_of_a_rung_takes_none_of_the_others_with_it(desk: Desk, clock: MovedClock) -> None:
    ticket = desk.a_ticket("handling")
    rungs = """UPDATE clocks SET rungs = jsonb_build_array(jsonb_build_object('key', 'due', 'at', next_rung_at,
               'actions', '["fire:close", "fire:escalate"]'::jsonb)) WHERE root_id = %s AND name = 'total_clock'"""
    desk.change(rungs, ticket)
    desk.change("UPDATE clocks SET next_rung_at = NULL WHERE root_id = %s AND name <> 'total_clock'", ticket)
    clock.advance(timedelta(days=60))
    sweep(desk.system)
    assert ("total_clock", "due") in fired(desk, ticket) and sweep(desk.system) == 0
    assert ("ticket", "escalate") in desk.triggers(ticket) and ("ticket", "close") not in desk.triggers(ticket)
    assert desk.rows(ASIDE) == []


def test_no_alarm_of_the_queue_strikes_in_the_middle_of_a_sweep(desk: Desk, clock: MovedClock) -> None:
    desk.a_ticket("accepted")
    clock.advance(timedelta(hours=12))
    desk.system.redis.sadd("rq:workers", "somebody")
    tick.Heart(desk.system).enqueue("sweep", "app.jobs.work.sweep_due", "sweep-1")
    job = Job.fetch("sweep-1", connection=desk.system.redis, serializer=JSONSerializer)
    assert job.timeout == -1


def test_the_log_of_a_failing_reaction_quotes_nobody(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    ticket = desk.a_ticket()
    desk.change("UPDATE outbox SET attempts = 1 WHERE root_id = %s", ticket)
    (row,) = desk.rows("SELECT id FROM outbox WHERE root_id = %s LIMIT 1", ticket)
    try:
        raise ValueError("王小明 13800138000")
    except ValueError as error:
        outbox.set_back(desk.system, row["id"], error)
    assert "ValueError" in caplog.text and "王小明" not in caplog.text and "13800138000" not in caplog.text
