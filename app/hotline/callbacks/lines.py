"""The line that a ticket shows of its callback, from memory alone."""

from __future__ import annotations

from typing import Any

from app.api.values import shown, shown_due
from app.core.root import Case, Root
from app.hotline.shares import callback_of


def callback_line(root: Root, ticket: Case, lang: str) -> dict[str, Any] | None:
    """The callback of the present round; None while there is none."""
    case = callback_of(root, ticket)
    if case is None:
        return None
    state, row = case.workflow.states[case.state], case.data
    return {
        "id": case.id,
        "state": case.state,
        "state_label": state.label_en if lang == "en" else state.label_zh,
        "round": row["round"],
        "attempts": row["attempts"],
        "next_call_at": shown(row["next_call_at"]),
        "expires_at": shown_due(row["expires_at"]),
        "rating": row["rating"],
        "manner_rating": row["manner_rating"],
        "way": row["way"],
    }
