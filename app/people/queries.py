"""What may be asked about units and people at any instant. Reads only, without locks."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from psycopg.rows import dict_row

from app.core.actors import Actor
from app.core.system import System
from app.people.roles import require
from app.people.signin import reading

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
UNMASKINGS = """
SELECT m.id, m.at, m.user_id, u.username, m.root_id, m.field, m.reason FROM unmaskings m JOIN users u ON u.id = m.user_id
WHERE m.id < coalesce(%(before)s::bigint, 9223372036854775807) AND (%(user)s::bigint IS NULL OR m.user_id = %(user)s)
ORDER BY m.id DESC LIMIT %(rows)s
"""
LOG = """
SELECT id, at, actor, action, success, user_id, unit_id, detail FROM people_log
WHERE id < coalesce(%(before)s::bigint, 9223372036854775807) AND (%(user)s::bigint IS NULL OR user_id = %(user)s)
ORDER BY id DESC LIMIT %(rows)s
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


def stand_in_for(system: System, user_id: int, at: datetime) -> int | None:
    """Who does a person's work at an instant: the person, the substitute, or nobody."""
    rows = _ask(system, STANDS_IN, user=user_id, at=at)
    return rows[0]["id"] if rows else None


def unmaskings(system: System, actor: Actor, user_id: int | None = None, before: int | None = None, rows: int = 50) -> list[dict[str, Any]]:
    """Who looked at hidden values, newest first: for the auditor."""
    require(actor, "auditor")
    return _ask(system, UNMASKINGS, user=user_id, before=before, rows=rows)


def people_log(system: System, actor: Actor, user_id: int | None = None, before: int | None = None, rows: int = 50) -> list[dict[str, Any]]:
    """What was done to accounts and units, and every sign-in, newest first: for the auditor."""
    require(actor, "auditor")
    return _ask(system, LOG, user=user_id, before=before, rows=rows)


def _ask(system: System, sql: str, **params: Any) -> list[dict[str, Any]]:
    with reading(system) as cursor, cursor.connection.cursor(row_factory=dict_row) as rows:
        return rows.execute(sql, params).fetchall()
