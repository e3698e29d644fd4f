"""What may be asked about units and people at any instant. Reads only, without locks."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from psycopg.rows import dict_row

from app.core.actors import Actor
from app.core.system import System
from app.core.visibility import sees_all
from app.errors import Unseen
from app.people.roles import SEPARATE, has, require
from app.people.signin import STATIONS, reading
from app.people.who import actor_name

NAME_AT = """
SELECT p.name FROM unit_periods p JOIN units u ON u.id = p.unit_id
WHERE p.unit_id = %(unit)s AND p.since <= %(at)s AND (u.closed_at IS NULL OR u.closed_at > %(at)s)
ORDER BY p.since DESC LIMIT 1
"""
SUCCESSOR = """
WITH RECURSIVE line(id) AS (
  SELECT %(unit)s::bigint UNION
  SELECT s.new_unit_id FROM line JOIN unit_successions s ON s.old_unit_id = line.id AND s.main AND s.effective_at <= %(at)s)
SELECT line.id FROM line JOIN units u ON u.id = line.id
WHERE u.opened_at <= %(at)s AND (u.closed_at IS NULL OR u.closed_at > %(at)s)
"""
WAITING = """
SELECT r.id FROM reorganisations r
CROSS JOIN (SELECT coalesce(frozen_at, clock_timestamp() + shift) AS now FROM installation) i
WHERE r.applied_at IS NULL AND r.cancelled_at IS NULL AND r.effective_at <= i.now ORDER BY r.effective_at, r.id
"""
# A substitute who is away is substituted in turn; a ring of people who are all away ends with nobody.
STANDS_IN = """
WITH RECURSIVE line(id, steps) AS (
  SELECT %(user)s::bigint, 0 UNION ALL
  SELECT a.substitute_id, line.steps + 1 FROM line JOIN absences a ON a.user_id = line.id
  WHERE a.cancelled_at IS NULL AND a.since <= %(at)s AND a.until > %(at)s AND line.steps < 8)
SELECT line.id FROM line JOIN users u ON u.id = line.id AND u.deactivated_at IS NULL
WHERE NOT EXISTS (SELECT 1 FROM absences a WHERE a.user_id = line.id AND a.cancelled_at IS NULL AND a.since <= %(at)s AND a.until > %(at)s)
ORDER BY line.steps LIMIT 1
"""
REORGANISATIONS = f"""
SELECT r.id, r.change, r.plan, r.reason, r.effective_at, r.decided_at, r.decided_by, {actor_name("r.decided_by")} AS decided_by_name,
  r.applied_at, r.cancelled_at,
  (SELECT json_agg(json_build_object('id', u.id, 'name', u.name) ORDER BY u.id) FROM units u
   WHERE u.id IN (SELECT jsonb_array_elements_text(r.plan -> 'unit_ids')::bigint)) AS units,
  (SELECT u.name FROM units u WHERE u.id = coalesce(r.plan ->> 'main', r.plan ->> 'parent_id')::bigint) AS onto
FROM reorganisations r WHERE {{which}} LIMIT 200
"""
WHICH = {
    "waiting": "r.applied_at IS NULL AND r.cancelled_at IS NULL ORDER BY r.effective_at, r.id",
    "applied": "r.applied_at IS NOT NULL ORDER BY r.effective_at DESC, r.id DESC",
    "cancelled": "r.cancelled_at IS NOT NULL ORDER BY r.cancelled_at DESC, r.id DESC",
}
USERS = """
SELECT u.id, u.username, u.name, u.unit_id, n.code AS unit, n.name AS unit_name, u.created_at, u.last_sign_in_at, u.deactivated_at,
  u.barred_at, CASE WHEN u.locked_until > i.now THEN u.locked_until END AS locked_until, u.must_change_password,
  EXISTS (SELECT 1 FROM second_factors f WHERE f.id = u.id AND f.confirmed_at IS NOT NULL) AS second_factor,
  (SELECT coalesce(json_agg(json_build_object('role', r.role, 'unit_id', r.unit_id, 'unit', w.name) ORDER BY r.unit_id, r.role), '[]')
   FROM user_roles r JOIN units w ON w.id = r.unit_id WHERE r.user_id = u.id AND r.until IS NULL) AS roles
