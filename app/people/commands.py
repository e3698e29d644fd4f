"""Adding people, giving and taking roles, moving and parting; the verbs of the other modules join in the one table at the foot."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.core.actors import Actor
from app.core.bus import Result
from app.core.tx import Tx
from app.errors import Conflict, IllFormed, Refused
from app.people import credentials, drafts, leave, policy, reorganise, second_factor, sessions, units, unmasking
from app.people.common import clean, done, log, take_turn, the_unit, the_user
from app.people.parting import last_of_its_kind, part
from app.people.passwords import check_policy, hash_password
from app.people.policy import policy_of
from app.people.reorganise import CloseUnit, MergeUnits, MoveUnit, RenameUnit, SplitUnit
from app.people.roles import CENTRE_ONLY, keep_apart, known, require
from app.people.units import AddUnit, ConfirmUnit

USERNAME = re.compile(r"[A-Za-z][A-Za-z0-9._-]{1,63}")


@dataclass(frozen=True, slots=True)
class AddUser:
    """`roles` are held for the person's own unit. A password set for somebody else must be changed at the first sign-in."""

    actor: Actor
    username: str
    name: str
    unit_id: int
    password: str | None = None
    roles: tuple[str, ...] = ()
    must_change_password: bool = True
    key: str | None = None


@dataclass(frozen=True, slots=True)
class GrantRole:
    """For the person's own unit unless another one is named."""

    actor: Actor
    user_id: int
    role: str
    unit_id: int | None = None
    key: str | None = None


@dataclass(frozen=True, slots=True)
class RevokeRole:
    actor: Actor
    user_id: int
    role: str
    unit_id: int | None = None
    key: str | None = None


@dataclass(frozen=True, slots=True)
class MoveUser:
    """To another unit. The work stays with the old unit: `successor_id` takes it, or its clerk gives it out anew."""

    actor: Actor
    user_id: int
    unit_id: int
    successor_id: int | None = None
    key: str | None = None


@dataclass(frozen=True, slots=True)
class DeactivateUser:
    """The person leaves for good. The answer lists what was held; the features hand over the work when they hear UserLeft."""

    actor: Actor
    user_id: int
    successor_id: int | None = None
    key: str | None = None


def handle_add_user(tx: Tx, command: AddUser) -> Result:
    require(command.actor, "admin")
    if command.roles:
        require(command.actor, "security_officer")
    if not USERNAME.fullmatch(command.username):
        rule = "2 to 64 of A-Z a-z 0-9 . _ -, beginning with a letter"
        raise IllFormed("用户名须以字母开头，由 2 至 64 位字母、数字和 . _ - 组成。", f"A user name is {rule}.", {"username": [rule]})
    password = _first_password(tx, command)
    take_turn(tx)
    unit = the_unit(tx, command.unit_id)
    if tx.query("SELECT 1 FROM users WHERE lower(username) = lower(%s)", (command.username,)):
        raise Conflict(f"用户名 {command.username} 已被使用。", f"The user name {command.username} is taken.")
    known(command.roles)
    keep_apart(command.roles)
    user_id = tx.system.ids.next()
    row: dict[str, Any] = {"id": user_id, "username": command.username, "name": clean("name", command.name, most=40)}
    tx.insert("users", row | {"unit_id": unit["id"], "created_at": tx.now, **password})
    for role in dict.fromkeys(command.roles):
        belongs(role, unit)
        tx.insert("user_roles", {"user_id": user_id, "unit_id": unit["id"], "role": role, "since": tx.now})
    log(tx, "add_user", user_id, unit["id"], roles=list(command.roles))
    return done("user", user_id, "active", username=command.username)


def _first_password(tx: Tx, command: AddUser) -> dict[str, Any]:
    """Hashed before anybody is made to wait for this command's turn."""
    if command.password is None:
        return {}
    check_policy(policy_of(tx), command.password, command.username)
    stored = hash_password(tx.system.config, command.password)
    return {"password_hash": stored, "password_set_at": tx.now, "must_change_password": command.must_change_password}


def belongs(role: str, unit: dict[str, Any]) -> None:
    if role in CENTRE_ONLY and unit["kind"] != "centre":
        raise Refused("该角色只能在指挥中心授予。", "This role is granted for the command centre only, since it sees every case.")


