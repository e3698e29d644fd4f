"""A second factor beside the password: begun, confirmed with a first code, asked for at every sign-in, ended by a code or by a reset."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from app.core.actors import Actor
from app.core.bus import Result
from app.core.secrets import key_id_of, place
from app.core.tx import Tx
from app.errors import Forbidden, Refused, SecondFactorWanted
from app.people.common import done, log, reason_of, the_user
from app.people.credentials import end_tokens, governed
from app.people.lockout import count_failure, hold, refuse_locked
from app.people.policy import Policy, policy_of
from app.people.roles import ENROL_ONLY
from app.people.totp import base32, new_recovery_codes, new_secret, recovery_digest, step_of, uri_of

FACTOR = "SELECT id, secret_sealed, confirmed_at, last_step FROM second_factors WHERE id = %s FOR UPDATE"
BEGIN = """INSERT INTO second_factors (id, secret_sealed, begun_at) VALUES (%(user)s, %(sealed)s, %(now)s)
ON CONFLICT (id) DO UPDATE SET secret_sealed = EXCLUDED.secret_sealed, begun_at = EXCLUDED.begun_at"""
UNUSED = "SELECT id FROM recovery_codes WHERE user_id = %s AND digest = %s AND used_at IS NULL"
FORGET_CODES = "DELETE FROM recovery_codes WHERE user_id = %s"
FORGET = "DELETE FROM second_factors WHERE id = %s"
SESSIONS = "SELECT id, digest, scopes FROM access_tokens WHERE user_id = %s AND kind = 'session' AND revoked_at IS NULL"
# By any role, for any unit and also a lent one: what a person may become decides, not what he is at the moment.
ONE_OF = """
SELECT 1 FROM user_roles WHERE user_id = %(user)s AND until IS NULL AND role = ANY(%(roles)s)
UNION ALL SELECT 1 FROM delegations WHERE to_user_id = %(user)s AND revoked_at IS NULL AND since <= %(now)s AND until > %(now)s
  AND role = ANY(%(roles)s)
