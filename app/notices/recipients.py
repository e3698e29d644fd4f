"""Who `ROLE@RELATION` is at this moment: whoever holds the role and is not away, whoever stands in, and visibly somebody else if nobody."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from app.core.root import Case, Root
from app.core.tx import Tx
from app.hotline.audience import OTHER_SHARES, shares_of, standing
from app.people.queries import STANDS_IN

ROLE, DEPUTY, FALLBACK = "role", "deputy", "fallback"
PERSONS = ("person_id", "chair_person_id")
UNITS = ("unit_ids", "co_unit_ids", "invited")
# Who is told when nobody holds the role at the unit, and when nobody is there at all.
AT_UNIT = ("unit_clerk", "unit_lead")
AT_CENTRE = ("supervisor", "dispatcher", "leader")
# A substitute holds the lent roles for as long as the leave lasts: he is found by his loan.
HOLDERS = """
WITH away AS (SELECT a.user_id FROM absences a WHERE a.cancelled_at IS NULL AND a.since <= %(now)s AND %(now)s < a.until),
held AS (
  SELECT r.user_id, r.unit_id, r.role, 'role' AS via FROM user_roles r WHERE r.until IS NULL
  UNION ALL SELECT d.to_user_id, d.unit_id, d.role, 'deputy' FROM delegations d
  WHERE d.revoked_at IS NULL AND d.since <= %(now)s AND %(now)s < d.until)
SELECT h.user_id, h.unit_id, h.role, min(h.via) AS via, n.kind = 'centre' AS centre FROM held h
JOIN users u ON u.id = h.user_id AND u.deactivated_at IS NULL AND u.barred_at IS NULL JOIN units n ON n.id = h.unit_id
WHERE NOT EXISTS (SELECT 1 FROM away WHERE away.user_id = h.user_id)
GROUP BY h.user_id, h.unit_id, h.role, n.kind ORDER BY h.user_id
"""


@dataclass(frozen=True, slots=True)
class Recipient:
    """`user_id` is None for the citizen. `via` says how this person came to be told."""

    user_id: int | None
    via: str


CITIZEN = Recipient(None, "citizen")


class People:
    """Who holds which role for which unit and is at work now: read once for all the events of one batch."""

    def __init__(self, tx: Tx) -> None:
        self.tx = tx
        self.at: dict[tuple[str, int], list[Recipient]] = defaultdict(list)
        self.centre: dict[str, list[Recipient]] = defaultdict(list)
        self.everywhere: dict[str, list[Recipient]] = defaultdict(list)
        for row in tx.query(HOLDERS, {"now": tx.now}):
            found = Recipient(row["user_id"], row["via"])
            self.at[row["role"], row["unit_id"]].append(found)
            self.everywhere[row["role"]].append(found)
            if row["centre"]:
                self.centre[row["role"]].append(found)

    def called(self, root: Root, case: Case, named: str) -> Iterator[Recipient]:
        """Everybody whom `ROLE@RELATION` means for this case; one person may come twice."""
        role, _, relation = named.partition("@")
        if relation == "holder":
            yield from self.holders(root, case)
        elif relation == "any":
            yield from self.everywhere[role] or self.of_centre()
        elif relation == "centre":
            yield from self.centre[role] or self.of_centre()
        elif not (units := units_of(root, case, relation)):
            # A share of one role says nothing to units of another: nobody is meant. Else the one who is meant is missing.
            yield from () if case.kind == "assignment" and relation in OTHER_SHARES else self.of_centre()
        else:
            for unit in units:
                yield from self.at[role, unit] or self.of_unit(unit)

    def holders(self, root: Root, case: Case) -> Iterator[Recipient]:
        """The persons themselves or whoever stands in; for a share that nobody has yet, its unit."""
        for share in [case] if persons_of(case) else shares_of(root, case):
            persons = persons_of(share)
            for person in persons:
                found = self.tx.query(STANDS_IN, {"user": person, "at": self.tx.now})
                if found:
                    yield Recipient(found[0]["id"], ROLE if found[0]["id"] == person else DEPUTY)
                else:
                    yield from (each for unit in units_named(share) for each in self.of_unit(unit))
            if not persons:
                yield from (each for unit in units_named(share) for each in self.of_unit(unit))

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
    return [Recipient(each.user_id, FALLBACK) for each in found]


def persons_of(case: Case) -> list[int]:
    """Whom the case itself names."""
    return [case.data[column] for column in PERSONS if case.data.get(column)] + list(case.data.get("people_ids") or ())


def units_named(case: Case) -> list[int]:
    """The units that the case itself names."""
    one = [case.data["unit_id"]] if case.data.get("unit_id") else []
    return one + [unit for column in UNITS for unit in case.data.get(column) or ()]


def units_of(root: Root, case: Case, relation: str) -> list[int]:
    """The units that stand so to the case; `unit` are those that it names itself, or that its ticket is with."""
    if relation != "unit":
        return sorted(standing(root, case, relation)[0] or ())
    lead = root.top().data.get("lead_unit_id")
    return units_named(case) or ([lead] if lead else [])