FROM users u JOIN units n ON n.id = u.unit_id
CROSS JOIN (SELECT coalesce(frozen_at, clock_timestamp() + shift) AS now FROM installation) i
WHERE u.id < coalesce(%(before)s::bigint, 9223372036854775807) AND (%(user)s::bigint IS NULL OR u.id = %(user)s)
  AND (%(unit)s::bigint IS NULL OR u.unit_id = %(unit)s) AND (%(all)s OR u.unit_id = ANY(%(seen)s))
  AND (%(role)s::text IS NULL OR EXISTS (SELECT 1 FROM user_roles r WHERE r.user_id = u.id AND r.until IS NULL AND r.role = %(role)s))
  AND (%(active)s::boolean IS NULL OR (u.deactivated_at IS NULL) = %(active)s)
  AND (%(locked)s::boolean IS NULL OR coalesce(u.locked_until > i.now, false) = %(locked)s)
  AND (%(q)s::text IS NULL OR starts_with(lower(u.username), lower(%(q)s)) OR starts_with(u.name, %(q)s))
ORDER BY u.id DESC LIMIT %(rows)s
"""
ABSENCES = """
SELECT a.id, a.since, a.until, a.substitute_id, s.name AS substitute_name FROM absences a LEFT JOIN users s ON s.id = a.substitute_id
CROSS JOIN (SELECT coalesce(frozen_at, clock_timestamp() + shift) AS now FROM installation) i
WHERE a.user_id = %(user)s AND a.cancelled_at IS NULL AND a.until > i.now ORDER BY a.since
"""
LOANS = """
SELECT d.id, d.from_user_id, f.name AS from_name, d.to_user_id, t.name AS to_name, d.unit_id, d.role, d.since, d.until
FROM delegations d JOIN users f ON f.id = d.from_user_id JOIN users t ON t.id = d.to_user_id
CROSS JOIN (SELECT coalesce(frozen_at, clock_timestamp() + shift) AS now FROM installation) i
WHERE (d.from_user_id = %(user)s OR d.to_user_id = %(user)s) AND d.revoked_at IS NULL AND d.until > i.now ORDER BY d.since, d.id
"""
TOKENS = """
SELECT t.id, t.kind, t.label, t.user_id, u.username, t.unit_id, t.scopes, t.created_at, t.expires_at, t.last_used_at, t.revoked_at
FROM access_tokens t JOIN users u ON u.id = t.user_id
WHERE t.id < coalesce(%(before)s::bigint, 9223372036854775807) AND (%(user)s::bigint IS NULL OR t.user_id = %(user)s)
ORDER BY t.id DESC LIMIT %(rows)s
"""
SECOND_FACTOR = """
SELECT CASE WHEN f.id IS NULL THEN 'off' WHEN f.confirmed_at IS NULL THEN 'begun' ELSE 'active' END AS state, f.confirmed_at,
  (SELECT count(*) FROM recovery_codes r WHERE r.user_id = %(user)s AND r.used_at IS NULL) AS recovery_codes_left
FROM (SELECT 1) one LEFT JOIN second_factors f ON f.id = %(user)s
"""
UNMASKINGS = """
SELECT m.id, m.at, m.user_id, u.username, u.name AS user_name, m.root_id, c.kind AS root_kind, t.number, m.field, m.reason
FROM unmaskings m JOIN users u ON u.id = m.user_id JOIN cases c ON c.id = m.root_id LEFT JOIN tickets t ON t.id = m.root_id
WHERE m.id < coalesce(%(before)s::bigint, 9223372036854775807) AND (%(user)s::bigint IS NULL OR m.user_id = %(user)s)
ORDER BY m.id DESC LIMIT %(rows)s
"""
LOG = f"""
SELECT l.id, l.at, l.actor, {actor_name("l.actor")} AS actor_name, l.action, l.success, l.user_id, u.name AS user_name, l.unit_id,
  n.name AS unit_name, l.detail, o.name AS other_name, w.name AS left_name
FROM people_log l LEFT JOIN users u ON u.id = l.user_id LEFT JOIN units n ON n.id = l.unit_id
LEFT JOIN users o ON o.id = CASE l.action WHEN 'lend_role' THEN (l.detail ->> 'to')::bigint
  WHEN 'move_user' THEN (l.detail ->> 'successor')::bigint WHEN 'deactivate_user' THEN (l.detail ->> 'successor')::bigint END
LEFT JOIN units w ON w.id = CASE l.action WHEN 'move_user' THEN (l.detail ->> 'left')::bigint END
WHERE l.id < coalesce(%(before)s::bigint, 9223372036854775807) AND (%(user)s::bigint IS NULL OR l.user_id = %(user)s)
  AND (%(action)s::text IS NULL OR l.action = %(action)s) AND (%(success)s::boolean IS NULL OR l.success = %(success)s)
