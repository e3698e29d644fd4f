"""The demonstration: an empty database is filled up to this minute, anything else is left as it is."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from app.core.actors import SYSTEM
from app.core.bus import execute, transaction
from app.core.system import System
from app.errors import Refusal, Refused
from app.people.commands import AddUnit
from app.people.signin import sign_in
from app.simulation.clock import ClockHand
from app.simulation.found import GiveDemoPassword
from app.simulation.invariants import check
from cli.demo import fill, tell
from workflows.definition import load_released

if TYPE_CHECKING:
    from tests.fixtures.living import MovedClock


def rows(system: System, sql: str) -> list[dict[str, Any]]:
    with transaction(system, SYSTEM) as tx:
        return tx.query(sql)


TOLD = """SELECT c.state, t.round, t.confidential, t.source, c.due_at < now() AS overdue,
EXISTS (SELECT 1 FROM assignments a WHERE a.root_id = t.id AND a.role = 'co') AS shared FROM cases c JOIN tickets t ON t.id = c.id"""


@pytest.mark.timeout(400)
def test_an_empty_database_gets_tickets_in_every_state_and_people_who_can_sign_in(
    system: System, capsys: pytest.CaptureFixture[str]
) -> None:
    accounts = fill(system)
    assert accounts is not None
    tickets = rows(system, TOLD)
    states = Counter(ticket["state"] for ticket in tickets)
    assert set(states) == set(load_released()["ticket", 2].states)
    assert len(tickets) > 300
    beside = {(row["kind"], row["state"]) for row in rows(system, "SELECT DISTINCT kind, state FROM cases WHERE kind <> 'ticket'")}
    assert {("alarm", "raised"), ("return-request", "requested"), ("extension", "requested"), ("callback", "queued")} <= beside
    kinds = {kind for kind, _ in beside}
    assert {"collective-complaint", "hot-issue", "supervision", "instruction", "knowledge-entry", "caller-restriction"} <= kinds
    assert sum(ticket["round"] > 1 for ticket in tickets) >= 5
    assert sum(ticket["shared"] for ticket in tickets) >= 20
    assert sum(ticket["overdue"] is True for ticket in tickets) >= 10
    assert any(ticket["confidential"] for ticket in tickets)
    assert sum(ticket["source"] == "city" for ticket in tickets) >= 0.95 * len(tickets)
    assert [finding for finding in check(system) if finding.broken] == []
    clock = rows(
        system, "SELECT purpose, shift, frozen_at, (SELECT max(last_at) FROM cases) <= clock_timestamp() AS past FROM installation"
    )[0]
    assert clock == {"purpose": "demo", "shift": timedelta(0), "frozen_at": None, "past": True}
    for username in ("agent", "security", "clerk.cgj", "handler.qshj", "lead.qshj.1"):
        assert not sign_in(system, username, accounts.password).must_change_password
    with pytest.raises(Refusal):
        sign_in(system, "agent", accounts.password + "x")
    tell(accounts)
    said = capsys.readouterr().out
    assert accounts.password in said and "dispatcher" in said and "qshj.1" in said


def test_a_second_time_it_says_so_and_changes_nothing(system: System, capsys: pytest.CaptureFixture[str]) -> None:
    execute(system, AddUnit(SYSTEM, "真实的中心", "centre", "real"))
    tell(fill(system))
    assert "not empty" in capsys.readouterr().out
    assert rows(system, "SELECT code FROM units") == [{"code": "real"}]
    assert rows(system, "SELECT purpose FROM installation") == [{"purpose": "empty"}]


def test_a_clock_left_standing_by_who_was_killed_while_filling_goes_on(system: System, clock: MovedClock) -> None:
    with ClockHand(system.config) as hand:
        hand.take("demo")
    execute(system, AddUnit(SYSTEM, "云岭中心", "centre", "centre"))
    clock.freeze(datetime(2026, 1, 1, tzinfo=UTC))
    assert fill(system) is None
    assert rows(system, "SELECT frozen_at, shift FROM installation") == [{"frozen_at": None, "shift": timedelta(0)}]


def test_where_real_people_sign_in_nobody_gives_all_of_them_one_password(system: System) -> None:
    with pytest.raises(Refused):
        execute(system, GiveDemoPassword(SYSTEM, "One-for-all-9"))
