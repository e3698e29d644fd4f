"""An account as an actor where nobody signs in: the operator at the command line says whose eyes he uses."""

from __future__ import annotations

from app.core.actors import Actor
from app.core.system import System
from app.errors import Refused
from app.people.signin import REACH, reading

# The account with its roles for its own unit, seeing what that unit sees: its subordinates and the units whose place it took.
ACCOUNT = f"""
SELECT u.id, u.name, u.unit_id, u.barred_at IS NULL AND u.deactivated_at IS NULL AND n.closed_at IS NULL,
  ARRAY(SELECT r.role FROM user_roles r WHERE r.user_id = u.id AND r.unit_id = u.unit_id AND r.until IS NULL),
  {REACH.format(unit="u.unit_id")}
FROM users u JOIN units n ON n.id = u.unit_id WHERE lower(u.username) = lower(%s)
"""


def actor_of(system: System, username: str) -> Actor:
    """Raises Refused for an account that is unknown, barred or gone."""
    with reading(system) as cursor:
        row = cursor.execute(ACCOUNT, (username,)).fetchone()
    if row is None:
        raise Refused(f"没有账号 {username}。", f"There is no account {username}.")
    user_id, name, unit_id, active, roles, units = row
    if not active:
        raise Refused(f"账号 {username} 已停用。", f"The account {username} is no longer in use.")
    return Actor(id=user_id, name=name, roles=frozenset(roles), unit_id=unit_id, units=frozenset(units))
