"""What the knowledge base does when the outbox tells: a published edition can be found, an overdue review is put under supervision."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from app.core.registry import Reaction
from app.core.tx import Tx
from app.hotline.search_tokens import vector
from app.knowledge.queries import words_of

EDITIONS = """SELECT e.id, k.title, k.content, k.keywords, k.sources FROM knowledge_entries e
JOIN knowledge_editions k ON k.case_id = e.id AND k.edition = e.edition WHERE e.id = ANY(%s) ORDER BY e.id"""
KEEP = """INSERT INTO knowledge_search (id, tokens)
SELECT n.id, n.tokens::tsvector FROM unnest(%(ids)s::bigint[], %(tokens)s::text[]) n(id, tokens)
ON CONFLICT (id) DO UPDATE SET tokens = EXCLUDED.tokens"""


def index_entry(tx: Tx, rows: Sequence[dict[str, Any]]) -> None:
    """The tokens of the newest edition, whichever event came first."""
    found = tx.query(EDITIONS, ([row["case_id"] for row in rows],))
    tx.execute(KEEP, {"ids": [row["id"] for row in found], "tokens": [vector(words_of(row)) for row in found]})


REACTIONS = (Reaction("index_knowledge", frozenset({"KnowledgePublished"}), index_entry),)
