"""Sessions begin, go on for another unit or in one role, are used and end; what failed is counted."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from app.core.actors import Actor
from app.core.bus import Result
from app.core.tx import Tx
from app.errors import Refused, Unauthenticated
from app.people.common import done, log
from app.people.lockout import count_failure, hold, refuse_locked
from app.people.passwords import expired, hash_password, needs_rehash
from app.people.policy import Policy, policy_of
from app.people.roles import ENROL_ONLY, PASSWORD_ONLY, ROLES, WALL_ONLY
from app.people.roles import known as known_roles
from app.people.second_factor import missing, way_in


@dataclass(frozen=True, slots=True)
class OpenSession:
    """The password was right against `stored`; it is carried only to be hashed anew when the parameters have grown.

    Where a second factor is on, `code` is looked at here, under the lock: what does not open is counted, and the state is `refused`.
    """

    actor: Actor
    user_id: int
    digest: bytes
    stored: str
    password: str
    address: str = ""
    code: str | None = None
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
    """The session goes on for another unit, with all the roles held for that one."""

    actor: Actor
    digest: bytes
    unit_id: int
    key: str | None = None


@dataclass(frozen=True, slots=True)
class SwitchRole:
    """The session goes on in one of the roles held for its unit, or, with None, in all of them."""

    actor: Actor
    digest: bytes
    role: str | None
    key: str | None = None


@dataclass(frozen=True, slots=True)
class KeepOnWall:
    """The session goes on as that of a wall screen, until it ends by its hours; there is no way back but to sign in anew."""

    actor: Actor
    digest: bytes
    key: str | None = None


@dataclass(frozen=True, slots=True)
class TouchToken:
    actor: Actor
    token_id: int
    key: str | None = None


ROLES_THERE = """
SELECT 1 FROM user_roles WHERE user_id = %(user)s AND unit_id = %(unit)s AND until IS NULL
  AND (%(role)s::text IS NULL OR role = %(role)s)
UNION ALL SELECT 1 FROM delegations WHERE to_user_id = %(user)s AND unit_id = %(unit)s AND revoked_at IS NULL
  AND since <= %(now)s AND until > %(now)s
  AND (%(role)s::text IS NULL OR role = %(role)s)
LIMIT 1
"""


def handle_open_session(tx: Tx, command: OpenSession) -> Result:
    """Looks once more under the lock: guesses that ran side by side with this one may have locked the account meanwhile."""
    user = hold(tx, command.user_id)
    refuse_locked(user["locked_until"], tx.now)
    if user["password_hash"] != command.stored:
        raise Unauthenticated("账号状态刚刚改变，请重新登录。", "The account has just changed; sign in again.")
    way = way_in(tx, user["id"], command.code)
    if way is None:
        count_failure(tx, user, "sign_in", command.address, "code" if command.code else "no code")
        return done("user", user["id"], "refused")
    policy = policy_of(tx)
    must_enrol = missing(tx, user["id"], policy)
    must_change = user["must_change_password"] or expired(policy, user["password_set_at"], tx.now)
    values: dict[str, Any] = {"failed_sign_ins": 0, "locked_until": None, "last_sign_in_at": tx.now}
    if needs_rehash(tx.system.config, command.stored):
        values["password_hash"] = hash_password(tx.system.config, command.password)
    tx.update("users", user["id"], values)
    # The password comes first: the session that is opened with the new one leads on to the enrolment.
    scopes = PASSWORD_ONLY if must_change else ENROL_ONLY if must_enrol else None
    tx.insert("access_tokens", _session(tx, command, user, policy, scopes))
    log(tx, "sign_in", user["id"], user["unit_id"], address=command.address, way=way)
    return done("user", user["id"], "active", must_change_password=must_change, must_enrol=must_enrol)


def _session(tx: Tx, command: OpenSession, user: dict[str, Any], policy: Policy, scopes: frozenset[str] | None) -> dict[str, Any]:
    return {
        "id": tx.system.ids.next(),
        "digest": command.digest,
        "kind": "session",
        "label": "session",
        "user_id": user["id"],
        "unit_id": user["unit_id"],
        "scopes": None if scopes is None else sorted(scopes),
        "created_at": tx.now,
        "expires_at": tx.now + timedelta(hours=policy.session_hours),
        "idle_seconds": policy.idle_minutes * 60,
        "last_used_at": tx.now,
    }


def handle_fail(tx: Tx, command: FailSignIn) -> Result:
    if command.user_id is None:
        log(tx, "sign_in", success=False, address=command.address)
        return done("user", 0)
    until = count_failure(tx, hold(tx, command.user_id), "sign_in", command.address, "password")
    return done("user", command.user_id, "locked" if until else "active")


def handle_end_session(tx: Tx, command: EndSession) -> Result:
    row = _open_session(tx, command.digest)
    tx.update("access_tokens", row["id"], {"revoked_at": tx.now})
    log(tx, "sign_out", row["user_id"], row["unit_id"])
    return done("token", row["id"], "revoked")


def handle_switch(tx: Tx, command: SwitchUnit) -> Result:
    row = _own_session(tx, command.actor, command.digest)
    home = tx.query("SELECT unit_id FROM users WHERE id = %s", (command.actor.id,))[0]["unit_id"]
    asked = {"user": command.actor.id, "unit": command.unit_id, "now": tx.now, "role": None}
    if command.unit_id != home and not tx.query(ROLES_THERE, asked):
        raise Refused("您在该单位没有角色。", "You hold no role for this unit.")
    tx.update("access_tokens", row["id"], {"unit_id": command.unit_id, "role": None})
    log(tx, "switch_unit", command.actor.id, command.unit_id)
    return done("token", row["id"], "active", unit_id=command.unit_id)


def handle_switch_role(tx: Tx, command: SwitchRole) -> Result:
    row, role = _own_session(tx, command.actor, command.digest), command.role
    if role is not None:
        known_roles([role])
        asked = {"user": command.actor.id, "unit": row["unit_id"], "now": tx.now, "role": role}
        if not tx.query(ROLES_THERE, asked):
            zh, en = ROLES[role]
            held = {"role": ["未持有 / not held"]}
            raise Refused(f"您在当前单位没有“{zh}”角色。", f"You do not hold the role {en} for this unit.", errors=held)
    tx.update("access_tokens", row["id"], {"role": role})
    log(tx, "switch_role", command.actor.id, row["unit_id"], role=role)
    return done("token", row["id"], "active", role=role)


def handle_keep_on_wall(tx: Tx, command: KeepOnWall) -> Result:
    row = _own_session(tx, command.actor, command.digest)
    tx.update("access_tokens", row["id"], {"scopes": sorted(WALL_ONLY), "idle_seconds": None})
    log(tx, "keep_on_wall", command.actor.id, row["unit_id"])
    return done("token", row["id"], "active")


def _own_session(tx: Tx, actor: Actor, digest: bytes) -> dict[str, Any]:
    row = _open_session(tx, digest)
    if row["user_id"] != actor.id:
        raise Refused("只能切换自己的会话。", "One switches only one's own session.")
    return row


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
    SwitchRole: handle_switch_role,
    KeepOnWall: handle_keep_on_wall,
    TouchToken: handle_touch,
}
