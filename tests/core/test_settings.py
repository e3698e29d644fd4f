"""Packs and calendars are installed without a release: checked like the shipped ones, never changed, known to every process at once."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import closing

import pytest

from app.core.actors import SYSTEM
from app.core.bus import execute
from app.core.settings import Choose, Install
from app.core.shipped import install_shipped
from app.core.system import System
from app.errors import Forbidden, IllFormed, Unavailable
from app.main import build, create_app
from rules.packs import shipped_packs
from tests.core.probe import ADMIN, CLERK, asked, together
from tests.factories.hotline import Desk

DEMO = shipped_packs()["demo-district"]
INSTALLED = "SELECT kind, name, version, installed_by, reason FROM installed WHERE name = 'demo-district' ORDER BY version"
STATE = "SELECT (SELECT count(*) FROM installed) AS installed, epoch FROM installation"
DEAD_ROW = """
[[tables.limits.row]]
id = "never-reached"
when = { clock = "acceptance_clock", level = "district", urgency = "normal", type = "nosuchtype" }
give = { amount = "4wh" }
basis = "试验"
"""


@pytest.fixture
def another(system: System) -> Iterator[System]:
    """Another process of the same installation."""
    with closing(build(system.config)) as other:
        yield other


def test_a_version_is_added_and_none_is_changed(system: System) -> None:
    text = DEMO.replace('id = "demo-accept-normal"', 'id = "demo-accept-usual"')
    done = execute(system, Install(ADMIN, "pack", "demo-district", text, "更名一行"))
    assert (done["name"], done["version"]) == ("demo-district", 2)
    rows = asked(system, INSTALLED)
    assert [(row["version"], row["installed_by"], row["reason"]) for row in rows] == [
        (1, "system", "shipped with the release"),
        (2, "user:9", "更名一行"),
    ]
    limits = [{row.id for row in system.settings.pack(f"demo-district@{version}").tables["limits"].rows} for version in (1, 2)]
    assert ("demo-accept-usual" in limits[0], "demo-accept-usual" in limits[1]) == (False, True)


LINTED = {
    "no TOML": (DEMO + "\n[", "TOML"),
    "an unknown amount": (DEMO.replace('amount = "4wh"', 'amount = "4 fortnights"', 1), "fortnights"),
    "a fact that nobody knows": (re.sub(r'urgency = "normal" }', 'colour = "red" }', DEMO, count=1), "colour"),
    "a row that can never match": (DEMO + DEAD_ROW, "nosuchtype"),
}


@pytest.mark.parametrize("wrong", LINTED)
def test_what_the_lint_refuses_is_never_installed(wrong: str, system: System) -> None:
    text, told = LINTED[wrong]
    before = asked(system, STATE)
    with pytest.raises(IllFormed) as refused:
        execute(system, Install(ADMIN, "pack", "demo-district", text, "试验"))
    assert told in refused.value.en and asked(system, STATE) == before


@pytest.mark.parametrize("command", [Install(CLERK, "pack", "demo-district", DEMO, "x"), Choose(CLERK, "sh@1")])
def test_only_an_admin_may(command: Install | Choose, system: System) -> None:
    before = asked(system, STATE)
    with pytest.raises(Forbidden):
        execute(system, command)
    assert asked(system, STATE) == before


def test_only_what_is_installed_can_be_chosen(system: System) -> None:
    with pytest.raises(Unavailable, match="sh@7"):
        execute(system, Choose(ADMIN, "sh@7"))
    assert system.settings.current_pack == "demo-district@1"


def test_new_cases_are_pinned_to_the_choice_and_old_ones_stay(desk: Desk) -> None:
    old = desk.a_ticket("registered")
    execute(desk.system, Choose(ADMIN, "sh@1"))
    new = desk.a_ticket("registered")
    desk.do("agent", old, "accept")
    packs = {row["id"]: row["pack"] for row in desk.rows("SELECT id, pack FROM cases WHERE kind = 'ticket'")}
    assert packs == {old: "demo-district@1", new: "sh@1"}


def test_another_process_knows_with_its_next_command(desk: Desk, another: System) -> None:
    elsewhere = Desk(another, create_app(another).test_client(), desk.owner_url)
    tickets = [elsewhere.register()["id"]]
    execute(desk.system, Choose(ADMIN, "sh@1"))
    tickets.append(elsewhere.register()["id"])
    packs = {row["id"]: row["pack"] for row in desk.rows("SELECT id, pack FROM cases")}
    assert [packs[ticket] for ticket in tickets] == ["demo-district@1", "sh@1"]


def test_many_who_install_at_once_count_on(system: System) -> None:
    done = together(4, lambda place: execute(system, Install(ADMIN, "pack", "sh", shipped_packs()["sh"], f"第{place}人")))
    assert sorted(each["version"] for each in done) == [2, 3, 4, 5]


def test_a_start_installs_nothing_twice(system: System) -> None:
    before = asked(system, STATE)
    assert install_shipped(system) == [] and asked(system, STATE) == before
    execute(system, Install(SYSTEM, "pack", "sh", shipped_packs()["sh"], "本区修订"))
    assert install_shipped(system) == []
