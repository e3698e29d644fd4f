"""Sessions begin, are used and end; wrong passwords are counted, and too many of them lock the sign-in for a while."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from app.core.actors import Actor
from app.core.bus import Result
from app.core.tx import Tx
from app.errors import Refused, Unauthenticated
from app.people.common import done, log
from app.people.passwords import expired, hash_password, needs_rehash
from app.people.policy import Policy, policy_of
from app.people.roles import PASSWORD_ONLY


@dataclass(frozen=True, slots=True)
class OpenSession:
    """The password was right against `stored`; it is carried only to be hashed anew when the parameters have grown."""

    actor: Actor
    user_id: int
    digest: bytes
    stored: str
    password: str
    address: str = ""
    key: str | None = field(default=None, init=False)


@dataclass(frozen=True, slots=True)
class FailSignIn:
    """`user_id` is None for an unknown name; the name itself is not kept, since people type passwords into it."""

    actor: Actor
    user_id: int | None
    address: str = ""
    key: str | None = None


@dataclass(frozen=True, slots=True)
class EndSession:
    actor: Actor
    digest: bytes
    key: str | None = None


@dataclass(frozen=True, slots=True)
class SwitchUnit:
    """The session goes on for another unit, with the roles held for that one."""

    actor: Actor
    digest: bytes
    unit_id: int
    key: str | None = None


@dataclass(frozen=True, slots=True)
class TouchToken:
    actor: Actor
    token_id: int
    key: str | None = None


LOCKED = "SELECT * FROM users WHERE id = %s FOR UPDATE"
ROLES_THERE = """
SELECT 1 FROM user_roles WHERE user_id = %(user)s AND unit_id = %(unit)s AND until IS NULL
UNION ALL SELECT 1 FROM delegations WHERE to_user_id = %(user)s AND unit_id = %(unit)s AND revoked_at IS NULL
  AND since <= %(now)s AND until > %(now)s
LIMIT 1
"""


def handle_open_session(tx: Tx, command: OpenSession) -> Result:
    """Looks once more under the lock: guesses that ran side by side with this one may have locked the account meanwhile."""
    user = tx.query(LOCKED, (command.user_id,))[0]
    if user["password_hash"] != command.stored or (user["locked_until"] is not None and tx.now < user["locked_until"]):
        raise Unauthenticated("账号状态刚刚改变，请重新登录。", "The account has just changed; sign in again.")
    policy = policy_of(tx)
    must_change = user["must_change_password"] or expired(policy, user["password_set_at"], tx.now)
    values: dict[str, Any] = {"failed_sign_ins": 0, "locked_until": None, "last_sign_in_at": tx.now}
    if needs_rehash(tx.system.config, command.stored):
        values["password_hash"] = hash_password(tx.system.config, command.password)
    tx.update("users", user["id"], values)
    tx.insert("access_tokens", _session(tx, command, user, policy, must_change))
    log(tx, "sign_in", user["id"], user["unit_id"], address=command.address)
    return done("user", user["id"], "active", must_change_password=must_change)


def _session(tx: Tx, command: OpenSession, user: dict[str, Any], policy: Policy, must_change: bool) -> dict[str, Any]:
    return {
        "id": tx.system.ids.next(),
        "digest": command.digest,
        "kind": "session",
        "label": "session",
        "user_id": user["id"],
        "unit_id": user["unit_id"],
        "scopes": sorted(PASSWORD_ONLY) if must_change else None,
        "created_at": tx.now,
        "expires_at": tx.now + timedelta(hours=policy.session_hours),
        "idle_seconds": policy.idle_minutes * 60,
        "last_used_at": tx.now,
    }


def handle_fail(tx: Tx, command: FailSignIn) -> Result:
    if command.user_id is None:
        log(tx, "sign_in", success=False, address=command.address)
        return done("user", 0)
    user, policy = tx.query(LOCKED, (command.user_id,))[0], policy_of(tx)
    over = user["locked_until"] is not None and tx.now >= user["locked_until"]
    failed = 1 if over else user["failed_sign_ins"] + 1
    until = tx.now + timedelta(minutes=policy.locked_minutes) if failed >= policy.failures else None
    tx.update("users", user["id"], {"failed_sign_ins": failed, "locked_until": until})
    log(tx, "sign_in", user["id"], user["unit_id"], success=False, address=command.address, failed=failed, locked_until=until)
    return done("user", user["id"], "locked" if until else "active")


def handle_end_session(tx: Tx, command: EndSession) -> Result:
    row = _open_session(tx, command.digest)
    tx.update("access_tokens", row["id"], {"revoked_at": tx.now})
    log(tx, "sign_out", row["user_id"], row["unit_id"])
    return done("token", row["id"], "revoked")


def handle_switch(tx: Tx, command: SwitchUnit) -> Result:
    row = _open_session(tx, command.digest)
    if row["user_id"] != command.actor.id:
        raise Refused("只能切换自己的会话。", "One switches only one's own session.")
    home = tx.query("SELECT unit_id FROM users WHERE id = %s", (command.actor.id,))[0]["unit_id"]
    asked = {"user": command.actor.id, "unit": command.unit_id, "now": tx.now}
    if command.unit_id != home and not tx.query(ROLES_THERE, asked):
        raise Refused("您在该单位没有角色。", "You hold no role for this unit.")
    tx.update("access_tokens", row["id"], {"unit_id": command.unit_id})
    log(tx, "switch_unit", command.actor.id, command.unit_id)
    return done("token", row["id"], "active", unit_id=command.unit_id)


def _open_session(tx: Tx, digest: bytes) -> dict[str, Any]:
    asked = "SELECT id, user_id, unit_id FROM access_tokens WHERE digest = %s AND kind = 'session' AND revoked_at IS NULL"
    rows = tx.query(asked, (digest,))
    if not rows:
        raise Refused("会话已结束。", "The session has ended already.")
    return rows[0]


def handle_touch(tx: Tx, command: TouchToken) -> Result:
    tx.update("access_tokens", command.token_id, {"last_used_at": tx.now})
    return done("token", command.token_id, "active")


HANDLERS = {
    OpenSession: handle_open_session,
    FailSignIn: handle_fail,
    EndSession: handle_end_session,
    SwitchUnit: handle_switch,
    TouchToken: handle_touch,
}
