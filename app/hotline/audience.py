"""Whom `ROLE@RELATION` of a rung reaches: units by their standing to the ticket, people by role; and who is told when it reaches nobody."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.core.root import Case, Root

# Who stands in, visibly, when the one who is meant is missing: at his unit, and where no unit is, or nobody there, at the centre.
AT_UNIT = ("unit_clerk", "unit_lead")
AT_CENTRE = ("supervisor", "dispatcher", "leader")
OTHER_SHARES = frozenset({"co", "sub"})
OF_SHARES = OTHER_SHARES | {"lead"}

# A substitute holds the lent roles for as long as the loan lasts.
PEOPLE = """SELECT DISTINCT u.id FROM users u JOIN (
    SELECT user_id, unit_id, role FROM user_roles WHERE until IS NULL
    UNION ALL SELECT to_user_id, unit_id, role FROM delegations WHERE revoked_at IS NULL AND since <= %(at)s AND %(at)s < until) r
ON r.user_id = u.id
WHERE (%(role)s::text IS NULL OR r.role = %(role)s) AND (%(units)s::bigint[] IS NULL OR r.unit_id = ANY(%(units)s))
AND (%(people)s::bigint[] IS NULL OR u.id = ANY(%(people)s)) AND u.deactivated_at IS NULL AND u.barred_at IS NULL
AND NOT EXISTS (SELECT 1 FROM absences a WHERE a.user_id = u.id AND a.cancelled_at IS NULL AND a.since <= %(at)s AND %(at)s < a.until)
ORDER BY u.id"""
Query = Callable[[str, Mapping[str, Any]], Sequence[Mapping[str, Any]]]


@dataclass(frozen=True, slots=True)
class Audience:
    """`said` is what the row says, `role` who is really told; `units` None means whichever unit. `fallback`: nobody was there."""

    said: str
    role: str
    units: frozenset[int] | None
    people: tuple[int, ...]
    fallback: bool


def audience(query: Query, root: Root, case: Case, said: str, at: datetime) -> Audience:
    """Whom a rung of one of this case's clocks reaches now; who is away is not counted, who stands in is. A share that nobody holds yet is
    its unit's. A share of one role says nothing to units of another: this is meant, and nobody stands in."""
    role, _, relation = said.partition("@")
    units, holders = standing(root, case, relation)
    found = people(query, None if holders else role, units, holders, at)
    if found or (case.kind == "assignment" and relation in OTHER_SHARES and case.data["role"] != relation):
        return Audience(said, role, units, found, False)
    near = units_of(root, case) if relation == "holder" else units
    for other, of in [*((name, near) for name in AT_UNIT if near), *((name, None) for name in AT_CENTRE)]:
        found = people(query, other, of, None, at)
        if found:
            return Audience(said, other, of, found, True)
    return Audience(said, AT_CENTRE[0], None, (), True)


def people(
    query: Query, role: str | None, units: frozenset[int] | None, holders: frozenset[int] | None, at: datetime
) -> tuple[int, ...]:
    if units == frozenset() or holders == frozenset():
        return ()
    asked = {"role": role, "units": sorted(units) if units else None, "people": sorted(holders) if holders else None, "at": at}
    return tuple(dict.fromkeys(row["id"] for row in query(PEOPLE, asked)))


def standing(root: Root, case: Case, relation: str) -> tuple[frozenset[int] | None, frozenset[int] | None]:
    """The units, or the people, in that relation to the case; None means whichever."""
    if relation in ("centre", "any"):
        return None, None
    if relation == "holder":
        return None, frozenset(share.data["person_id"] for share in shares_of(root, case) if share.data["person_id"])
    if relation in OF_SHARES:
        return frozenset(share.data["unit_id"] for share in in_role(root, case, relation)), None
    return frozenset(unit for unit, held in root.access if held == relation), None


def in_role(root: Root, case: Case, role: str) -> list[Case]:
    """A co-unit's limit does not trouble the other co-units, but the ticket's lead hears of it."""
    return [share for share in shares_of(root, root.top() if role == "lead" else case) if share.data["role"] == role]


def units_of(root: Root, case: Case) -> frozenset[int]:
    return frozenset(share.data["unit_id"] for share in shares_of(root, case))


def shares_of(root: Root, case: Case) -> list[Case]:
    """The share itself, or the open shares of the ticket that any other case belongs to."""
    if case.kind == "assignment":
        return [case]
    return [share for share in root.cases.values() if share.kind == "assignment" and share.open]
