"""Passwords, tokens and locks as commands. A token's text never reaches a command: the database and its receipts see its digest."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from app.core.actors import Actor
from app.core.bus import Result
from app.core.tx import Tx
from app.errors import Forbidden, IllFormed, Refused
from app.people.common import clean, done, log, reason_of, take_turn, the_unit, the_user
from app.people.passwords import check_policy, hash_password, verify_password
from app.people.policy import policy_of
from app.people.roles import SCOPES, SEPARATE, require

LONGEST = 366


@dataclass(frozen=True, slots=True)
class IssueToken:
    """Bound to one unit, whose roles it carries. For oneself, or by the security officer. See `app.people.signin.issue_token`."""

    actor: Actor
    user_id: int
    digest: bytes
    label: str
    scopes: tuple[str, ...]
    days: int = 90
    unit_id: int | None = None
    key: str | None = None


@dataclass(frozen=True, slots=True)
class RevokeToken:
    actor: Actor
    token_id: int
    key: str | None = None


@dataclass(frozen=True, slots=True)
class ChangePassword:
    """One's own; every session ends and begins anew. No key: a receipt would keep a digest of what was typed."""

    actor: Actor
    old: str
    new: str
    key: str | None = field(default=None, init=False)


@dataclass(frozen=True, slots=True)
class ResetPassword:
    """For somebody else, who has to change it at the next sign-in."""

    actor: Actor
    user_id: int
    new: str
    key: str | None = field(default=None, init=False)


@dataclass(frozen=True, slots=True)
class BarUser:
    """Nothing opens for this account until it is unlocked."""

    actor: Actor
    user_id: int
    reason: str
    key: str | None = None


@dataclass(frozen=True, slots=True)
class UnlockUser:
    """Lifts a bar as well as the lock that wrong passwords brought about."""

    actor: Actor
    user_id: int
    key: str | None = None


def handle_issue_token(tx: Tx, command: IssueToken) -> Result:
    if command.actor.id != command.user_id or command.actor.kind == "system":
        require(command.actor, "security_officer")
    scopes = _scopes(command)
    if not 1 <= command.days <= LONGEST:
        raise IllFormed(f"令牌有效期为 1 至 {LONGEST} 天。", f"A token lives 1 to {LONGEST} days.", {"days": [f"1 to {LONGEST}"]})
    user = the_user(tx, command.user_id)
    unit = the_unit(tx, command.unit_id or user["unit_id"])
    if unit["id"] != user["unit_id"] and not tx.query(ROLE_THERE, (user["id"], unit["id"])):
        raise Refused("该人员在此单位没有角色。", "The person holds no role for this unit.")
    token_id, expires_at = tx.system.ids.next(), tx.now + timedelta(days=command.days)
    row = {"id": token_id, "digest": command.digest, "kind": "api", "label": clean("label", command.label), "user_id": user["id"]}
    tx.insert("access_tokens", row | {"unit_id": unit["id"], "scopes": scopes, "created_at": tx.now, "expires_at": expires_at})
    log(tx, "issue_token", user["id"], unit["id"], token=token_id, scopes=scopes, expires_at=expires_at)
    return done("token", token_id, "active", expires_at=expires_at.isoformat(), scopes=scopes)


ROLE_THERE = "SELECT 1 FROM user_roles WHERE user_id = %s AND unit_id = %s AND until IS NULL LIMIT 1"


def _scopes(command: IssueToken) -> list[str]:
    """Known ones, and never more than the token carries with which this one is asked for."""
    unknown = set(command.scopes) - SCOPES
    if unknown or not command.scopes:
        rule = f"some of {', '.join(sorted(SCOPES))}"
        raise IllFormed("令牌的权限范围不正确。", f"A token's scopes are {rule}.", {"scopes": [rule]})
    if command.actor.scopes is not None and not set(command.scopes) <= command.actor.scopes:
        raise Forbidden("新令牌的权限范围不得大于当前令牌。", "A new token cannot carry more than the one that asks for it.")
    return sorted(set(command.scopes))


