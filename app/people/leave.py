"""Who is away and who stands in; a lent role is a loan with two ends, taken back with the leave that it belongs to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.core.actors import Actor
from app.core.bus import Result
from app.core.tx import Tx
from app.errors import Forbidden, IllFormed, Refused
from app.people.common import done, log, take_turn, the_user
from app.people.roles import SEPARATE, has


@dataclass(frozen=True, slots=True)
class TakeLeave:
    """One's own leave, or that of a person of the unit that one leads. With a substitute, all roles are lent for that time."""

    actor: Actor
    user_id: int
    since: datetime
    until: datetime
    substitute_id: int | None = None
    key: str | None = None


@dataclass(frozen=True, slots=True)
class EndLeave:
    """Back early, or never gone: loans made for the leave end with it."""

    actor: Actor
    absence_id: int
    key: str | None = None


@dataclass(frozen=True, slots=True)
class LendRole:
    """A person lends one role that he holds himself."""

    actor: Actor
    to_user_id: int
    role: str
    since: datetime
    until: datetime
    unit_id: int | None = None
    key: str | None = None


@dataclass(frozen=True, slots=True)
class TakeBackRole:
    actor: Actor
    delegation_id: int
    key: str | None = None


HELD = "SELECT unit_id, role FROM user_roles WHERE user_id = %s AND until IS NULL"
OVERLAPS = "SELECT 1 FROM absences WHERE user_id = %s AND cancelled_at IS NULL AND since < %s AND until > %s LIMIT 1"


def handle_take_leave(tx: Tx, command: TakeLeave) -> Result:
    take_turn(tx)
    user = the_user(tx, command.user_id)
    manages(command.actor, user)
    span(tx, command.since, command.until)
    if tx.query(OVERLAPS, (command.user_id, command.until, command.since)):
        raise Refused("该时段内已有请假记录。", "There is a leave in this time already.")
    lent = _substitute(tx, command, user) if command.substitute_id is not None else []
    absence_id = tx.system.ids.next()
    row = {"id": absence_id, "user_id": command.user_id, "since": command.since, "until": command.until}
    tx.insert("absences", row | {"substitute_id": command.substitute_id})
    for role in lent:
        loan = {"from_user_id": command.user_id, "to_user_id": command.substitute_id, **role, "absence_id": absence_id}
        tx.insert("delegations", loan | {"since": command.since, "until": command.until})
    log(tx, "take_leave", command.user_id, user["unit_id"], since=command.since, until=command.until, lent=lent)
    return done("absence", absence_id, lent=lent)


def _substitute(tx: Tx, command: TakeLeave, user: dict[str, Any]) -> list[dict[str, Any]]:
    """The roles that the substitute is lent. The separated duties are never lent with a leave: they are granted or nobody has them."""
    substitute = the_user(tx, command.substitute_id or 0)
    if substitute["id"] == user["id"] or substitute["unit_id"] != user["unit_id"]:
        raise Refused("替岗人须为同一单位的其他人员。", "The substitute is another person of the same unit.")
    if tx.query(OVERLAPS, (substitute["id"], command.until, command.since)):
        raise Refused("替岗人在该时段内也不在岗。", "The substitute is away in this time too.")
    return [role for role in tx.query(HELD, (user["id"],)) if role["role"] not in SEPARATE]


def handle_end_leave(tx: Tx, command: EndLeave) -> Result:
    take_turn(tx)
    rows = tx.query("SELECT * FROM absences WHERE id = %s AND cancelled_at IS NULL AND until > %s", (command.absence_id, tx.now))
    if not rows:
        raise Refused("没有此项有效的请假记录。", "There is no such leave any more.")
    user = the_user(tx, rows[0]["user_id"])
    manages(command.actor, user)
    tx.update("absences", command.absence_id, {"cancelled_at": tx.now})
    for row in tx.query("SELECT id FROM delegations WHERE absence_id = %s AND revoked_at IS NULL", (command.absence_id,)):
        tx.update("delegations", row["id"], {"revoked_at": tx.now})
    log(tx, "end_leave", user["id"], user["unit_id"], absence=command.absence_id)
    return done("absence", command.absence_id, "ended")


def handle_lend_role(tx: Tx, command: LendRole) -> Result:
    take_turn(tx)
    unit_id = command.unit_id or command.actor.unit_id
    span(tx, command.since, command.until)
    if command.role in SEPARATE:
        raise Refused("三员角色不得转借。", "The separated duties are not lent.")
    if {"unit_id": unit_id, "role": command.role} not in tx.query(HELD, (command.actor.id,)):
        raise Forbidden("只能转借本人持有的角色。", "One lends only a role that one holds oneself.")
    other = the_user(tx, command.to_user_id)
    if other["id"] == command.actor.id or other["unit_id"] != unit_id:
        raise Refused("只能转借给该单位的其他人员。", "A role is lent to another person of the unit that it is held for.")
    row = {"from_user_id": command.actor.id, "to_user_id": other["id"], "unit_id": unit_id, "role": command.role}
    tx.insert("delegations", row | {"since": command.since, "until": command.until})
    log(tx, "lend_role", command.actor.id, unit_id, to=other["id"], role=command.role, since=command.since, until=command.until)
    return done("user", other["id"], role=command.role, unit_id=unit_id)


def handle_take_back(tx: Tx, command: TakeBackRole) -> Result:
    take_turn(tx)
    rows = tx.query("SELECT * FROM delegations WHERE id = %s AND revoked_at IS NULL", (command.delegation_id,))
    if not rows:
        raise Refused("没有此项有效的授权。", "There is no such loan any more.")
    manages(command.actor, the_user(tx, rows[0]["from_user_id"]))
    tx.update("delegations", command.delegation_id, {"revoked_at": tx.now})
    log(tx, "take_back_role", rows[0]["from_user_id"], rows[0]["unit_id"], delegation=command.delegation_id)
    return done("delegation", command.delegation_id, "ended")


def manages(actor: Actor, user: dict[str, Any]) -> None:
    """Oneself, the lead of the person's unit or of a unit above it, or the administrator."""
    leads = "unit_lead" in actor.roles and user["unit_id"] in actor.units
    if not (actor.id == user["id"] or leads or has(actor, "admin")):
        raise Forbidden("只能由本人、单位审核人或系统管理员办理。", "This is for the person, the unit's lead or the administrator.")
    if actor.scopes is not None and "admin" not in actor.scopes:
        raise Forbidden("此令牌没有管理权限范围。", "This token does not carry the scope 'admin'.")


def span(tx: Tx, since: datetime, until: datetime) -> None:
    if since.tzinfo is None or until.tzinfo is None:
        raise IllFormed("时间须带时区。", "A time needs its zone.", {"since": ["zone"], "until": ["zone"]})
    if until <= since or until <= tx.now:
        raise Refused("结束时间须晚于开始时间和现在。", "The end lies after the beginning and after now.")


HANDLERS = {
    TakeLeave: handle_take_leave,
    EndLeave: handle_end_leave,
    LendRole: handle_lend_role,
    TakeBackRole: handle_take_back,
}
