"""The links of a ticket as its reader may see them: a linked ticket that he does not see is not there."""

from __future__ import annotations

from typing import Any

from app.api.values import shown
from app.core.actors import Actor
from app.core.root import Case
from app.core.system import System
from app.core.visibility import predicate, sees_all
from app.hotline.queries import read_case, reading, run
from app.hotline.restrictions.words import spelt
from app.hotline.shown import hides, told

# From both ends: what this one was linked to, and what was linked to it.
LINKS = """SELECT k.id, k.kind, k.main_id, k.since, k.followed_at, k.ended_at, t.id, t.number, t.title, t.confidential, c.state
FROM links k JOIN tickets t ON t.id = CASE WHEN k.main_id = %(ticket)s THEN k.other_id ELSE k.main_id END
JOIN cases c ON c.id = t.id WHERE k.id = ANY(
    SELECT id FROM links WHERE main_id = %(ticket)s UNION ALL SELECT id FROM links WHERE other_id = %(ticket)s)
AND (k.ended_at IS NULL OR %(ended)s) AND {seen} ORDER BY k.id LIMIT 500"""


def links_of(system: System, actor: Actor, ticket: int, ended: bool = False) -> list[dict[str, Any]]:
    seen, params = predicate(actor)
    with reading(system) as connection:
        rows = run(connection, LINKS.format(seen=seen), {**params, "ticket": ticket, "ended": ended})
    return [line(actor, ticket, row) for row in rows]


def line(actor: Actor, ticket: int, row: tuple[Any, ...]) -> dict[str, Any]:
    number, kind, main_id, since, followed_at, ended_at, other, other_number, title, confidential, state = row
    hidden = hides({"confidential": confidential}, actor)
    return {
        "id": number, "kind": kind, "role": "main" if main_id == ticket else "joined" if kind == "same_fact" else "later",
        "ticket": {"id": other, "number": other_number, "title": told(title, hidden), "state": state},
        "since": shown(since), "followed_at": shown(followed_at), "ended_at": shown(ended_at),
    }  # fmt: skip


def linked(system: System, actor: Actor, ticket: int) -> list[dict[str, Any]]:
    """All links of a ticket that the actor sees, ended ones too."""
    read_case(system, actor, "ticket", ticket)
    return links_of(system, actor, ticket, ended=True)


def beside(system: System, actor: Actor, case: Case) -> dict[str, Any]:
    """What stands beside a ticket that was not read with it: its links, and what is decided of its caller, in words, for the centre."""
    effects = case.data["caller_effects"] or []
    return {
        "links": links_of(system, actor, case.id) if case.data["links"] else [],
        "restricted_caller": spelt(system, case.pack, "restriction_effects", effects) if effects and sees_all(actor) else [],
    }
