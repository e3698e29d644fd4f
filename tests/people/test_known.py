"""A process remembers for two seconds whom a token speaks for, but not beyond a change that it has heard of."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import text

from app.core.actors import SYSTEM
from app.core.bus import execute
from app.core.system import System
from app.errors import Unauthenticated
from app.people import known, signin
from app.people.commands import DeactivateUser
from app.people.credentials import RevokeToken
from app.people.signin import authenticate_token, issue_token
from tests.factories.people import a_unit, a_user


@pytest.fixture(autouse=True)
def remembered(monkeypatch: pytest.MonkeyPatch, nothing_remembered: None) -> None:
    monkeypatch.setattr(known, "SECONDS", 60.0)


@pytest.fixture
def token(system: System) -> str:
    a_user(system, a_unit(system, kind="centre"), "agent", username="wang.fang")
    return issue_token(system, SYSTEM, "wang.fang", "desk")


def looks(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """The digests that were asked of the database."""
    asked: list[bytes] = []
    really = signin.who

    def who(system: System, digest: bytes) -> object:
        asked.append(digest)
        return really(system, digest)

    monkeypatch.setattr(signin, "who", who)
    return asked


def test_many_requests_are_one_look(system: System, token: str, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = looks(monkeypatch)
    assert len({authenticate_token(system, token) for _ in range(5)}) == 1
    assert len(asked) == 1


def test_a_revocation_is_heard_at_once(system: System, token: str) -> None:
    admin = replace(authenticate_token(system, token), id=0, roles=frozenset({"admin"}))
    with system.engine.connect() as connection:
        token_id = connection.execute(text("SELECT id FROM access_tokens")).scalar_one()
    execute(system, RevokeToken(admin, token_id))
    with pytest.raises(Unauthenticated):
        authenticate_token(system, token)


def test_who_has_left_is_out_at_once(system: System, token: str) -> None:
    actor = authenticate_token(system, token)
    execute(system, DeactivateUser(replace(actor, id=0, roles=frozenset({"admin"})), actor.id))
    with pytest.raises(Unauthenticated):
        authenticate_token(system, token)
