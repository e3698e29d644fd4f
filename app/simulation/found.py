"""An empty database becomes a district: its units, its people, its categories, all added through the door by the system itself."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.core.actors import SYSTEM, Actor
from app.core.bus import Result, execute
from app.core.system import System
from app.core.tx import Tx
from app.errors import Refused
from app.people.commands import AddUser
from app.people.common import done, log, take_turn
from app.people.passwords import check_policy, hash_password
from app.people.policy import policy_of
from app.people.roles import require
from app.people.units import AddUnit
from app.simulation.people import CENTRE_ACCOUNTS, UNIT_ACCOUNTS

Row = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class AddCategories:
    """Rows of `code`, `name` and, for all but the topmost, `parent`; parents first."""

    actor: Actor
    rows: tuple[Row, ...]
    key: str | None = None


@dataclass(frozen=True, slots=True)
class GiveDemoPassword:
    """Every account of a demonstration opens with one password, which is hashed once and stands nowhere else."""

    actor: Actor
    password: str
    key: str | None = None


def handle_add_categories(tx: Tx, command: AddCategories) -> Result:
    require(command.actor, "admin")
    take_turn(tx)
    ids = {row["code"]: tx.system.ids.next() for row in command.rows}
    for row in command.rows:
        parent = ids[row["parent"]] if "parent" in row else None
        tx.insert(
            "categories", {"id": ids[row["code"]], "code": row["code"], "name": row["name"], "parent_id": parent, "provisional": False}
        )
    return done("category", 0, count=len(ids))


def handle_demo_password(tx: Tx, command: GiveDemoPassword) -> Result:
    """Raises Refused where real people sign in."""
    require(command.actor, "security_officer")
    check_policy(policy_of(tx), command.password, "demo")
    take_turn(tx)
    if tx.query("SELECT 1 FROM installation WHERE purpose <> 'demo'"):
        raise Refused("此口令只用于演示数据。", "Only a demonstration gives everybody the same password.")
    stored = hash_password(tx.system.config, command.password)
    for user in tx.query("SELECT id FROM users ORDER BY id"):
        tx.update("users", user["id"], {"password_hash": stored, "password_set_at": tx.now, "must_change_password": False})
    log(tx, "give_demo_password")
    return done("user", 0)


def found(system: System, district: Mapping[str, Iterable[Row]], opened_at: datetime) -> None:
    """`district` is as the pack's file gives it. Units are open from `opened_at` on."""
    units: dict[str, int] = {}
    for unit in district["unit"]:
        parent = units[unit["parent"]] if "parent" in unit else None
        added = execute(system, AddUnit(SYSTEM, unit["name"], unit["kind"], unit["code"], parent, opened_at))
        units[unit["code"]] = added.case_id
        for username, name, role in accounts(unit):
            execute(system, AddUser(SYSTEM, username, name, added.case_id, roles=(role,)))
    execute(system, AddCategories(SYSTEM, tuple(district["category"])))


def accounts(unit: Row) -> list[tuple[str, str, str]]:
    """User name, person's name and role of each account of a unit."""
    if unit["kind"] == "centre":
        return [(username, name, role) for username, (role, name) in CENTRE_ACCOUNTS.items()]
    return [(f"{part}.{unit['code']}", f"{unit['name']}{title}"[-40:], role) for part, (role, title) in UNIT_ACCOUNTS.items()]


HANDLERS: Mapping[type, Any] = {AddCategories: handle_add_categories, GiveDemoPassword: handle_demo_password}
