"""What those who govern ask before they change something: a unit with all that it was and holds, and the policy that is in force."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from psycopg.rows import dict_row

from app.core.actors import Actor
from app.core.bus import transaction
from app.core.system import System
from app.errors import Unseen
from app.people.policy import BOUNDS, policy_of
from app.people.roles import SEPARATE, require
from app.people.signin import reading
from app.people.who import actor_name

# So many are counted and no more: who closes a unit wants to know whether it is one, some or a great many.
MOST = 10_000
UNIT = """SELECT u.id, u.code, u.name, u.kind, u.parent_id AS parent, p.name AS parent_name, u.provisional, u.opened_at, u.closed_at
FROM units u LEFT JOIN units p ON p.id = u.parent_id WHERE u.id = %(unit)s"""
PERIODS = """SELECT p.since, p.name, p.parent_id AS parent, n.name AS parent_name
FROM unit_periods p LEFT JOIN units n ON n.id = p.parent_id WHERE p.unit_id = %(unit)s ORDER BY p.since"""
SUCCESSIONS = """SELECT s.old_unit_id AS old, o.name AS old_name, s.new_unit_id AS new, n.name AS new_name, s.main, s.effective_at
FROM unit_successions s JOIN units o ON o.id = s.old_unit_id JOIN units n ON n.id = s.new_unit_id
WHERE s.old_unit_id = %(unit)s OR s.new_unit_id = %(unit)s ORDER BY s.effective_at, n.id LIMIT 200"""
BELOW = "SELECT id, code, name, kind FROM units WHERE parent_id = %(unit)s AND closed_at IS NULL ORDER BY code LIMIT 200"
HOLDS = """SELECT (SELECT count(*) FROM units WHERE parent_id = %(unit)s AND closed_at IS NULL) AS units,
  (SELECT count(*) FROM users WHERE unit_id = %(unit)s AND deactivated_at IS NULL) AS people,
  (SELECT count(*) FROM (SELECT 1 FROM case_access a JOIN cases c ON c.id = a.root_id AND c.open
     WHERE a.unit_id = %(unit)s LIMIT %(most)s) held) AS cases"""
INSTALLED = f"""SELECT version, installed_at, installed_by, {actor_name("installed_by")} AS installed_by_name, reason FROM installed
WHERE kind = 'policy' AND name = 'sign-in' ORDER BY version DESC LIMIT 20"""


def unit_story(system: System, actor: Actor, unit_id: int) -> dict[str, Any]:
    """The unit, every name and place it had, whom it followed and who followed it, and what would move if it were closed today."""
    require(actor, *SEPARATE)
    with reading(system) as cursor, cursor.connection.cursor(row_factory=dict_row) as rows:

        def ask(sql: str) -> list[dict[str, Any]]:
            return rows.execute(sql, {"unit": unit_id, "most": MOST}).fetchall()

        found = ask(UNIT)
        if not found:
            raise Unseen()
        story = {"periods": ask(PERIODS), "successions": ask(SUCCESSIONS), "below": ask(BELOW)}
        return {**found[0], **story, "holds": ask(HOLDS)[0]}


def policy(system: System, actor: Actor) -> dict[str, Any]:
    """The numbers with the bounds in which each may be set, the roles that must have a second factor, and who set them when."""
    require(actor, *SEPARATE)
    with transaction(system, actor) as tx:
        numbers = asdict(policy_of(tx))
        versions = tx.query(INSTALLED)
    roles = numbers.pop("second_factor_roles")
    return {"numbers": numbers, "bounds": BOUNDS, "second_factor_roles": roles, "versions": versions}