ORDER BY l.id DESC LIMIT %(rows)s
"""


def name_at(system: System, unit_id: int, at: datetime) -> str | None:
    """What a unit was called at an instant, None before its foundation and after its end."""
    rows = _ask(system, NAME_AT, unit=unit_id, at=at)
    return rows[0]["name"] if rows else None


def successor_of(system: System, unit_id: int, at: datetime) -> int | None:
    """Who is answerable at an instant for what this unit began: itself, or the main successor; None if it closed without one."""
    rows = _ask(system, SUCCESSOR, unit=unit_id, at=at)
    return rows[0]["id"] if rows else None


def waiting_reorganisations(system: System) -> list[int]:
    """What was decided for an instant that has come: each is to be applied by `ApplyReorganisation`, in this order."""
    return [row["id"] for row in _ask(system, WAITING)]


def reorganisations(system: System, actor: Actor, state: str = "waiting") -> list[dict[str, Any]]:
    """What was decided for later and can still be taken back, the next first; or what was applied or taken back, the last first."""
    require(actor, "admin", "auditor")
    return _ask(system, REORGANISATIONS.format(which=WHICH[state]))


def users(
    system: System,
    actor: Actor,
    unit: int | None = None,
    role: str | None = None,
    active: bool | None = None,
    q: str | None = None,
    locked: bool | None = None,
    before: int | None = None,
    rows: int = 50,
    user: int | None = None,
) -> list[dict[str, Any]]:
    """Newest first: all of them for those who govern and for the centre, one's own and subordinate units' people for others."""
    governs = has(actor, *SEPARATE) or sees_all(actor)
    asked = {"unit": unit, "role": role, "active": active, "q": q, "locked": locked, "before": before, "rows": rows, "user": user}
    return _ask(system, USERS, **asked, all=governs, seen=sorted(actor.units))


def user(system: System, actor: Actor, user_id: int) -> dict[str, Any]:
    """One person with leave and loans to come, and who stands in now. Raises Unseen."""
    found = users(system, actor, user=user_id, rows=1)
    if not found:
        raise Unseen()
    now = _ask(system, "SELECT coalesce(frozen_at, clock_timestamp() + shift) AS now FROM installation")[0]["now"]
    beside = {"leaves": _ask(system, ABSENCES, user=user_id), "loans": _ask(system, LOANS, user=user_id)}
    return {**found[0], **beside, "stand_in": stand_in_for(system, user_id, now)}


def tokens(system: System, actor: Actor, user_id: int | None = None, before: int | None = None, rows: int = 50) -> list[dict[str, Any]]:
    """One's own for anybody, everybody's for those who may revoke them. The tokens themselves are not kept anywhere."""
    if user_id != actor.id:
        require(actor, "security_officer", "admin", "auditor")
    return _ask(system, TOKENS, user=user_id, before=before, rows=rows)


def stations(system: System, actor: Actor) -> list[dict[str, Any]]:
    """What a person may switch his session to: units with his roles there, his own unit first."""
    return _ask(system, STATIONS, user=actor.id)


def second_factor(system: System, actor: Actor) -> dict[str, Any]:
    """One's own: `off`, `begun` or `active`, and how many recovery codes are left."""
    return _ask(system, SECOND_FACTOR, user=actor.id)[0]


def stand_in_for(system: System, user_id: int, at: datetime) -> int | None:
    """Who does a person's work at an instant: the person, the substitute, or nobody."""
    rows = _ask(system, STANDS_IN, user=user_id, at=at)
    return rows[0]["id"] if rows else None


def unmaskings(system: System, actor: Actor, user_id: int | None = None, before: int | None = None, rows: int = 50) -> list[dict[str, Any]]:
    """Who looked at hidden values, newest first: for the auditor."""
    require(actor, "auditor")
    return _ask(system, UNMASKINGS, user=user_id, before=before, rows=rows)


def people_log(
    system: System, actor: Actor, user_id: int | None = None, action: str | None = None, success: bool | None = None,
    before: int | None = None, rows: int = 50,
) -> list[dict[str, Any]]:  # fmt: skip
    """What was done to accounts and units, and every sign-in, newest first: for the auditor."""
    require(actor, "auditor")
    return _ask(system, LOG, user=user_id, action=action, success=success, before=before, rows=rows)


def _ask(system: System, sql: str, **params: Any) -> list[dict[str, Any]]:
    with reading(system) as cursor, cursor.connection.cursor(row_factory=dict_row) as rows:
        return rows.execute(sql, params).fetchall()
