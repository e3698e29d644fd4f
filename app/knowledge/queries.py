"""Reading the knowledge base: what is published and holds today, found while somebody is still typing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.api.values import shown
from app.core.system import System
from app.errors import Unseen
from app.hotline.queries import now_of, reading, run
from app.hotline.reference import Reference, reference
from app.hotline.search_tokens import parse_query, searchable, tokens
from app.hotline.shown import category_of, person_of, unit_of

COLUMNS = (
    "e.id, e.edition, k.title, k.content, k.category_id, k.keywords, k.sources, k.valid_until, k.open_to_public, e.unit_id, k.at,"
    " e.review_by, e.review_overdue_since, (SELECT count(*) FROM knowledge_citations q WHERE q.entry_id = e.id)"
)
KEYS = (
    "id", "edition", "title", "content", "category", "keywords", "sources", "valid_until", "open_to_public", "unit", "published_at",
    "review_by", "review_overdue_since", "cited",
)  # fmt: skip
HOLDS = """c.open AND e.edition > 0 AND (k.valid_until IS NULL OR k.valid_until > %(now)s)
AND (k.open_to_public OR NOT %(public)s)"""
FROM = """FROM knowledge_entries e JOIN cases c ON c.id = e.id JOIN knowledge_editions k ON k.case_id = e.id AND k.edition = e.edition"""
# What has the words in its title comes first, then what is cited most.
FOUND = f"""SELECT {COLUMNS} {FROM} JOIN knowledge_search s ON s.id = e.id
WHERE s.tokens @@ %(tokens)s::tsquery AND {HOLDS}
ORDER BY position(%(words)s IN lower(k.title)) = 0, 14 DESC, e.id DESC LIMIT %(looked_at)s"""
NEWEST = f"SELECT {COLUMNS} {FROM} WHERE {HOLDS} ORDER BY k.at DESC, e.id DESC LIMIT %(looked_at)s"
ONE = f"SELECT {COLUMNS} {FROM} WHERE e.id = %(id)s AND c.open"
EDITIONS = """SELECT edition, title, content, sources, at, written_by, actor_id FROM knowledge_editions WHERE case_id = %(id)s
ORDER BY edition DESC"""
CORRECTIONS = """SELECT k.id, k.text, k.at, k.actor_id, s.accepted, s.reason, s.at AS settled_at FROM knowledge_corrections k
LEFT JOIN knowledge_settlements s ON s.correction_id = k.id WHERE k.case_id = %(id)s ORDER BY k.id DESC"""
# While somebody speaks, an entry is offered by its keywords that are spoken, by pairs of its title, and by the branch of its category.
OFFERED = f"""SELECT * FROM (SELECT {COLUMNS},
3 * (SELECT count(*) FROM unnest(k.keywords) w WHERE position(lower(w) IN %(spoken)s) > 0)
+ (SELECT count(*) FROM unnest(%(pairs)s::text[]) p WHERE position(p IN lower(k.title)) > 0)
+ 2 * coalesce(k.category_id = ANY(%(branch)s::bigint[]), false)::int AS fit
{FROM} WHERE {HOLDS}) o WHERE o.fit > 1 ORDER BY o.fit DESC, o.id DESC LIMIT %(looked_at)s"""
SPOKEN, PAIRS = 2000, 200
SNIPPET = 120
MOST = 200


def search(system: System, asked: Mapping[str, Any], public: bool = False) -> list[dict[str, Any]]:
    """Published entries that hold today; `q` as it is typed, `category` a branch of the tree, `unit` the owner. Bounded, best first."""
    query = parse_query(asked["q"]) if asked.get("q") else None
    if asked.get("q") and query is None:
        return []
    with reading(system) as connection:
        now, epoch = now_of(system, connection)
        named = reference(system.engine, epoch)
        words = (asked.get("q") or "").lower()
        params = {"now": now, "public": public, "looked_at": MOST, "tokens": query.tsquery if query else "", "words": words}
        rows = [dict(zip(KEYS, row, strict=True)) for row in run(connection, FOUND if query else NEWEST, params)]
    kept = [row for row in rows if fits(named, row, asked) and (query is None or query.matches(words_of(row)))]
    return [brief(named, row) for row in kept[: asked["limit"]]]


def offered(system: System, asked: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What may answer a demand that is still being told, the likeliest first. `category` is an id."""
    spoken = asked["text"][:SPOKEN].lower()
    pairs = [token for token in tokens(searchable(spoken)) if len(token) > 1][:PAIRS]
    with reading(system) as connection:
        now, epoch = now_of(system, connection)
        named = reference(system.engine, epoch)
        branch = [step.id for step in named.path(asked.get("category"))]
        params = {"now": now, "public": False, "looked_at": asked["limit"], "spoken": spoken, "pairs": pairs, "branch": branch}
        rows = [dict(zip(KEYS, row[: len(KEYS)], strict=True)) for row in run(connection, OFFERED, params)]
    return [brief(named, row) for row in rows]


def fits(named: Reference, row: Mapping[str, Any], asked: Mapping[str, Any]) -> bool:
    branch, unit = asked.get("category"), asked.get("unit")
    known = named.categories.get(row["category"] or 0)
    return (
        (branch is None or (known is not None and known.code.startswith(branch)))
        and (unit is None or named.units[row["unit"]].code == unit)
    )


def words_of(row: Mapping[str, Any]) -> str:
    """What of an edition is searched; indexing and rechecking read the same text."""
    parts = (row["title"], row["content"], " ".join(row["keywords"] or ()), row["sources"] or "")
    return " |".join(searchable(part) for part in parts if part)


def brief(named: Reference, row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "id": row["id"], "edition": row["edition"], "title": row["title"], "snippet": row["content"][:SNIPPET],
        "category": category_of(named, row["category"]), "unit": unit_of(named, row["unit"]), "keywords": row["keywords"] or [],
        "valid_until": shown(row["valid_until"]), "review_overdue": row["review_overdue_since"] is not None, "cited": row["cited"],
        "published_at": shown(row["published_at"]),
    }  # fmt: skip


def entry(system: System, entry_id: int, public: bool = False) -> dict[str, Any]:
    """One published entry; to people of the desks with its earlier editions and what was said to be wrong in it."""
    with reading(system) as connection:
        now, epoch = now_of(system, connection)
        named = reference(system.engine, epoch)
        rows = run(connection, ONE, {"id": entry_id, "now": now})
        found = dict(zip(KEYS, rows[0], strict=True)) if rows else None
        if found is None or (public and not (found["open_to_public"] and (found["valid_until"] is None or found["valid_until"] > now))):
            raise Unseen()
        editions = [] if public else run(connection, EDITIONS, {"id": entry_id})
        corrections = [] if public else run(connection, CORRECTIONS, {"id": entry_id})
    told = {**brief(named, found), "content": found["content"], "sources": found["sources"]}
    if public:
        return told
    return {
        **told,
        "open_to_public": found["open_to_public"],
        "holds": found["valid_until"] is None or found["valid_until"] > now,
        "review_by": shown(found["review_by"]),
        "editions": [
            {"edition": e[0], "title": e[1], "content": e[2], "sources": e[3], "published_at": shown(e[4]),
             "written_by": person_of(named, e[5]), "published_by": person_of(named, e[6])}
            for e in editions
        ],
        "corrections": [
            {"id": k[0], "text": k[1], "at": shown(k[2]), "by": person_of(named, k[3]), "accepted": k[4], "reason": k[5],
             "settled_at": shown(k[6])}
            for k in corrections
        ],
    }  # fmt: skip
