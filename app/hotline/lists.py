"""A list is one statement: filtered by an index, bounded by the visibility predicate, paged by key, aggregated in the database."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import orjson
import psycopg

from app.core.actors import Actor
from app.core.system import System
from app.hotline.asking import Asked, Chosen, Filter, Offer
from app.hotline.due_order import Key, ids_by_due, in_place
from app.hotline.filters import ASSIGNMENT_FILTERS, TICKET_FILTERS, choose
from app.hotline.items import ASSIGNMENT_PAGE, SEARCHED_TOO, TICKET_PAGE, assignment_item, ticket_item
from app.hotline.queries import now_of, reading, run
from app.hotline.reference import Reference, reference
from app.hotline.searching import SEARCHED, searched_text

# The recheck of words may drop what the index offers: a page looks at no more than this before it says where to go on.
MOST_LOOKED_AT = 2_000
# Fewer than this are fetched by their ids; of so many among a million, a page of 25 is met within some 5,000 steps of a walk.
RARE = 5_001
ORDER: tuple[type, ...] = (int,)
Page = tuple[list[dict[str, Any]], tuple[int] | None]
DuePage = tuple[list[dict[str, Any]], Key | None]
Make = Callable[[System, Actor, Reference, list[Any], str], dict[str, Any]]


def list_tickets(
    system: System, actor: Actor, filters: Mapping[str, Any], after: Sequence[Any] | None = None, limit: int = 50, lang: str = "zh"
) -> Page:
    """Newest first, and the key of the last one when there is more; a search may give fewer than `limit` and still have more."""
    return listed(system, actor, filters, TICKET_FILTERS, TICKET_PAGE, ticket_item, after, limit, lang)


def list_assignments(
    system: System, actor: Actor, filters: Mapping[str, Any], after: Sequence[Any] | None = None, limit: int = 50, lang: str = "zh"
) -> Page:
    """Shares of units, newest first, each with the line of its ticket."""
    return listed(system, actor, filters, ASSIGNMENT_FILTERS, ASSIGNMENT_PAGE, assignment_item, after, limit, lang)


def due_tickets(
    system: System, actor: Actor, filters: Mapping[str, Any], after: Sequence[Any] | None, limit: int, lang: str = "zh"
) -> DuePage:
    """Open ones, the first to be due first."""
    return first_due(system, actor, filters, TICKET_FILTERS, ("ticket", "tickets t"), TICKET_PAGE, ticket_item, after, limit, lang)


def due_assignments(
    system: System, actor: Actor, filters: Mapping[str, Any], after: Sequence[Any] | None, limit: int, lang: str = "zh"
) -> DuePage:
    of = ("assignment", "assignments a")
    return first_due(system, actor, filters, ASSIGNMENT_FILTERS, of, ASSIGNMENT_PAGE, assignment_item, after, limit, lang)


def first_due(
    system: System, actor: Actor, filters: Mapping[str, Any], known: Mapping[str, Filter], of: tuple[str, str], sql: str, make: Make,
    after: Sequence[Any] | None, limit: int, lang: str,
) -> DuePage:  # fmt: skip
    """`of` are the kind and its table."""
    with reading(system) as connection:
        asked, chosen = chosen_for(system, actor, connection, filters, known)
        ids, last = ids_by_due(connection, *of, chosen.where, chosen.params, after, limit)
        rows = run(connection, sql.format(where="c.id = ANY(%(ids)s)", more=""), chosen.params | {"ids": ids, "rows": limit})
    return [make(system, actor, asked.named, orjson.loads(row[1]), lang) for row in in_place(ids, rows)], last


def listed(
    system: System, actor: Actor, filters: Mapping[str, Any], known: Mapping[str, Filter], sql: str, make: Make,
    after: Sequence[Any] | None, limit: int, lang: str,
) -> Page:  # fmt: skip
    with reading(system) as connection:
        asked, chosen = chosen_for(system, actor, connection, filters, known)
        rows, last = rows_of(connection, sql, chosen, after, limit)
    return [make(system, actor, asked.named, orjson.loads(row[1]), lang) for row in rows], last


def chosen_for(
    system: System, actor: Actor, connection: psycopg.Connection[Any], filters: Mapping[str, Any], known: Mapping[str, Filter]
) -> tuple[Asked, Chosen]:
    now, epoch = now_of(system, connection)
    asked = Asked(system, actor, reference(system.engine, epoch), now)
    chosen = choose(asked, filters, known)
    chosen.params["at"] = now
    for offer in chosen.offers:
        take_up(connection, chosen, offer)
    return asked, chosen


def take_up(connection: psycopg.Connection[Any], chosen: Chosen, offer: Offer) -> None:
    """What is rare is looked up first, since the database cannot know that it is, and would walk through all tickets to find it;
    of what is common the newest are soon met on such a walk."""
    rare = run(connection, f"{offer.select} LIMIT {RARE}", chosen.params)
    if len(rare) == RARE:
        chosen.conditions.append(offer.condition)
        return
    name = f"offered{len(chosen.params)}"
    chosen.params[name] = [row[0] for row in rare]
    chosen.conditions.append(f"c.id = ANY(%({name})s::bigint[])")


def rows_of(
    connection: psycopg.Connection[Any], sql: str, chosen: Chosen, after: Sequence[Any] | None, limit: int
) -> tuple[list[tuple[Any, ...]], tuple[int] | None]:
    """One row more than asked for tells whether there is more."""
    page = sql.format(where=f"{chosen.where} AND c.id < %(after)s", more=SEARCHED_TOO if chosen.query else "")
    position, looked_at, found = after[0] if after else 2**63 - 1, 0, list[tuple[Any, ...]]()
    while True:
        rows = run(connection, page, chosen.params | {"after": position, "rows": limit + 1})
        found += [row for row in rows if chosen.query is None or chosen.query.matches(text_of(row))]
        looked_at += len(rows)
        if len(found) > limit:
            return found[:limit], (found[limit - 1][0],)
        if len(rows) <= limit:
            return found, None
        position = rows[-1][0]
        if looked_at >= MOST_LOOKED_AT:
            return found, (position,)


def text_of(row: tuple[Any, ...]) -> str:
    return searched_text(dict(zip(SEARCHED, orjson.loads(row[2]), strict=True)))
