"""Tickets that may be about the same fact: a few hundred offered by indexes, then compared one by one; only what the actor sees."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import psycopg

from app.core.actors import Actor
from app.core.masking import normalise_phone
from app.core.system import System
from app.core.visibility import predicate, sees_all
from app.hotline.common_words import common
from app.hotline.links.likeness import Demand
from app.hotline.links.weighing import SHOWN, Sought, position_of, shown, weighed
from app.hotline.queries import now_of, read_case, reading, run
from app.hotline.redaction import find
from app.hotline.reference import Reference, reference
from app.hotline.search_tokens import searchable, tokens

DAYS, COMPARED = 30, 500
# Each index offers its newest; a branch of categories is walked leaf by leaf, so that no offer grows with the number of tickets.
LEAVES = 40
OF_CATEGORY = """SELECT o.id FROM unnest(%(leaves)s::bigint[]) l(leaf) CROSS JOIN LATERAL
(SELECT t.id FROM tickets t WHERE t.category_id = l.leaf ORDER BY t.id DESC LIMIT 20) o"""
OF_STREET = "(SELECT t.id FROM tickets t WHERE t.street = %(street)s ORDER BY t.id DESC LIMIT 150)"
OF_CITIZEN = """(SELECT t.id FROM citizens z JOIN tickets t ON t.citizen_id = z.id
WHERE z.phone_hash = ANY(%(phones)s::bytea[]) OR z.calling_hash = ANY(%(phones)s::bytea[]) ORDER BY t.id DESC LIMIT 100)"""
OF_WORDS = "(SELECT s.id FROM ticket_search s WHERE s.tokens @@ %(phrase)s::tsquery LIMIT 200)"
# Words of which an index would list a hundred thousand tickets are looked for among the newest ones alone.
OF_USUAL_WORDS = """(SELECT s.id FROM (SELECT n.id, n.tokens FROM ticket_search n ORDER BY n.id DESC LIMIT 10000) s
WHERE s.tokens @@ %(usual)s::tsquery LIMIT 200)"""
# How many different words a ticket has, and how many of them are sought as well, is counted where its words are kept: no text travels
# to be compared. A ticket registered within the last second may not have its words yet, and is compared by all else.
ROWS = """SELECT t.id, t.number, t.title, t.category_id, t.street, t.community, t.lon, t.lat, t.crs, t.coarse, t.registered_at,
t.merged_into, t.joined, c.state, z.phone_hash, z.calling_hash, coalesce(length(s.tokens), 0) AS has,
coalesce(length(s.tokens) - length(ts_delete(s.tokens, %(words)s::text[])), 0) AS shared
FROM tickets t JOIN cases c ON c.id = t.id JOIN citizens z ON z.id = t.citizen_id LEFT JOIN ticket_search s ON s.id = t.id
WHERE t.id = ANY(%(offered)s::bigint[]) AND t.confidential = %(confidential)s AND c.state <> 'void' AND {seen}"""
KEYS = (
    "id", "number", "title", "category_id", "street", "community", "lon", "lat", "crs", "coarse", "registered_at", "merged_into",
    "joined", "state", "phone_hash", "calling_hash", "has", "shared",
)  # fmt: skip
LINKED = """SELECT other_id FROM links WHERE ended_at IS NULL AND main_id = %(ticket)s
UNION ALL SELECT main_id FROM links WHERE ended_at IS NULL AND other_id = %(ticket)s"""
HASHES = "SELECT z.phone_hash, z.calling_hash FROM tickets t JOIN citizens z ON z.id = t.citizen_id WHERE t.id = %(ticket)s"


def for_ticket(system: System, actor: Actor, ticket: int, lang: str) -> list[dict[str, Any]]:
    root = read_case(system, actor, "ticket", ticket)
    row = root.top().data
    with reading(system) as connection:
        hashes = run(connection, HASHES, {"ticket": ticket})[0]
        linked = run(connection, LINKED, {"ticket": ticket})
    words = frozenset(tokens(" ".join(searchable(row[name], find(row[name])) for name in ("title", "content") if row[name])))
    at = row["registered_at"] or root.now
    demand = Demand(row["category_id"], row["street"], row["community"], position_of(row), at)
    # That one telephone stands behind two tickets tells a unit who it was that wished to be anonymous.
    phones = frozenset(bytes(each) for each in hashes if each is not None and sees_all(actor))
    without = frozenset({ticket, *(row[0] for row in linked)})
    days = system.settings.pack(root.top().pack).parameters.get("candidate_window") or DAYS
    return candidates(system, actor, Sought(demand, words, row["title"], phones, bool(row["confidential"]), without), days, lang)


def for_draft(system: System, actor: Actor, draft: Mapping[str, Any], lang: str) -> list[dict[str, Any]]:
    """For a demand still being typed; the number in it is only hashed."""
    with reading(system) as connection:
        now, epoch = now_of(system, connection)
    named = reference(system.engine, epoch)
    category = draft.get("category")
    found = named.category_by_code.get(str(category)) or named.categories.get(category if isinstance(category, int) else 0)
    texts = [draft[name] for name in ("title", "content") if draft.get(name)]
    words = frozenset(tokens(" ".join(searchable(text, find(text)) for text in texts)))
    demand = Demand(found.id if found else None, draft.get("street"), draft.get("community"), position_of(draft), now)
    phone = draft.get("phone")
    phones = frozenset(system.keyring.lookups("phone", normalise_phone(phone))) if phone else frozenset[bytes]()
    days = system.settings.pack(system.settings.current_pack).parameters.get("candidate_window") or DAYS
    sought = Sought(demand, words, draft.get("title") or "", phones, bool(draft.get("confidential")))
    return candidates(system, actor, sought, days, lang)


def candidates(system: System, actor: Actor, sought: Sought, days: int, lang: str) -> list[dict[str, Any]]:
    """The likeliest first. What is confidential is proposed to nobody outside the centre, and only beside what is confidential too."""
    if sought.confidential and not sees_all(actor):
        return []
    seen, params = predicate(actor)
    with reading(system) as connection:
        _, epoch = now_of(system, connection)
        named = reference(system.engine, epoch)
        offered = offers(connection, named, sought)
        asked = {**params, "offered": offered, "confidential": sought.confidential, "words": sorted(sought.words)}
        rows = [dict(zip(KEYS, row, strict=True)) for row in run(connection, ROWS.format(seen=seen), asked)]
    found = [each for row in rows if row["id"] not in sought.without for each in weighed(named, sought, row, days)]
    best = sorted(found, key=lambda each: (-each.score, -each.row["id"]))[:SHOWN]
    return [shown(system, named, each, lang) for each in best]


def offers(connection: psycopg.Connection[Any], named: Reference, sought: Sought) -> list[int]:
    demand, asked, parts = sought.demand, dict[str, Any](), list[str]()
    if demand.category_id is not None:
        path = named.path(demand.category_id)
        branch = named.subtree(path[-2].id) if len(path) > 2 else named.subtree(demand.category_id)
        asked["leaves"] = sorted(branch, key=lambda leaf: leaf != demand.category_id)[:LEAVES]
        parts.append(OF_CATEGORY)
    if demand.street:
        asked["street"] = demand.street
        parts.append(OF_STREET)
    if sought.phones:
        asked["phones"] = sorted(sought.phones)
        parts.append(OF_CITIZEN)
    for name, sql, phrase in by_words(connection, sought.title):
        asked[name] = phrase
        parts.append(sql)
    return sorted({row[0] for row in run(connection, " UNION ".join(parts), asked)})[-COMPARED:] if parts else []


def by_words(connection: psycopg.Connection[Any], title: str) -> Iterator[tuple[str, str, str]]:
    runs = runs_of(title)
    many = common(connection, {pair for pairs in runs for pair in pairs}) if runs else frozenset[str]()
    rare, usual = [pairs for pairs in runs if not many.issuperset(pairs)], [pairs for pairs in runs if many.issuperset(pairs)]
    if rare:
        yield "phrase", OF_WORDS, phrase_of(rare)
    if usual:
        yield "usual", OF_USUAL_WORDS, phrase_of(usual)


def runs_of(title: str) -> list[list[str]]:
    """Runs of three neighbouring pairs of characters: one that holds a rare pair is rare enough to be looked up whole."""
    pairs = [token for token in tokens(searchable(title, find(title))) if len(token) == 2]
    return [pairs[at : at + 3] for at in range(0, len(pairs) - 2, 3)][:4]


def phrase_of(runs: Sequence[Sequence[str]]) -> str:
    """Any of the runs, each of them whole."""
    return " | ".join("(" + " & ".join(quoted(token) for token in run) + ")" for run in runs)


def quoted(token: str) -> str:
    return "'" + token.replace("\\", "\\\\").replace("'", "''") + "'"
