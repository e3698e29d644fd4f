"""The demonstration: an empty database is filled up to this minute, anything else is left as it is."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from flask import Flask

from app.core.actors import SYSTEM, Actor
from app.core.bus import execute, transaction
from app.core.file_transfer import download
from app.core.sweep import sweep
from app.core.system import System
from app.errors import Refusal, Refused
from app.main import create_app
from app.people.commands import AddUnit
from app.people.signin import sign_in
from app.simulation.clock import ClockHand
from app.simulation.crew import drain
from app.simulation.found import GiveDemoPassword
from app.simulation.invariants import check
from app.simulation.people import CENTRE_ACCOUNTS, UNIT_ACCOUNTS, read_district
from app.simulation.scenes import FULL
from bench.pages import counting, pages, told
from cli.demo import Accounts, fill, tell
from cli.gallery import Scene
from tests.web.site import filled
from workflows.definition import load_released

if TYPE_CHECKING:
    from pathlib import Path

    from tests.fixtures.living import MovedClock
    from tests.fixtures.servers import Servers

# What waits for somebody, of every kind.
WAITS = {
    "alarm": {"raised", "acknowledged", "acting"}, "assignment": {"assigned", "handling", "submitted", "replied"},
    "callback": {"queued", "claimed"}, "co-request": {"requested", "declined"},
    "caller-restriction": {"proposed", "active"}, "collective-complaint": {"briefed"},
    "conference": {"called", "held"}, "extension": {"requested", "granted", "refused"}, "hot-issue": {"proposed"},
    "instruction": {"recorded", "sent"}, "knowledge-entry": {"draft", "published", "revising"}, "report-in": {"called", "reported_in"},
    "return-request": {"requested", "negotiating"},
    "supervision": {"proposed", "issued", "signed", "handling", "reported", "verifying", "cleared"},
}  # fmt: skip
TOLD = """SELECT c.state, t.title, t.round, t.confidential, t.source, t.lon, t.dissatisfactions, t.registered_at, c.due_at,
c.due_at < now() AS overdue, z.phone_hash, t.street,
(SELECT left(g.code, 4) FROM categories g WHERE g.id = t.category_id) AS branch,
EXISTS (SELECT 1 FROM assignments a WHERE a.root_id = t.id AND a.role = 'co') AS shared
FROM cases c JOIN tickets t ON t.id = c.id JOIN citizens z ON z.id = t.citizen_id"""


def rows(system: System, sql: str) -> list[dict[str, Any]]:
    with transaction(system, SYSTEM) as tx:
        return tx.query(sql)


@pytest.fixture(scope="module")
def small(servers: Servers, shared: Path, worker_id: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[System, Accounts]]:
    """The small demonstration, filled once for all tests of the run."""
    name = f"small_{worker_id}_{os.getpid()}"
    with filled(servers, name, shared, tmp_path_factory.mktemp("small") / "home") as (system, password):
        yield system, Accounts(password, read_district(system))


@pytest.mark.timeout(400)
def test_the_small_one_shows_every_state_of_every_kind_too(small: tuple[System, Accounts]) -> None:
    system, _ = small
    found = {(row["kind"], row["state"]) for row in rows(system, "SELECT DISTINCT kind, state FROM cases")}
    assert {("ticket", state) for state in load_released()["ticket", 2].states} <= found
    assert {(kind, state) for kind, states in WAITS.items() for state in states} <= found
    assert [finding for finding in check(system) if finding.broken] == []


@pytest.mark.timeout(400)
def test_late_soon_and_twice_dissatisfied(small: tuple[System, Accounts]) -> None:
    system, _ = small
    tickets = rows(system, TOLD)
    now = rows(system, "SELECT now() AS now")[0]["now"]
    assert sum(ticket["overdue"] is True for ticket in tickets) >= 3
    assert any(ticket["due_at"] and now < ticket["due_at"] < now + timedelta(days=3) for ticket in tickets)
    assert any((ticket["dissatisfactions"] or 0) >= 2 for ticket in tickets)
    assert rows(system, "SELECT 1 FROM callbacks b JOIN cases c ON c.id = b.id WHERE c.state = 'queued' AND b.attempts > 0")
    assert rows(system, "SELECT 1 FROM return_requests r JOIN cases c ON c.id = r.id WHERE c.open AND r.org_opinion_at IS NOT NULL")
    levels = {row["level"] for row in rows(system, "SELECT DISTINCT level FROM supervisions")}
    assert {"general", "key", "listed"} <= levels


@pytest.mark.timeout(400)
def test_places_pictures_callers_and_today(small: tuple[System, Accounts]) -> None:
    system, _ = small
    tickets = rows(system, TOLD)
    assert all(ticket["lon"] for ticket in tickets)
    assert max(Counter(ticket["phone_hash"] for ticket in tickets if ticket["phone_hash"]).values()) >= 4
    alike = Counter((ticket["branch"], ticket["street"]) for ticket in tickets if ticket["state"] == "accepted")
    assert max(alike.values()) >= 5
    # Whoever tells of the same has words of his own: no list shows one title over and over.
    assert max(Counter(ticket["title"] for ticket in tickets).values()) <= 3
    newest = max(ticket["registered_at"] for ticket in tickets)
    assert timedelta(0) <= rows(system, "SELECT now() AS now")[0]["now"] - newest < timedelta(hours=3)
    pictures = rows(system, "SELECT t.id, c.kind FROM attachments t JOIN cases c ON c.id = t.case_id")
    assert {picture["kind"] for picture in pictures} >= {"ticket", "instruction"}
    for picture in pictures[:2]:
        data, headers = download(system, secretary(system), picture["id"])
        assert data.startswith(b"\xff\xd8") and headers["Content-Type"] == "image/jpeg"


@pytest.mark.timeout(400)
def test_the_map_is_in_force_and_every_street_answers_for_its_part(small: tuple[System, Accounts]) -> None:
    system, _ = small
    drawn = rows(
        system,
        "SELECT e.kind, count(*) AS many, count(b.unit_id) AS answered FROM boundaries b"
        " JOIN boundary_editions e ON e.id = b.edition_id WHERE e.current GROUP BY 1 ORDER BY 1",
    )
    assert {(row["kind"], row["many"]) for row in drawn} == {("community", 23), ("district", 1), ("street", 8)}
    assert all(row["answered"] == row["many"] for row in drawn if row["kind"] != "district")


@pytest.fixture(scope="module")
def served(small: tuple[System, Accounts]) -> Flask:
    return create_app(small[0])


@pytest.mark.timeout(400)
@pytest.mark.parametrize("scene", pages(), ids=lambda scene: scene.name)
def test_every_page_that_is_measured_opens_and_asks_the_database_a_bounded_number_of_times(
    small: tuple[System, Accounts], served: Flask, scene: Scene
) -> None:
    """Fifty rows in a list: a trip for each of them would show."""
    found = told(served, small[0], scene, 1, small[1].password)
    assert found["status"] == scene.status
    assert found["trips"] <= 30


def test_trips_are_counted_only_while_somebody_counts(system: System) -> None:
    with counting() as trips:
        rows(system, "SELECT 1")
        counted = trips()
    rows(system, "SELECT 1")
    assert counted == trips() > 0


def secretary(system: System) -> Actor:
    row = rows(system, "SELECT id, name, unit_id FROM users WHERE username = 'secretary'")[0]
    return Actor(row["id"], row["name"], frozenset({"secretary"}), row["unit_id"], frozenset({row["unit_id"]}))


@pytest.mark.timeout(400)
def test_everybody_can_sign_in_and_is_told_so_once(small: tuple[System, Accounts], capsys: pytest.CaptureFixture[str]) -> None:
    system, accounts = small
    for username in (*CENTRE_ACCOUNTS, *(f"{part}.qshj.1" for part in UNIT_ACCOUNTS), "clerk.cgj"):
        assert not sign_in(system, username, accounts.password).must_change_password
    with pytest.raises(Refusal):
        sign_in(system, "agent", accounts.password + "x")
    tell(accounts)
    said = capsys.readouterr().out
    assert said.count(accounts.password) == 1 and all(username in said for username in CENTRE_ACCOUNTS) and "qshj.1" in said
    assert fill(system) is None


@pytest.mark.timeout(600)
def test_an_empty_database_gets_weeks_of_tickets_up_to_this_minute(system: System) -> None:
    assert fill(system, FULL) is not None
    tickets = rows(system, TOLD)
    states = Counter(ticket["state"] for ticket in tickets)
    assert set(states) == set(load_released()["ticket", 2].states)
    assert len(tickets) > 300
    found = {(row["kind"], row["state"]) for row in rows(system, "SELECT DISTINCT kind, state FROM cases")}
    assert {(kind, state) for kind, waiting in WAITS.items() for state in waiting} <= found
    assert sum(ticket["round"] > 1 for ticket in tickets) >= 5
    assert sum(ticket["shared"] for ticket in tickets) >= 20
    assert sum(ticket["overdue"] is True for ticket in tickets) >= 10
    assert any(ticket["confidential"] for ticket in tickets)
    assert sum(ticket["source"] == "city" for ticket in tickets) >= 0.95 * len(tickets)
    # The clock goes on: what fell due since is the sweeper's, and what comes of it the workers'.
    sweep(system)
    drain(system)
    assert [finding for finding in check(system) if finding.broken] == []
    clock = rows(
        system, "SELECT purpose, shift, frozen_at, (SELECT max(last_at) FROM cases) <= clock_timestamp() AS past FROM installation"
    )[0]
    assert clock == {"purpose": "demo", "shift": timedelta(0), "frozen_at": None, "past": True}


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
