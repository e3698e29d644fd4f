"""Guards of the knowledge base, and of cards, saying yes and no."""

from datetime import UTC, datetime, timedelta
from typing import Any

NOW = datetime(2025, 10, 9, 1, 0, tzinfo=UTC)
DAY = timedelta(days=1)
REVIEW = {"now": NOW, "review_at_latest": NOW + 10 * DAY}


def of_unit(unit: int, centre: bool = False) -> dict[str, Any]:
    return {"actor_unit_id": unit, "actor_is_of_centre": centre}


KNOWLEDGE_CASES: list[tuple[str, dict[str, Any], dict[str, Any], bool]] = [
    ("entry_unit_is_active", {"active_unit_ids": frozenset({2})}, {"unit": 2}, True),
    ("entry_unit_is_active", {"active_unit_ids": frozenset({2})}, {"unit": 3}, False),
    ("entry_is_for_own_unit", of_unit(2), {"unit": 2}, True),
    ("entry_is_for_own_unit", of_unit(1, centre=True), {"unit": 2}, True),
    ("entry_is_for_own_unit", of_unit(3), {"unit": 2}, False),
    ("review_is_ahead", REVIEW, {"review_by": NOW + 10 * DAY}, True),
    ("review_is_ahead", REVIEW, {"review_by": NOW}, False),
    ("review_is_ahead", REVIEW, {"review_by": NOW + 11 * DAY}, False),
    ("valid_until_is_ahead", {"now": NOW}, {}, True),
    ("valid_until_is_ahead", {"now": NOW}, {"valid_until": NOW}, False),
    ("any_revision_given", {}, {"keywords": ["水费"]}, True),
    ("any_revision_given", {}, {"note": "备注"}, False),
    ("not_published_by_writer", {"row": {"written_by": 7}, "actor_id": 8}, {}, True),
    ("not_published_by_writer", {"row": {"written_by": 7}, "actor_id": 7}, {}, False),
    ("correction_is_open", {"open_correction_ids": frozenset({5})}, {"correction": 5}, True),
    ("correction_is_open", {"open_correction_ids": frozenset({5})}, {"correction": 6}, False),
    ("cited_are_published", {"citable_entries": {4: 1}}, {"cites": [4]}, True),
    ("cited_are_published", {"citable_entries": {}}, {}, True),
    ("cited_are_published", {"citable_entries": {4: 1}}, {"cites": [4, 9]}, False),
    ("card_is_standing", {"standing_cards": frozenset({3})}, {"card": 3}, True),
    ("card_is_standing", {"standing_cards": frozenset({3})}, {"card": 4}, False),
]
