"""Whom `ROLE@RELATION` of a rung reaches: units by their standing to the ticket, people by role; and who is told when it reaches nobody."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.core.root import Case, Root

# When the one who is meant does not exist (no unit holds the ticket, the post is empty), this role of the centre is told, visibly.
FALLBACK = "supervisor"
OF_SHARES = frozenset({"lead", "co", "sub"})

PEOPLE = """SELECT u.id, r.unit_id FROM users u JOIN user_roles r ON r.user_id = u.id AND r.until IS NULL
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
    """Whom a rung of one of this case's clocks reaches now. Who is away is not counted."""
    role, _, relation = said.partition("@")
    units, holders = standing(root, case, relation)
    found = people(query, None if holders else role, units, holders, at)
    if found:
        return Audience(said, role, units, found, False)
    return Audience(said, FALLBACK, None, people(query, FALLBACK, None, None, at), True)


def people(
    query: Query, role: str | None, units: frozenset[int] | None, holders: frozenset[int] | None, at: datetime
) -> tuple[int, ...]:
    if units == frozenset() or holders == frozenset():
        return ()
    asked = {"role": role, "units": sorted(units) if units else None, "people": sorted(holders) if holders else None, "at": at}
    return tuple(dict.fromkeys(row["id"] for row in query(PEOPLE, asked)))


def standing(root: Root, case: Case, relation: str) -> tuple[frozenset[int] | None, frozenset[int] | None]:
    """The units, or the people, in that relation. On a share its own unit stands for itself only: a co-unit's limit does not trouble
    the other co-units, but the ticket's lead hears of it."""
    if relation in ("centre", "any"):
        return None, None
    if relation == "holder":
        shares = [case] if case.kind == "assignment" else shares_of(root)
        return None, frozenset(share.data["person_id"] for share in shares if share.data["person_id"])
    if relation in OF_SHARES:
        return frozenset(share.data["unit_id"] for share in in_role(root, case, relation)), None
    return frozenset(unit for unit, held in root.access if held == relation), None


def in_role(root: Root, case: Case, role: str) -> list[Case]:
    if case.kind == "assignment" and role != "lead":
        return [case] if case.data["role"] == role else []
    return [share for share in shares_of(root) if share.data["role"] == role]


def shares_of(root: Root) -> list[Case]:
    return [case for case in root.cases.values() if case.kind == "assignment" and case.open]
