"""Who is at the door: a password opens a session, a session or an API token becomes an actor, and each refusal says why."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from weakref import WeakKeyDictionary

import psycopg
from sqlalchemy import Engine

from app.core.actors import SYSTEM, Actor
from app.core.bus import execute
from app.core.system import System
from app.errors import Refused, Unauthenticated
from app.people.credentials import IssueToken
from app.people.known import Known
from app.people.lockout import refuse_locked
from app.people.passwords import verify_password
from app.people.roles import ENROL_ONLY, LIMITED, PASSWORD_ONLY, SCOPES
from app.people.second_factor import wanted
from app.people.sessions import EndSession, FailSignIn, OpenSession, TouchToken
from app.people.tokens import looks_like_token, new_token, token_digest

# A unit sees its subordinates and the units whose place it took, so that old files stay with whoever is answerable now.
REACH = """ARRAY(WITH RECURSIVE reach(id) AS (
    SELECT {unit} UNION SELECT below.id FROM reach CROSS JOIN LATERAL (
      SELECT c.id FROM units c WHERE c.parent_id = reach.id
      UNION ALL SELECT s.old_unit_id FROM unit_successions s WHERE s.new_unit_id = reach.id AND s.main) below)
    SELECT id FROM reach)"""
# One row for one token: who, with which roles for the token's unit, seeing which units.
WHO = f"""
SELECT t.id, t.kind, t.scopes, t.expires_at, t.idle_seconds, coalesce(t.last_used_at, t.created_at), t.revoked_at, t.last_used_at,
  u.id, u.name, t.unit_id, u.barred_at, u.deactivated_at, n.closed_at, i.now,
  ARRAY(SELECT r.role FROM user_roles r WHERE r.user_id = u.id AND r.unit_id = t.unit_id AND r.until IS NULL
    UNION SELECT d.role FROM delegations d WHERE d.to_user_id = u.id AND d.unit_id = t.unit_id AND d.revoked_at IS NULL
      AND d.since <= i.now AND d.until > i.now),
  {REACH.format(unit="t.unit_id")}, t.role
FROM access_tokens t JOIN users u ON u.id = t.user_id JOIN units n ON n.id = t.unit_id
CROSS JOIN (SELECT coalesce(frozen_at, clock_timestamp() + shift) AS now FROM installation) i
WHERE t.digest = $1
"""
ACCOUNT = """
SELECT u.id, u.password_hash, u.locked_until, u.barred_at, u.deactivated_at, coalesce(i.frozen_at, clock_timestamp() + i.shift)
FROM installation i LEFT JOIN users u ON lower(u.username) = lower(%s)
"""
# Where a person may go on within his session: his own unit, and every unit that he holds a role for, with these roles.
STATIONS = """
SELECT n.id AS unit_id, n.code, n.name, coalesce(array_agg(h.role ORDER BY h.role) FILTER (WHERE h.role IS NOT NULL), '{}') AS roles
FROM (SELECT unit_id, NULL AS role FROM users WHERE id = %(user)s
  UNION SELECT unit_id, role FROM user_roles WHERE user_id = %(user)s AND until IS NULL
  UNION SELECT d.unit_id, d.role FROM delegations d
    CROSS JOIN (SELECT coalesce(frozen_at, clock_timestamp() + shift) AS now FROM installation) i
    WHERE d.to_user_id = %(user)s AND d.revoked_at IS NULL AND d.since <= i.now AND d.until > i.now) h
JOIN units n ON n.id = h.unit_id AND n.closed_at IS NULL
GROUP BY n.id, n.code, n.name ORDER BY n.id <> (SELECT unit_id FROM users WHERE id = %(user)s), n.code
"""
STATE = f"""
SELECT (SELECT name FROM units WHERE id = %(unit)s),
  EXISTS (SELECT 1 FROM second_factors WHERE id = %(user)s AND confirmed_at IS NOT NULL),
  (SELECT coalesce(json_agg(s), '[]') FROM ({STATIONS}) s)