ROLES_OF = """
SELECT role FROM user_roles WHERE user_id = %(user)s AND until IS NULL
UNION SELECT role FROM delegations WHERE to_user_id = %(user)s AND revoked_at IS NULL AND until > %(now)s
"""
HELD = "SELECT id FROM user_roles WHERE user_id = %s AND unit_id = %s AND role = %s AND until IS NULL"


def handle_grant_role(tx: Tx, command: GrantRole) -> Result:
    require(command.actor, "security_officer")
    known((command.role,))
    if command.user_id == command.actor.id:
        raise Refused("不得为自己授权。", "Nobody grants himself a role.")
    take_turn(tx)
    user = the_user(tx, command.user_id)
    unit = the_unit(tx, command.unit_id or user["unit_id"])
    belongs(command.role, unit)
    if tx.query(HELD, (command.user_id, unit["id"], command.role)):
        raise Conflict("该人员已有此角色。", "The person holds this role already.")
    held = tx.query(ROLES_OF, {"user": command.user_id, "now": tx.now})
    keep_apart([command.role, *(row["role"] for row in held)])
    tx.insert("user_roles", {"user_id": command.user_id, "unit_id": unit["id"], "role": command.role, "since": tx.now})
    log(tx, "grant_role", command.user_id, unit["id"], role=command.role)
    return done("user", command.user_id, "active", role=command.role, unit_id=unit["id"])


def handle_revoke_role(tx: Tx, command: RevokeRole) -> Result:
    require(command.actor, "security_officer")
    take_turn(tx)
    user = the_user(tx, command.user_id)
    unit_id = command.unit_id or user["unit_id"]
    held = tx.query(HELD, (command.user_id, unit_id, command.role))
    if not held:
        raise Refused("该人员没有此角色。", "The person does not hold this role.")
    last_of_its_kind(tx, command.user_id, command.role)
    tx.update("user_roles", held[0]["id"], {"until": tx.now})
    lent = "SELECT id FROM delegations WHERE from_user_id = %s AND unit_id = %s AND role = %s AND revoked_at IS NULL"
    for row in tx.query(lent, (command.user_id, unit_id, command.role)):
        tx.update("delegations", row["id"], {"revoked_at": tx.now})
    log(tx, "revoke_role", command.user_id, unit_id, role=command.role)
    return done("user", command.user_id, "active", role=command.role, unit_id=unit_id)


def handle_move_user(tx: Tx, command: MoveUser) -> Result:
    require(command.actor, "admin")
    take_turn(tx)
    user, unit = the_user(tx, command.user_id), the_unit(tx, command.unit_id)
    if unit["id"] == user["unit_id"]:
        raise Refused("该人员已在此单位。", "The person is in this unit already.")
    left = part(tx, user, command.successor_id, only_unit=user["unit_id"])
    tx.update("users", command.user_id, {"unit_id": unit["id"]})
    log(tx, "move_user", command.user_id, unit["id"], left=user["unit_id"], successor=command.successor_id)
    return done("user", command.user_id, "active", **left)


def handle_deactivate(tx: Tx, command: DeactivateUser) -> Result:
    require(command.actor, "admin")
    if command.user_id == command.actor.id:
        raise Refused("不得停用自己的账号。", "Nobody deactivates himself.")
    take_turn(tx)
    user = the_user(tx, command.user_id)
    left = part(tx, user, command.successor_id)
    tx.update("users", command.user_id, {"deactivated_at": tx.now})
    log(tx, "deactivate_user", command.user_id, user["unit_id"], successor=command.successor_id)
    return done("user", command.user_id, "deactivated", **left)


HANDLERS: Mapping[type, Any] = {
    AddUser: handle_add_user,
    GrantRole: handle_grant_role,
    RevokeRole: handle_revoke_role,
    MoveUser: handle_move_user,
    DeactivateUser: handle_deactivate,
    **units.HANDLERS,
    **reorganise.HANDLERS,
    **credentials.HANDLERS,
    **drafts.HANDLERS,
    **leave.HANDLERS,
    **policy.HANDLERS,
    **second_factor.HANDLERS,
    **sessions.HANDLERS,
    **unmasking.HANDLERS,
}

__all__ = [
    "HANDLERS",
    "AddUnit",
    "AddUser",
    "CloseUnit",
    "ConfirmUnit",
    "DeactivateUser",
    "GrantRole",
    "MergeUnits",
    "MoveUnit",
    "MoveUser",
    "RenameUnit",
    "RevokeRole",
    "SplitUnit",
]
