"""A season lived through: nothing is lost, every law holds, the same seed gives the same life, and real cases are left alone."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import create_engine, make_url

from app.config import Config
from app.core.actors import SYSTEM
from app.core.bus import execute, transaction
from app.core.system import System
from app.errors import Refused
from app.main import build
from app.people.commands import AddUnit
from app.simulation.drive import Ways
from app.simulation.run import Report, simulate
from tests.factories.lives import fired
from tests.simulation.conftest import SEED, WAYS


def test_every_law_holds_and_nobody_was_refused(lived: tuple[str, Report, Path]) -> None:
    report = lived[1]
    assert [f"{finding.law}: {finding.broken}" for finding in report.broken] == []
    assert len(report.progress.born) == 80
    assert report.written["rungs"] > 100
    assert sum(report.states.values()) == 80
    assert report.states["archived"] > 5 and report.states["handling"] > 5


# A season this small tells no rate exactly: each lies within what chance alone may do to so few.
WITHIN = {"returns": 0.09, "extensions": 0.1, "dissatisfaction": 0.12, "co-handling": 0.12, "joined": 0.06, "alarms": 0.03}


def test_what_was_asked_for_happened_about_as_often(lived: tuple[str, Report, Path]) -> None:
    rates = {rate.name: rate for rate in lived[1].rates}
    assert all(rate.happened > 0 for name, rate in rates.items() if name in WITHIN)
    far = {name: rates[name].reached for name, most in WITHIN.items() if abs(rates[name].reached - rates[name].asked) > most}
    assert far == {}


@pytest.mark.timeout(400)
def test_the_same_seed_lives_the_same_life_in_two_processes(lived: tuple[str, Report, Path], twin: Config, config: Config) -> None:
    with closing(build(twin)) as first, closing(build(config)) as second:
        again = simulate(second, build, 2, 40, SEED, replace(WAYS, processes=2))
        assert not again.broken
        assert again.states == lived[1].states
        assert again.written == lived[1].written
        assert fired(second, again.progress.born) == fired(first, lived[1].progress.born)


def test_another_seed_lives_another_life(lived: tuple[str, Report, Path], system: System) -> None:
    other = simulate(system, build, 2, 40, 8, WAYS)
    assert not other.broken
    assert other.written != lived[1].written


def test_a_second_season_begins_on_the_day_after_the_first(lived: tuple[str, Report, Path], twin: Config) -> None:
    with closing(build(twin)) as system:
        second = simulate(system, build, 1, 20, SEED, WAYS)
    assert not second.broken
    assert second.season.start > lived[1].progress.now
    assert sum(second.states.values()) == 100


def test_stopped_in_the_middle_it_says_how_far_it_came_and_every_law_holds(system: System) -> None:
    asked = iter([False] * 12 + [True] * 1000)
    report = simulate(system, build, 2, 40, 7, replace(WAYS, stop=lambda: next(asked)))
    assert 0 < len(report.progress.born) < 80
    assert not report.broken


def test_a_database_with_anything_else_in_it_is_refused_and_its_clock_left_alone(system: System) -> None:
    execute(system, AddUnit(SYSTEM, "真实的中心", "centre", "real"))
    with pytest.raises(Refused):
        simulate(system, build, 1, 1, 1, Ways())
    with transaction(system, SYSTEM) as tx:
        row = tx.query("SELECT purpose, frozen_at, shift FROM installation")[0]
    assert (row["purpose"], row["frozen_at"], row["shift"].total_seconds()) == ("empty", None, 0)


def test_the_application_itself_cannot_move_the_clock(config: Config) -> None:
    engine = create_engine(make_url(config.database_url))
    with engine.connect() as connection, pytest.raises(Exception, match="permission denied") as refused:
        connection.exec_driver_sql("UPDATE installation SET shift = '1 day'")
    engine.dispose()
    assert isinstance(refused.value.__cause__, psycopg.errors.InsufficientPrivilege)
