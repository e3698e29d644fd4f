"""What is told of the system's health is true under a moved clock, ends with its cause, and a failed clock gets another try."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from app.core.health import probe
from app.core.housekeeping import forget
from app.core.sweep import sweep
from tests.factories.hotline import Desk

if TYPE_CHECKING:
    from tests.fixtures.living import MovedClock

ASIDE = "UPDATE clocks SET set_aside_at = clock_timestamp() - interval '61 minutes', failure = 'Boom' WHERE root_id = %s"


def test_a_moved_clock_makes_no_reaction_old(desk: Desk, clock: MovedClock) -> None:
    desk.change("UPDATE installation SET frozen_at = NULL, shift = interval '-300 days'")
    desk.a_ticket()
    found = probe(desk.system)
    assert found["outbox_owed"] and 0 <= found["oldest_unfinished_outbox_seconds"] < 60


def test_an_ended_clock_alarms_nobody(desk: Desk) -> None:
    ticket = desk.a_ticket("accepted")
    desk.change(ASIDE, ticket)
    assert probe(desk.system)["clocks_set_aside"] > 0
    desk.do("agent", ticket, "withdraw", reason="诉求人撤回")
    assert probe(desk.system)["clocks_set_aside"] == 0


def test_a_clock_that_was_set_aside_is_tried_again(desk: Desk, clock: MovedClock) -> None:
    ticket = desk.a_ticket("accepted")
    desk.change(ASIDE, ticket)
    clock.advance(timedelta(hours=12))
    assert sweep(desk.system) == 0
    forget(desk.system)
    assert sweep(desk.system) > 0 and probe(desk.system)["clocks_set_aside"] == 0
