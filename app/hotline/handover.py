"""Open work follows the unit that takes another's place, and the person who takes over; the ticket's history says so."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from app.core.apply import Step
from app.core.fire import CAUSED, act
from app.core.registry import Reaction
from app.core.root import Case, Root
from app.core.tx import Tx
from app.hotline.reference import reference

# What a unit has asked, or was asked to do, beside its share.
ASKED = frozenset({"return-request", "report-in", "co-request"})
OF_UNITS = """
SELECT DISTINCT c.root_id FROM cases c LEFT JOIN assignments a ON a.id = c.id LEFT JOIN tickets t ON t.id = c.id
WHERE c.open AND (a.unit_id = ANY(%(units)s) OR t.lead_unit_id = ANY(%(units)s)) ORDER BY c.root_id
"""
OF_PERSON = """
SELECT DISTINCT c.root_id FROM cases c JOIN assignments a ON a.id = c.id
WHERE c.open AND a.person_id = %(person)s AND (%(unit)s::bigint IS NULL OR a.unit_id = %(unit)s) ORDER BY c.root_id
"""


def follow_units(tx: Tx, rows: list[dict[str, Any]]) -> None:
    """UnitsReorganised: each move says from which unit to which. Moving what has moved already changes nothing. Each ticket makes all
    moves in their order, since a later one may begin where an earlier one has only just led."""
    moves = [(move["from"], move["to"]) for row in rows for move in row["payload"]["moves"]]
    for root, ticket in roots(tx, OF_UNITS, {"units": [old for old, _ in moves]}):
        for old, new in moves:
            if ticket.data["lead_unit_id"] == old or shares_of(root, ticket, old):
                pass_on(tx, root, ticket, old, new)


def shares_of(root: Root, ticket: Case, unit: int) -> list[Case]:
    """The unit's open shares, also those handed down to it, and what it has asked for."""
    return [case for case in root.cases.values() if case.open and case.id != ticket.id and case.data.get("unit_id") == unit]


def pass_on(tx: Tx, root: Root, ticket: Case, old: int, new: int) -> None:
    for share in shares_of(root, ticket, old):
        change(share, "unit_id", new)
    for case in root.cases.values():
        if case.open and case.kind in ASKED and case.data["unit_id"] == old:
            change(case, "unit_id", new)
    if ticket.data["lead_unit_id"] == old:
        change(ticket, "lead_unit_id", new)
    for relation in sorted(relation for unit, relation in root.access if unit == old):
        root.revoke(old, relation)
        root.grant(new, relation)
    units = reference(tx.system.engine, root.epoch).units
    names = [units[unit].name if unit in units else str(unit) for unit in (old, new)]
    note(tx, root, ticket, f"机构调整：{names[0]}的在办事项由{names[1]}继续办理。")


def follow_people(tx: Tx, rows: list[dict[str, Any]]) -> None:
    """UserLeft: the successor takes over; without one the share waits for the unit's clerk to give it out anew."""
    for row in rows:
        told = row["payload"]
        for root, ticket in roots(tx, OF_PERSON, {"person": told["user_id"], "unit": told["only_unit"]}):
            for share in root.cases.values():
                if share.open and share.data.get("person_id") == told["user_id"]:
                    change(share, "person_id", told["successor_id"])
            note(tx, root, ticket, "承办人离岗，承办件已移交接手人。" if told["successor_id"] else "承办人离岗，承办件待重新交办。")


def roots(tx: Tx, sql: str, asked: dict[str, Any]) -> Iterator[tuple[Root, Case]]:
    """In the order of ids, as everybody locks them who locks several."""
    for row in tx.query(sql, asked):
        root = tx.root_of("ticket", row["root_id"])
        yield root, root.top()


def change(case: Case, column: str, value: int | None) -> None:
    case.data[column] = value
    case.dirty.add(column)
    case.touched = True


def note(tx: Tx, root: Root, ticket: Case, words: str) -> None:
    act(Step(tx, root, ticket, "annotate", {"note": words}), CAUSED)


REACTIONS = (
    Reaction("follow_units", frozenset({"UnitsReorganised"}), follow_units),
    Reaction("follow_people", frozenset({"UserLeft"}), follow_people),
)
