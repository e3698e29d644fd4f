"""Which search tokens stand in so many tickets that an index of words would only list them: what the database itself counts on."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import psycopg

from app.hotline.queries import run

# Beyond so many tickets the list of them takes longer than all else that a page asks.
MANY = 10_000
# The planner's own statistics of the tokens; a token that they do not name is rarer than those that they do.
COMMON = """SELECT e.word FROM pg_stats s, pg_class k, unnest(s.most_common_elems::text::text[], s.most_common_elem_freqs) e(word, part)
WHERE s.tablename = 'ticket_search' AND s.attname = 'tokens' AND s.schemaname = current_schema AND k.oid = 'ticket_search'::regclass
AND e.word = ANY(%(words)s::text[]) AND e.part * k.reltuples > %(many)s"""


def common(connection: psycopg.Connection[Any], words: Collection[str]) -> frozenset[str]:
    """A guess from a sample, so nothing but the way of a search may hang on it. None is common where nothing was counted yet."""
    return frozenset(row[0] for row in run(connection, COMMON, {"words": sorted(words), "many": MANY}))
