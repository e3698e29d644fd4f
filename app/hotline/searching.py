"""What of a ticket can be searched: its words without the personal data spoken in them; indexing and rechecking read the same text."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.hotline.redaction import find
from app.hotline.search_tokens import searchable
from app.hotline.spans import Span

TEXTS = ("title", "content", "purpose", "subject")
SEARCHED = (*TEXTS, "address", "spoken")


def searched_text(row: Mapping[str, Any]) -> str:
    """One searchable text of a row that has `SEARCHED`; a barrier stands between its parts, so that no phrase runs across."""
    parts = [searchable(row[name], spans_of(row["spoken"], name)) for name in TEXTS if row[name]]
    if row["address"]:
        # The place of the matter is no spoken text: registration looks for nothing in it, a door in it is still somebody's home.
        parts.append(searchable(row["address"], find(row["address"])))
    return " |".join(parts)


def spans_of(spoken: Mapping[str, Any], name: str) -> list[Span]:
    return [Span(start, end, kind, "") for start, end, kind in spoken.get(name, ())]
