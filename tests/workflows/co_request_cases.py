"""Guards of asking for a co-unit saying yes and no."""

from __future__ import annotations

from typing import Any

ROW = {"row": {"unit_id": 2, "wished_unit_id": 3}}
SHARING = ROW | {"sharing_unit_ids": frozenset({2, 3})}
CO_REQUEST_CASES: list[tuple[str, dict[str, Any], dict[str, Any], bool]] = [
    ("asked_while_with_units", {"root_state": "handling"}, {}, True),
    ("asked_while_with_units", {"root_state": "dispatched"}, {}, True),
    ("asked_while_with_units", {"root_state": "replied"}, {}, False),
    ("asked_by_the_lead", ROW | {"ticket_row": {"lead_unit_id": 2}}, {}, True),
    ("asked_by_the_lead", ROW | {"ticket_row": {"lead_unit_id": 4}}, {}, False),
    ("asked_by_the_lead", ROW | {"ticket_row": {"lead_unit_id": None}}, {}, False),
    ("wished_unit_is_another", ROW, {"wished_unit": 3}, True),
    ("wished_unit_is_another", ROW, {"wished_unit": 2}, False),
    ("wished_unit_is_active", {"active_unit_ids": frozenset({3})}, {"wished_unit": 3}, True),
    ("wished_unit_is_active", {"active_unit_ids": frozenset({3})}, {"wished_unit": 4}, False),
    ("wished_unit_has_no_share", SHARING, {"wished_unit": 4}, True),
    ("wished_unit_has_no_share", SHARING, {"wished_unit": 3}, False),
    ("wished_unit_not_complained_of", {"complained_unit_ids": frozenset({4})}, {"wished_unit": 3}, True),
    ("wished_unit_not_complained_of", {"complained_unit_ids": frozenset({4})}, {"wished_unit": 4}, False),
    ("wish_is_new", {"wished_unit_ids": frozenset({4})}, {"wished_unit": 3}, True),
    ("wish_is_new", {"wished_unit_ids": frozenset({4})}, {"wished_unit": 4}, False),
    ("helping_unit_has_a_share", SHARING, {}, True),
    ("helping_unit_has_a_share", SHARING, {"helping_unit": 2}, True),
    ("helping_unit_has_a_share", SHARING, {"helping_unit": 4}, False),
    ("helping_unit_has_a_share", ROW | {"sharing_unit_ids": frozenset({2})}, {}, False),
]
