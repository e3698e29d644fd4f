"""Reads of cards: a unit is shown its own, the centre all; figures count what was given, taken back and still stands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from app.api.values import shown
from app.core.actors import Actor
from app.core.system import System
from app.core.visibility import predicate, sees_all
from app.hotline.cards.models import Card, CardRevocation
from app.hotline.cases import unit_asked
from app.hotline.queries import now_of, reading, run
from app.hotline.reference import Reference, reference
from app.hotline.shown import person_of, unit_of

FROM = f"""FROM {Card.__tablename__} k JOIN tickets t ON t.id = k.root_id
LEFT JOIN {CardRevocation.__tablename__} r ON r.card_id = k.id WHERE {{where}}"""
PAGE = f"""SELECT k.id, k.root_id, t.number, k.case_id, k.to_unit_id, k.colour, k.round, k.rule, k.at, k.actor_id, r.at, r.actor_id
{FROM} ORDER BY k.id DESC LIMIT %(rows)s"""
FIGURES = f"""SELECT k.to_unit_id, k.colour, count(*), count(k.rule), count(r.id), count(DISTINCT k.root_id) {FROM}
GROUP BY 1, 2 ORDER BY 3 DESC, 1, 2"""
FILTERS: Mapping[str, str] = {
    "unit": "k.to_unit_id = %(unit)s",
    "colour": "k.colour = %(colour)s",
    "ticket": "k.root_id = %(ticket)s",
    "standing": "(r.id IS NULL) = %(standing)s",
    "from": "k.at >= %(from)s",
    "to": "k.at < %(to)s",
}


def card_page(
    system: System, actor: Actor, filters: Mapping[str, Any], after: Sequence[Any] | None, limit: int
) -> tuple[list[dict[str, Any]], tuple[int] | None]:
    """Newest first; the key of the last one when there is more."""
    with reading(system) as connection:
        _, epoch = now_of(system, connection)
        named = reference(system.engine, epoch)
        where, asked = condition_for(actor, named, filters)
        asked |= {"rows": limit + 1, "after": after[0] if after else 2**63 - 1}
        rows = run(connection, PAGE.format(where=f"{where} AND k.id < %(after)s"), asked)
    items = [card_of(named, row) for row in rows[:limit]]
    return items, (items[-1]["id"],) if len(rows) > limit else None


def card_figures(system: System, actor: Actor, filters: Mapping[str, Any]) -> dict[str, Any]:
    """By unit and colour: how many were given, how many of them by rule, how many were taken back, on how many tickets."""
    with reading(system) as connection:
        now, epoch = now_of(system, connection)
        named = reference(system.engine, epoch)
        where, asked = condition_for(actor, named, filters)
        rows = run(connection, FIGURES.format(where=where), asked)
    units = [
        {
            "unit": unit_of(named, unit), "colour": colour, "given": given, "by_rule": by_rule, "revoked": revoked,
            "standing": given - revoked, "tickets": tickets,
        }
        for unit, colour, given, by_rule, revoked, tickets in rows
    ]  # fmt: skip
    return {"at": shown(now), "given": sum(one["given"] for one in units), "units": units}


def condition_for(actor: Actor, named: Reference, filters: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """The one predicate of visibility, and beside it that no unit is shown another unit's cards."""
    condition, params = predicate(actor, "k.root_id")
    given = {name: value for name, value in filters.items() if name in FILTERS and value is not None}
    if "unit" in given:
        given["unit"] = unit_asked(named, given["unit"])
    own = "true" if sees_all(actor) else "k.to_unit_id = ANY(%(own_units)s)"
    return " AND ".join([condition, own, *(FILTERS[name] for name in given)]), {**params, **given, "own_units": sorted(actor.units)}


def card_of(named: Reference, row: Sequence[Any]) -> dict[str, Any]:
    card_id, ticket, number, share, unit, colour, round_, rule, at, actor_id, revoked_at, revoked_by = row
    revoked = {"at": shown(revoked_at), "by": person_of(named, revoked_by)} if revoked_at else None
    return {
        "id": card_id, "ticket": {"id": ticket, "number": number}, "assignment": share, "unit": unit_of(named, unit), "colour": colour,
        "round": round_, "rule": rule, "by": person_of(named, actor_id or None), "at": shown(at), "revoked": revoked,
    }  # fmt: skip