def handle_revoke_token(tx: Tx, command: RevokeToken) -> Result:
    rows = tx.query("SELECT id, user_id, unit_id FROM access_tokens WHERE id = %s AND revoked_at IS NULL", (command.token_id,))
    mine = bool(rows) and rows[0]["user_id"] == command.actor.id
    if not mine:
        require(command.actor, "security_officer", "admin")
    if not rows:
        raise Refused("没有此项有效令牌。", "There is no such token any more.")
    tx.update("access_tokens", command.token_id, {"revoked_at": tx.now})
    tx.forget_caches()
    log(tx, "revoke_token", rows[0]["user_id"], rows[0]["unit_id"], token=command.token_id)
    return done("token", command.token_id, "revoked")


def handle_change_password(tx: Tx, command: ChangePassword) -> Result:
    user = the_user(tx, command.actor.id)
    if not verify_password(tx.system.config, user["password_hash"], command.old):
        raise Refused("原密码不正确。", "The old password is wrong.")
    if verify_password(tx.system.config, user["password_hash"], command.new):
        raise Refused("新密码不得与原密码相同。", "The new password is the old one.")
    _store_password(tx, user, command.new, must_change=False)
    end_tokens(tx, user["id"], "session")
    log(tx, "change_password", user["id"], user["unit_id"])
    return done("user", user["id"], "active")


def handle_reset_password(tx: Tx, command: ResetPassword) -> Result:
    user = governed(tx, command.actor, command.user_id)
    _store_password(tx, user, command.new, must_change=True)
    end_tokens(tx, user["id"], "session", "api")
    log(tx, "reset_password", user["id"], user["unit_id"])
    return done("user", user["id"], "active")


def _store_password(tx: Tx, user: dict[str, Any], password: str, must_change: bool) -> None:
    check_policy(policy_of(tx), password, user["username"])
    stored = hash_password(tx.system.config, password)
    values = {"password_hash": stored, "password_set_at": tx.now, "must_change_password": must_change}
    tx.update("users", user["id"], values | {"failed_sign_ins": 0, "locked_until": None})


def end_tokens(tx: Tx, user_id: int, *kinds: str) -> None:
    asked = "SELECT id FROM access_tokens WHERE user_id = %s AND revoked_at IS NULL AND kind = ANY(%s)"
    for row in tx.query(asked, (user_id, list(kinds))):
        tx.update("access_tokens", row["id"], {"revoked_at": tx.now})


def governed(tx: Tx, actor: Actor, user_id: int) -> dict[str, Any]:
    """An administrator who could reset the auditor's password would hold the auditor's role: that is the security officer's."""
    user = the_user(tx, user_id)
    apart = tx.query("SELECT 1 FROM user_roles WHERE user_id = %s AND until IS NULL AND role = ANY(%s)", (user_id, sorted(SEPARATE)))
    require(actor, "security_officer") if apart else require(actor, "admin", "security_officer")
    return user


def handle_bar(tx: Tx, command: BarUser) -> Result:
    take_turn(tx)
    user, reason = governed(tx, command.actor, command.user_id), reason_of(command.reason)
    if user["id"] == command.actor.id:
        raise Refused("不得锁定自己的账号。", "Nobody bars himself.")
    tx.update("users", user["id"], {"barred_at": tx.now})
    log(tx, "bar_user", user["id"], user["unit_id"], reason=reason)
    return done("user", user["id"], "barred")


def handle_unlock(tx: Tx, command: UnlockUser) -> Result:
    take_turn(tx)
    user = governed(tx, command.actor, command.user_id)
    tx.update("users", user["id"], {"barred_at": None, "locked_until": None, "failed_sign_ins": 0})
    log(tx, "unlock_user", user["id"], user["unit_id"])
    return done("user", user["id"], "active")


HANDLERS = {
    IssueToken: handle_issue_token,
    RevokeToken: handle_revoke_token,
    ChangePassword: handle_change_password,
    ResetPassword: handle_reset_password,
    BarUser: handle_bar,
    UnlockUser: handle_unlock,
}
