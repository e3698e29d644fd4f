"""Tokens and keys at the command line: what is printed is only what was asked for, a refusal is one sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
import pytest
from click.testing import CliRunner, Result
from flask.testing import FlaskClient

from app.config import Config
from app.core.actors import SYSTEM
from app.core.bus import execute
from app.core.system import System
from app.errors import Refused
from app.people.accounts import actor_of
from app.people.second_factor import BeginSecondFactor
from app.people.signin import authenticate_token
from cli import keys, second_factor, token
from tests.factories.hotline import Desk, a_desk

if TYPE_CHECKING:
    from tests.fixtures.servers import Database


@pytest.fixture
def desk(system: System, client: FlaskClient, database: Database, config: Config, monkeypatch: pytest.MonkeyPatch) -> Desk:
    for name, value in (
        ("CITYDESK_HOME", str(config.home)), ("DATABASE_URL", config.database_url), ("DATABASE_OWNER_URL", config.owner_url),
        ("REDIS_URL", config.redis_url),
    ):  # fmt: skip
        monkeypatch.setenv(name, value)
    return a_desk(system, client, database.owner_url)


def run(command: click.Command, *arguments: str) -> Result:
    return CliRunner().invoke(command, list(arguments))


def test_the_token_and_nothing_else_is_printed(desk: Desk) -> None:
    done = run(token.command, "clerk.cgj", "--days", "3")
    assert done.exit_code == 0
    assert done.stdout.count("\n") == 1
    actor = authenticate_token(desk.system, done.stdout.strip())
    assert (actor.id, actor.roles) == (desk.user_ids["clerk.cgj"], {"unit_clerk"})
    life = desk.rows("SELECT extract(day FROM expires_at - created_at)::int AS days FROM access_tokens")
    assert life == [{"days": 3}]


def test_a_token_that_cannot_be(desk: Desk) -> None:
    refused = run(token.command, "nobody")
    assert isinstance(refused.exception, Refused)
    assert "nobody" in str(refused.exception)
    assert run(token.command, "clerk.cgj", "--days", "many").exit_code == 2
    assert desk.rows("SELECT id FROM access_tokens") == []


def test_the_operator_resets_a_second_factor_and_says_why(desk: Desk) -> None:
    execute(desk.system, BeginSecondFactor(actor_of(desk.system, "security")))
    assert run(second_factor.command, "reset", "security").exit_code == 2
    assert isinstance(run(second_factor.command, "reset", "nobody", "--reason", "手机遗失").exception, Refused)
    done = run(second_factor.command, "reset", "security", "--reason", "手机遗失")
    assert (done.exit_code, done.stdout) == (0, "the second factor of security is off\n")
    assert desk.rows("SELECT id FROM second_factors") == []
    (logged,) = desk.rows("SELECT actor, user_id, detail FROM people_log WHERE action = 'reset_second_factor'")
    assert logged == {"actor": SYSTEM.label, "user_id": desk.user_ids["security"], "detail": {"reason": "手机遗失"}}


def test_a_key_is_rotated_and_retired_only_when_nothing_names_it(desk: Desk) -> None:
    desk.register(citizen={"name": "王小明", "phone": "13812345678"})
    assert run(keys.command, "list").stdout == "key 1: seals\n"
    desk.system.keyring.add_key()
    assert run(keys.command, "list").stdout == "key 1: still named by rows\nkey 2: seals\n"
    for number in ("1", "2", "9"):
        assert isinstance(run(keys.command, "retire", number).exception, Refused)
    assert run(keys.command, "reseal").stdout.endswith("sealed under key 2; named by rows: 2\n")
    assert run(keys.command, "rotate").stdout.splitlines()[0] == "key 3 seals from now on"
    assert run(keys.command, "list").stdout == "key 1: may be retired\nkey 2: may be retired\nkey 3: seals\n"
    for number in ("1", "2"):
        assert run(keys.command, "retire", number).exit_code == 0
    assert len(desk.get("agent", "/tickets?phone=13812345678")["items"]) == 1