"""
PLAN = "who_is_it"
_KNOWN: WeakKeyDictionary[Engine, Known] = WeakKeyDictionary()
COARSE = {"api": timedelta(hours=1), "session": timedelta(minutes=1)}


@dataclass(frozen=True, slots=True)
class SignedIn:
    """`token` goes into the session's cookie; while `must_change_password`, it opens nothing but the change of the password, and while
    `must_enrol`, nothing but the enrolment of a second factor. The password comes first."""

    token: str
    actor: Actor
    must_change_password: bool
    must_enrol: bool = False


@dataclass(frozen=True, slots=True)
class SessionState:
    """When a session ends unless it is used (`idle_at`) and at the latest (`ends_at`), and what may become of it.

    `roles` are all that are held for the unit, `role` the one that it was narrowed to; `stations` are as `queries.stations` gives them.
    """

    idle_at: datetime
    ends_at: datetime
    must_change_password: bool
    must_enrol: bool
    second_factor: bool
    user_id: int
    user_name: str
    unit_id: int
    unit_name: str
    role: str | None
    roles: tuple[str, ...]
    stations: tuple[dict[str, Any], ...]


def authenticate_token(system: System, token: str, idle_counts: bool = True) -> Actor:
    """At most one read every two seconds. The use of a token is noted by the hour (a session's by the minute), never by the request.

    `idle_counts` is False for what no person has asked for: a page that refreshes itself keeps no session alive.
    """
    if not looks_like_token(token):
        raise Unauthenticated("令牌无效。", "This token is not valid.")
    digest, epoch = token_digest(token), system.settings.newest
    known = _KNOWN.setdefault(system.engine, Known())
    return known.get(digest, epoch) or looked_up(system, digest, known, epoch, idle_counts)


def looked_up(system: System, digest: bytes, known: Known, epoch: int, idle_counts: bool) -> Actor:
    row = who(system, digest)
    if row is None:
        raise Unauthenticated("令牌无效。", "This token is not valid.")
    token_id, kind, scopes, expires_at, idle_seconds, active_at, revoked_at, used_at = row[:8]
    user_id, name, unit_id, barred_at, left_at, closed_at, now, roles, units, role = row[8:]
    idle = idle_seconds is not None and now >= active_at + timedelta(seconds=idle_seconds)
    refuse(kind, revoked_at, now >= expires_at, idle, barred_at, left_at, closed_at)
    if idle_counts and (used_at is None or now >= used_at + COARSE[kind]):
        execute(system, TouchToken(SYSTEM, token_id))
    carried = None if scopes is None else frozenset(scopes)
    # A role that was taken away leaves a session narrowed to it with none: nobody finds himself with rights that he had put aside.
    held = frozenset() if carried in LIMITED else frozenset(roles) if role is None else frozenset(roles) & {role}
    actor = Actor(id=user_id, name=name, roles=held, unit_id=unit_id, units=frozenset(units), scopes=carried)
    # A session ends by being idle, which only the database can tell.
    if kind == "api":
        known.keep(digest, epoch, actor)
    return actor


def refuse(
    kind: str,
    revoked_at: datetime | None,
    expired: bool,
    idle: bool,
    barred_at: datetime | None,
    left_at: datetime | None,
    closed_at: datetime | None,
) -> None:
    word_zh, word_en = ("会话", "session") if kind == "session" else ("令牌", "token")
    if revoked_at is not None:
        raise Unauthenticated(f"此{word_zh}已被撤销。", f"This {word_en} was revoked.")
    if expired:
        raise Unauthenticated(f"此{word_zh}已过期。", f"This {word_en} has expired.")
    if idle:
        raise Unauthenticated("会话闲置过久，请重新登录。", "The session was idle for too long; sign in again.")
    if left_at is not None:
        raise Unauthenticated("该账号已停用。", "This account was deactivated.")
    if barred_at is not None:
        raise Unauthenticated("该账号已被锁定，请联系管理员。", "This account is locked; ask the administrator.")
    if closed_at is not None:
        raise Unauthenticated("该账号所属单位已撤并。", "The unit of this account was closed.")


def session_state(system: System, token: str) -> SessionState:
    """What the console shows of a session. Asking does not count as its use. Raises Unauthenticated when it has ended."""
    row = who(system, token_digest(token)) if looks_like_token(token) else None
    if row is None or row[1] != "session":
        raise Unauthenticated("没有此会话。", "There is no such session.")
    _, kind, scopes, ends_at, idle_seconds, active_at, revoked_at, _ = row[:8]
    user_id, name, unit_id, barred_at, left_at, closed_at, now, roles, _, role = row[8:]
    idle_at = ends_at if idle_seconds is None else min(ends_at, active_at + timedelta(seconds=idle_seconds))
    refuse(kind, revoked_at, now >= ends_at, now >= idle_at, barred_at, left_at, closed_at)
    with reading(system) as cursor:
        found = cursor.execute(STATE, {"user": user_id, "unit": unit_id}).fetchone()
    assert found is not None  # a row of three values, whatever they are
    carried = frozenset(scopes or ())
    return SessionState(
        idle_at=idle_at, ends_at=ends_at, must_change_password=carried == PASSWORD_ONLY, must_enrol=carried == ENROL_ONLY,
        second_factor=found[1], user_id=user_id, user_name=name, unit_id=unit_id, unit_name=found[0], role=role,
        roles=tuple(sorted(roles)), stations=tuple(found[2]),
    )  # fmt: skip


def sign_in(system: System, username: str, password: str, address: str = "", code: str | None = None) -> SignedIn:
    """Opens a session. A wrong name and a wrong password are one refusal and take the same time, and are refused before any code is
    looked at; with the right one, a missing or wrong code is SecondFactorWanted."""
    with reading(system) as cursor:
        row = cursor.execute(ACCOUNT, (username.strip(),)).fetchone()
    assert row is not None  # an installation always has its one row
    user_id, stored, locked_until, barred_at, left_at, now = row
    right = verify_password(system.config, stored, password)
    refuse_locked(locked_until, now)
    if not right:
        execute(system, FailSignIn(SYSTEM, user_id, address))
        raise Unauthenticated("用户名或密码不正确。", "The user name or the password is wrong.")
    refuse("session", None, False, False, barred_at, left_at, None)
    token = new_token("session")
    opened = execute(system, OpenSession(SYSTEM, user_id, token_digest(token), stored, password, address, code))
    if opened.state == "refused":
        raise wanted(code)
    told = opened.detail
    return SignedIn(token, authenticate_token(system, token), told["must_change_password"], told["must_enrol"])


def sign_out(system: System, token: str) -> None:
    execute(system, EndSession(SYSTEM, token_digest(token)))


def issue_token(
    system: System,
    actor: Actor,
    username: str,
    label: str,
    days: int = 90,
    scopes: frozenset[str] = SCOPES,
    unit_id: int | None = None,
) -> str:
    """Makes a token, has its digest recorded and returns the token, which nobody can read again."""
    with reading(system) as cursor:
        row = cursor.execute("SELECT id FROM users WHERE lower(username) = lower(%s)", (username,)).fetchone()
    if row is None:
        raise Refused(f"没有账号 {username}。", f"There is no account {username}.")
    token = new_token("api")
    execute(system, IssueToken(actor, row[0], token_digest(token), label, tuple(sorted(scopes)), days, unit_id))
    return token


def who(system: System, digest: bytes) -> tuple[Any, ...] | None:
    """The row of a token. Prepared once for each connection: planning this statement costs more than running it."""
    with pooled(system) as (connection, plans):
        if WHO not in plans:
            connection.execute(f"PREPARE {PLAN}(bytea) AS {WHO}")
            plans[WHO] = PLAN
        return connection.execute(f"EXECUTE {PLAN}('\\x{digest.hex()}')").fetchone()


@contextmanager
def reading(system: System) -> Iterator[psycopg.Cursor[Any]]:
    """A cursor for single reads: without a transaction there is nothing to begin and nothing to roll back."""
    with pooled(system) as (connection, _), connection.cursor() as cursor:
        yield cursor


@contextmanager
def pooled(system: System) -> Iterator[tuple[psycopg.Connection[Any], dict[str, str]]]:
    """A connection of the pool and the statements that it has prepared; one that failed does not go back."""
    fairy = system.engine.raw_connection()
    try:
        connection = fairy.driver_connection
        assert isinstance(connection, psycopg.Connection)
        if not connection.autocommit:
            connection.autocommit = True
        try:
            yield connection, fairy.info.setdefault("plans", {})
        except psycopg.Error:
            fairy.invalidate()
            raise
    finally:
        fairy.close()
