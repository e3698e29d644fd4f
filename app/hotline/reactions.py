"""What the hotline does when the outbox tells: texts become search tokens, again and again with the same result."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from app.core.registry import Reaction
from app.core.tx import Tx
from app.hotline.search_tokens import vector
from app.hotline.searching import SEARCHED, searched_text

TICKETS = f"SELECT id, {', '.join(SEARCHED)} FROM tickets WHERE id = ANY(%s) ORDER BY id"
# An unchanged row is left alone: the index of words is the most expensive one to touch.
KEEP = """
INSERT INTO ticket_search (id, tokens) SELECT n.id, n.tokens::tsvector FROM unnest(%(ids)s::bigint[], %(tokens)s::text[]) n(id, tokens)
ON CONFLICT (id) DO UPDATE SET tokens = EXCLUDED.tokens WHERE ticket_search.tokens <> EXCLUDED.tokens"""


def index_ticket(tx: Tx, rows: Sequence[dict[str, Any]]) -> None:
    """The tokens of the tickets as they stand now, whatever the events were about; one read and one write for all of them."""
    tickets = tx.query(TICKETS, ([row["root_id"] for row in rows],))
    tx.execute(KEEP, {"ids": [ticket["id"] for ticket in tickets], "tokens": [vector(searched_text(ticket)) for ticket in tickets]})


REACTIONS = (Reaction("index_ticket", frozenset({"TicketRegistered", "TicketAmended"}), index_ticket),)
