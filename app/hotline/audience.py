"""Whom `ROLE@RELATION` means now, for forecast and delivery alike: who holds it and is at work, who stands in, or who is told instead."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from app.core.root import Case, Root
from app.people.queries import STANDS_IN

ROLE, DEPUTY, FALLBACK = "role", "deputy", "fallback"
# Who is told, visibly, when the one who is meant is missing: at his unit, and where no unit is, or nobody there, at the centre.
AT_UNIT = ("unit_clerk", "unit_lead")
AT_CENTRE = ("supervisor", "dispatcher", "leader")
OTHER_SHARES = frozenset({"co", "sub"})
OF_SHARES = OTHER_SHARES | {"lead"}
PERSONS = ("person_id", "chair_person_id")
UNITS = ("unit_ids", "co_unit_ids", "invited")

# A substitute holds the lent roles for as long as the leave lasts: he is found by his loan.
HOLDERS = """
WITH away AS (SELECT a.user_id FROM absences a WHERE a.cancelled_at IS NULL AND a.since <= %(at)s AND %(at)s < a.until),
held AS (
  SELECT r.user_id, r.unit_id, r.role, 'role' AS via FROM user_roles r WHERE r.until IS NULL
  UNION ALL SELECT d.to_user_id, d.unit_id, d.role, 'deputy' FROM delegations d
  WHERE d.revoked_at IS NULL AND d.since <= %(at)s AND %(at)s < d.until)
SELECT h.user_id, h.unit_id, h.role, max(h.via) AS via, n.kind = 'centre' AS centre FROM held h
JOIN users u ON u.id = h.user_id AND u.deactivated_at IS NULL AND u.barred_at IS NULL JOIN units n ON n.id = h.unit_id
WHERE NOT EXISTS (SELECT 1 FROM away WHERE away.user_id = h.user_id)
GROUP BY h.user_id, h.unit_id, h.role, n.kind ORDER BY h.user_id
"""
Query = Callable[[str, Mapping[str, Any]], Sequence[Mapping[str, Any]]]


@dataclass(frozen=True, slots=True)
class Recipient:
    """`user_id` is None for the citizen. `via` says how this person came to be told, `role` as whom."""

    user_id: int | None
    via: str
    role: str = ""


class People:
    """Who holds which role for which unit and is at work at that time: read once for all that is asked."""

    def __init__(self, query: Query, at: datetime) -> None:
        self.query, self.when = query, at
        self.at: dict[tuple[str, int], list[Recipient]] = defaultdict(list)
        self.centre: dict[str, list[Recipient]] = defaultdict(list)
        self.everywhere: dict[str, list[Recipient]] = defaultdict(list)
        self.present: set[int] = set()
        for row in query(HOLDERS, {"at": at}):
            found = Recipient(row["user_id"], row["via"], row["role"])
            self.present.add(row["user_id"])
            self.at[row["role"], row["unit_id"]].append(found)
            self.everywhere[row["role"]].append(found)
            if row["centre"]:
                self.centre[row["role"]].append(found)

    def audience(self, root: Root, case: Case, named: str) -> list[Recipient]:
        """Everybody whom `ROLE@RELATION` means for this case, each once, in the order of their ids."""
        found: dict[int | None, Recipient] = {}
        for each in self.called(root, case, named):
            found.setdefault(each.user_id, each)
        return sorted(found.values(), key=lambda each: each.user_id or 0)

    def called(self, root: Root, case: Case, named: str) -> Iterator[Recipient]:
        role, _, relation = named.partition("@")
        if relation == "holder":
            yield from self.holders(root, case, role)
        elif relation == "any":
            yield from self.everywhere[role] or self.of_centre()
        elif relation == "centre":
            yield from self.centre[role] or self.of_centre()
        elif not (units := units_meant(root, case, relation)):
            # A share of one role says nothing to units of another: nobody is meant. Else the one who is meant is missing.
            yield from () if case.kind == "assignment" and relation in OTHER_SHARES else self.of_centre()
        else:
            for unit in units:
                yield from self.at[role, unit] or self.of_unit(unit)

    def holders(self, root: Root, case: Case, role: str) -> Iterator[Recipient]:
        """The persons themselves or whoever stands in; for what nobody has yet, its unit. A ticket is held by those who hold its shares."""
        of = [case] if persons_of(case) or units_named(case) else shares_of(root, case)
        if not of:
            yield from self.of_centre()
        for share in of:
            persons = persons_of(share)
            for person in persons:
                found = self.query(STANDS_IN, {"user": person, "at": self.when})
                if found and found[0]["id"] in self.present:
                    yield Recipient(found[0]["id"], ROLE if found[0]["id"] == person else DEPUTY, role)
                else:
                    yield from self.of_units(units_named(share))
            if not persons:
                yield from self.of_units(units_named(share))

    def of_units(self, units: Sequence[int]) -> Iterator[Recipient]:
        for unit in units:
            yield from self.of_unit(unit)
        if not units:
            yield from self.of_centre()

    def of_unit(self, unit: int) -> Iterable[Recipient]:
        for role in AT_UNIT:
            if self.at[role, unit]:
                return fallen_back(self.at[role, unit])
        return self.of_centre()

    def of_centre(self) -> Iterable[Recipient]:
        for role in AT_CENTRE:
            if self.centre[role]:
                return fallen_back(self.centre[role])
        return ()


def fallen_back(found: Iterable[Recipient]) -> list[Recipient]:
    return [replace(each, via=FALLBACK) for each in found]


def persons_of(case: Case) -> list[int]:
    """Whom the case itself names."""
    return [case.data[column] for column in PERSONS if case.data.get(column)] + list(case.data.get("people_ids") or ())


def units_named(case: Case) -> list[int]:
    """The units that the case itself names."""
    one = [case.data["unit_id"]] if case.data.get("unit_id") else []
    return one + [unit for column in UNITS for unit in case.data.get(column) or ()]


def units_meant(root: Root, case: Case, relation: str) -> list[int]:
    """The units that stand so to the case; `unit` are those that it names itself, or that its ticket is with."""
    if relation == "unit":
        lead = root.top().data.get("lead_unit_id")
        return units_named(case) or ([lead] if lead else [])
    if relation in OF_SHARES:
        return sorted({share.data["unit_id"] for share in in_role(root, case, relation)})
    return sorted({unit for unit, held in root.access if held == relation})


def in_role(root: Root, case: Case, role: str) -> list[Case]:
    """A co-unit's limit does not trouble the other co-units, but the ticket's lead hears of it."""
    return [share for share in shares_of(root, root.top() if role == "lead" else case) if share.data["role"] == role]


def shares_of(root: Root, case: Case) -> list[Case]:
    """The share itself, or the open shares of the ticket that any other case belongs to."""
    if case.kind == "assignment":
        return [case]
    return [share for share in root.cases.values() if share.kind == "assignment" and share.open]
