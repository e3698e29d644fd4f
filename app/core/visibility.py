"""The one visibility predicate, once for a case in memory and once as SQL. Deny by default; unseen is the same as absent."""

from __future__ import annotations

from typing import Any

from app.core.actors import Actor
from app.core.root import Root

CENTRE = frozenset({"agent", "dispatcher", "reviewer", "callback_agent", "supervisor", "leader", "secretary", "duty_officer"})
SEES_ALL = CENTRE | {"auditor", "system", "importer"}
# Who keeps the system running sees no case by that: administering people or keys is not handling demands.
OF_UNITS = frozenset({"unit_clerk", "handler", "unit_lead"})


def sees_all(actor: Actor) -> bool:
    return not actor.roles.isdisjoint(SEES_ALL)


def sees(actor: Actor, root: Root) -> bool:
    """A citizen stands here only after his door has checked the tracking code."""
    if sees_all(actor) or actor.kind == "citizen":
        return True
    if actor.roles.isdisjoint(OF_UNITS):
        return False
    return any(unit in actor.units for unit, _ in root.access)


def predicate(actor: Actor, root_column: str = "c.root_id") -> tuple[str, dict[str, Any]]:
    """The same rule for lists, counts, exports, searches and attachments: a condition and its named parameter."""
    if sees_all(actor):
        return "true", {}
    if actor.roles.isdisjoint(OF_UNITS):
        return "false", {}
    condition = f"EXISTS (SELECT 1 FROM case_access a WHERE a.root_id = {root_column} AND a.unit_id = ANY(%(seen_units)s))"
    return condition, {"seen_units": sorted(actor.units)}
