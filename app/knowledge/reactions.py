"""What the knowledge base does when the outbox tells: a published edition can be found, an overdue review is put under supervision."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from app.core.actors import SYSTEM
from app.core.registry import Reaction
from app.core.tx import Tx
from app.hotline.search_tokens import vector
from app.knowledge.queries import words_of
from app.supervision.commands import Begin, handle_begin

EDITIONS = """SELECT e.id, k.title, k.content, k.keywords, k.sources FROM knowledge_entries e
JOIN knowledge_editions k ON k.case_id = e.id AND k.edition = e.edition WHERE e.id = ANY(%s) ORDER BY e.id"""
# What has been looked at meanwhile is neglected no longer.
NEGLECTED = """SELECT e.id, e.title, e.unit_id FROM knowledge_entries e JOIN cases c ON c.id = e.id
WHERE e.id = ANY(%s) AND e.review_overdue_since IS NOT NULL AND c.open ORDER BY e.id"""
KEEP = """INSERT INTO knowledge_search (id, tokens)
SELECT n.id, n.tokens::tsvector FROM unnest(%(ids)s::bigint[], %(tokens)s::text[]) n(id, tokens)
ON CONFLICT (id) DO UPDATE SET tokens = EXCLUDED.tokens"""


def index_entry(tx: Tx, rows: Sequence[dict[str, Any]]) -> None:
    """The tokens of the newest edition, whichever event came first."""
    found = tx.query(EDITIONS, ([row["case_id"] for row in rows],))
    tx.execute(KEEP, {"ids": [row["id"] for row in found], "tokens": [vector(words_of(row)) for row in found]})


def propose_supervision(tx: Tx, rows: Sequence[dict[str, Any]]) -> None:
    """One matter for each review that nobody did in time; a person decides whether its owner is put under supervision."""
    for entry in tx.query(NEGLECTED, ([row["case_id"] for row in rows],)):
        title = f"知识库条目逾期未复核：{entry['title']}"[:200]
        handle_begin(tx, Begin(SYSTEM, "supervision", {"title": title, "supervision_source": "rule", "unit": entry["unit_id"]}))


REACTIONS = (
    Reaction("index_knowledge", frozenset({"KnowledgePublished"}), index_entry),
    Reaction("supervise_neglected_knowledge", frozenset({"KnowledgeReviewOverdue"}), propose_supervision),
)