LIMIT 1
"""
TO_RESEAL = "SELECT id, secret_sealed FROM second_factors WHERE id > %s ORDER BY id LIMIT %s FOR UPDATE"
RESEAL_AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class BeginSecondFactor:
    """Gives `uri` and `secret`, once. No key, here and below: a receipt would keep what must not be read twice."""

    actor: Actor
    key: str | None = field(default=None, init=False)


@dataclass(frozen=True, slots=True)
class ConfirmSecondFactor:
    """The first code makes it active and gives `recovery_codes`, once. The session of this digest goes on, all others end."""

    actor: Actor
    digest: bytes
    code: str
    key: str | None = field(default=None, init=False)


@dataclass(frozen=True, slots=True)
class EndSecondFactor:
    """By its owner, with a code or a recovery code; a wrong one comes back as the state `refused` and counts toward the lock."""

    actor: Actor
    digest: bytes
    code: str
    address: str = ""
    key: str | None = field(default=None, init=False)


@dataclass(frozen=True, slots=True)
class ResetSecondFactor:
    """For somebody who has lost phone and recovery codes."""

    actor: Actor
    user_id: int
    reason: str
    key: str | None = None


@dataclass(frozen=True, slots=True)
class ResealSecondFactors:
    """A rotation of keys: the next few secrets after an id."""

    actor: Actor
    after: int
    key: str | None = None


def handle_begin(tx: Tx, command: BeginSecondFactor) -> Result:
    user = owner_of(tx, command.actor)
    known = factor_of(tx, user["id"])
    if known is not None and known["confirmed_at"] is not None:
        raise Refused("动态验证码已启用；更换手机请先停用。", "The second factor is on; turn it off first to change the phone.")
    secret = new_secret()
    tx.execute(BEGIN, {"user": user["id"], "sealed": tx.system.keyring.seal(secret, here(user["id"])), "now": tx.now})
    log(tx, "begin_second_factor", user["id"], user["unit_id"])
    return done("second_factor", user["id"], "begun", uri=uri_of(secret, user["username"]), secret=base32(secret))


def handle_confirm(tx: Tx, command: ConfirmSecondFactor) -> Result:
    user = owner_of(tx, command.actor)
    known = factor_of(tx, user["id"])
    if known is None or known["confirmed_at"] is not None:
        raise Refused("没有待确认的动态验证码，请先开始绑定。", "There is nothing to confirm; begin first.")
    step = step_of(secret_of(tx, known), command.code, tx.now, known["last_step"])
    if step is None:
        raise wrong_code()
    keep_one_session(tx, user["id"], command.digest, None)
    tx.update("second_factors", user["id"], {"confirmed_at": tx.now, "last_step": step})
    codes = new_recovery_codes()
    tx.execute(FORGET_CODES, (user["id"],))
    for code in codes:
        tx.insert("recovery_codes", {"user_id": user["id"], "digest": recovery_digest(user["id"], code)})
    log(tx, "confirm_second_factor", user["id"], user["unit_id"])
    return done("second_factor", user["id"], "active", recovery_codes=codes)


def handle_end(tx: Tx, command: EndSecondFactor) -> Result:
    user = owner_of(tx, command.actor)
    refuse_locked(user["locked_until"], tx.now, Refused)
    known = factor_of(tx, user["id"])
    if known is None or known["confirmed_at"] is None:
        raise Refused("没有启用动态验证码。", "There is no second factor to turn off.")
    if accepted(tx, known, command.code) is None:
        count_failure(tx, user, "end_second_factor", command.address, "code")
        return done("second_factor", user["id"], "refused")
    # Whose role demands one goes on as after a sign-in without it: to the enrolment of the new phone and nowhere else.
    again = required(tx, user["id"], policy_of(tx))
    keep_one_session(tx, user["id"], command.digest, ENROL_ONLY if again else None)
    forget(tx, user["id"])
    log(tx, "end_second_factor", user["id"], user["unit_id"])
    return done("second_factor", user["id"], "off", must_enrol=again)


def handle_reset(tx: Tx, command: ResetSecondFactor) -> Result:
    user, reason = governed(tx, command.actor, command.user_id), reason_of(command.reason)
    if user["id"] == command.actor.id:
        raise Refused("不得重置自己的动态验证码；请用验证码或恢复码停用。", "One's own is turned off by a code, not by a reset.")
    hold(tx, user["id"])
    if factor_of(tx, user["id"]) is None:
        raise Refused("该账号没有绑定动态验证码。", "This account has no second factor.")
    forget(tx, user["id"])
    end_tokens(tx, user["id"], "session")
    log(tx, "reset_second_factor", user["id"], user["unit_id"], reason=reason)
    return done("second_factor", user["id"], "off")


def owner_of(tx: Tx, actor: Actor) -> dict[str, Any]:
    """A person in a session: whoever holds only an API token must not put its owner out by a factor of his own."""
    if actor.kind != "user" or actor.scopes not in (None, ENROL_ONLY):
        raise Forbidden("请登录后在会话中设置动态验证码。", "A second factor is set up within a session, after signing in.")
    the_user(tx, actor.id)
    return hold(tx, actor.id)


def factor_of(tx: Tx, user_id: int) -> dict[str, Any] | None:
    rows = tx.query(FACTOR, (user_id,))
    return rows[0] if rows else None


def here(user_id: int) -> bytes:
    return place("second_factors", "secret", user_id)


def secret_of(tx: Tx, known: dict[str, Any]) -> bytes:
    return tx.system.keyring.open(known["secret_sealed"], here(known["id"]))


def way_in(tx: Tx, user_id: int, code: str | None) -> str | None:
    """How an account that is held comes in: `password` when it has no factor, else `code` or `recovery`; None when it does not."""
    known = factor_of(tx, user_id)
    if known is None or known["confirmed_at"] is None:
        return "password"
    return accepted(tx, known, code) if code else None


def accepted(tx: Tx, known: dict[str, Any], code: str) -> str | None:
    """Uses the code up."""
    step = step_of(secret_of(tx, known), code, tx.now, known["last_step"])
    if step is not None:
        tx.update("second_factors", known["id"], {"last_step": step})
        return "code"
    spare = tx.query(UNUSED, (known["id"], recovery_digest(known["id"], code)))
    if not spare:
        return None
    tx.update("recovery_codes", spare[0]["id"], {"used_at": tx.now})
    return "recovery"


def required(tx: Tx, user_id: int, policy: Policy) -> bool:
    roles = list(policy.second_factor_roles)
    return bool(roles) and bool(tx.query(ONE_OF, {"user": user_id, "roles": roles, "now": tx.now}))


def missing(tx: Tx, user_id: int, policy: Policy) -> bool:
    """Whether the account must enrol before it may do anything else."""
    if not required(tx, user_id, policy):
        return False
    known = factor_of(tx, user_id)
    return known is None or known["confirmed_at"] is None


def keep_one_session(tx: Tx, user_id: int, digest: bytes, scopes: frozenset[str] | None) -> None:
    """This session goes on with these scopes; what was opened elsewhere, and under other conditions, ends."""
    rows = tx.query(SESSIONS, (user_id,))
    if digest not in [row["digest"] for row in rows]:
        raise Refused("会话已结束。", "The session has ended already.")
    for row in rows:
        own = {"scopes": None if scopes is None else sorted(scopes)}
        tx.update("access_tokens", row["id"], own if row["digest"] == digest else {"revoked_at": tx.now})


def forget(tx: Tx, user_id: int) -> None:
    tx.execute(FORGET_CODES, (user_id,))
    tx.execute(FORGET, (user_id,))


WANTED = ("请输入验证器上的 6 位动态验证码，或一个恢复码。", "Enter the six digits of your authenticator, or a recovery code.")
WRONG = (
    "动态验证码不正确、已过期或已用过；请等下一个验证码。",
    "This code is wrong, too old or already used; wait for the next one.",
)


def wanted(code: str | None) -> SecondFactorWanted:
    """For a sign-in whose code did not open: its field says whether one was given at all."""
    words, rule = (WRONG, "不正确 / wrong") if code else (WANTED, "必填 / required")
    return SecondFactorWanted(*words, errors={"code": [rule]})


def wrong_code() -> Refused:
    """Within a session a wrong code is an answer about the code: the session itself is as good as before."""
    return Refused(*WRONG, errors={"code": ["不正确 / wrong"]})


def handle_reseal(tx: Tx, command: ResealSecondFactors) -> int | None:
    """The id to go on after, None when there is nothing left."""
    rows, keyring = tx.query(TO_RESEAL, (command.after, RESEAL_AT_ONCE)), tx.system.keyring
    for row in rows:
        if key_id_of(row["secret_sealed"]) != keyring.current_id():
            tx.update("second_factors", row["id"], {"secret_sealed": keyring.seal(secret_of(tx, row), here(row["id"]))})
    return rows[-1]["id"] if len(rows) == RESEAL_AT_ONCE else None


HANDLERS: Mapping[type, Any] = {
    BeginSecondFactor: handle_begin,
    ConfirmSecondFactor: handle_confirm,
    EndSecondFactor: handle_end,
    ResetSecondFactor: handle_reset,
    ResealSecondFactors: handle_reseal,
}
