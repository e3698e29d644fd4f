"""Units, people and actors for tests, added through the door by the system itself."""

from __future__ import annotations

import itertools
from typing import Any

from app.core.actors import SYSTEM, Actor
from app.core.bus import execute
from app.core.system import System
from app.people.accounts import actor_of
from app.people.commands import AddUser
from app.people.units import AddUnit

NUMBERS = itertools.count(1)
PASSWORD = "Correct-horse-7"


def a_unit(system: System, name: str = "", kind: str = "department", **more: Any) -> int:
    """The id of a new unit, open from now on unless told otherwise."""
    number = next(NUMBERS)
    added = execute(system, AddUnit(SYSTEM, name or f"第{number}局", kind, more.pop("code", f"U{number}"), **more))
    return int(added.case_id)


def a_user(system: System, unit_id: int, *roles: str, username: str = "", **more: Any) -> int:
    """The id of a new account that may sign in with PASSWORD at once."""
    username = username or f"user{next(NUMBERS)}"
    more = {"password": PASSWORD, "must_change_password": False, **more}
    return int(execute(system, AddUser(SYSTEM, username, more.pop("name", "张三"), unit_id, roles=roles, **more)).case_id)


def an_actor(system: System, unit_id: int, *roles: str) -> Actor:
    """A new person as an actor for commands."""
    username = f"user{next(NUMBERS)}"
    a_user(system, unit_id, *roles, username=username)
    return actor_of(system, username)
