"""Guards of returns and whistles saying yes and no."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

NOW = datetime(2025, 10, 9, 1, 0, tzinfo=UTC)
LATER = datetime(2025, 10, 9, 2, 0, tzinfo=UTC)


def window(ends: datetime | None) -> dict[str, Any]:
    return {"clocks": ({"name": "return_window_clock", "due_at": ends}, {"name": "sign_clock", "due_at": NOW}), "now": NOW}


def asked(count: int, allowed: int | None) -> dict[str, Any]:
    return {"returns_asked": count, "returns_allowed": allowed}


def pending(*states: tuple[str, bool]) -> dict[str, Any]:
    return {"children": tuple({"kind": kind, "open": is_open} for kind, is_open in states)}


def share(unit: int, is_open: bool = True) -> dict[str, Any]:
    return {"children": ({"kind": "assignment", "unit_id": unit, "open": is_open},)}


OWN = {"row": {"unit_id": 2, "volunteers": [4]}, "active_unit_ids": frozenset({2, 3})}
BOTH = {"row": {"org_opinion_at": NOW, "justice_opinion_at": NOW}}
ONE = {"row": {"org_opinion_at": NOW, "justice_opinion_at": None}}
ACCUSED = {"complained_unit_ids": frozenset({4})}
CALLED = {"callable_unit_ids": frozenset({3, 4})}
RETURN_CASES: list[tuple[str, dict[str, Any], dict[str, Any], bool]] = [
    ("not_designated", {"row": {"designated": False}, "designated_may_return": False}, {}, True),
    ("not_designated", {"row": {"designated": True}, "designated_may_return": False}, {}, False),
    ("not_designated", {"row": {"designated": True}, "designated_may_return": True}, {}, True),
    ("within_return_window", window(LATER), {}, True),
    ("within_return_window", window(NOW), {}, False),
    ("within_return_window", window(None), {}, True),
    ("within_return_window", {"clocks": (), "now": NOW}, {}, True),
    ("returns_left", asked(0, 1), {}, True),
    ("returns_left", asked(1, 1), {}, False),
    ("returns_left", asked(9, None), {}, True),
    ("returns_left", asked(0, 0), {}, False),
    ("no_return_pending", pending(("return-request", False), ("report-in", True)), {}, True),
    ("no_return_pending", pending(("return-request", True)), {}, False),
    ("return_ground_is_named", {"return_grounds": frozenset({"not_our_duty"})}, {"return_ground": "not_our_duty"}, True),
    ("return_ground_is_named", {"return_grounds": frozenset({"not_our_duty"})}, {"return_ground": "other"}, False),
    ("return_ground_is_named", {"return_grounds": frozenset()}, {"return_ground": "other"}, True),
    ("suggested_unit_is_another", OWN, {"suggested_unit": 3}, True),
    ("suggested_unit_is_another", OWN, {}, True),
    ("suggested_unit_is_another", OWN, {"suggested_unit": 2}, False),
    ("suggested_unit_is_another", OWN, {"suggested_unit": 9}, False),
    ("return_evidence_given", {"return_evidence": True}, {}, True),
    ("return_evidence_given", {"return_evidence": False}, {}, False),
    ("not_decided_by_asker", OWN | {"actor_unit_id": 1}, {}, True),
    ("not_decided_by_asker", OWN | {"actor_unit_id": None}, {}, True),
    ("not_decided_by_asker", OWN | {"actor_unit_id": 2}, {}, False),
    ("reply_not_given_yet", {"root_state": "handling"}, {}, True),
    ("reply_not_given_yet", {"root_state": "replied"}, {}, False),
    ("ticket_not_suspended", {"root_state": "handling"}, {}, True),
    ("ticket_not_suspended", {"root_state": "suspended"}, {}, False),
    ("ticket_is_with_units", {"root_state": "dispatched"}, {}, True),
    ("ticket_is_with_units", {"root_state": "suspended"}, {}, False),
    ("another_unit_takes_it", OWN, {"lead_unit": 3}, True),
    ("another_unit_takes_it", OWN, {}, True),
    ("another_unit_takes_it", OWN, {"lead_unit": 2}, False),
    ("taken_over_by_somebody", {}, {"lead_unit": 3, "co_units": [4]}, True),
    ("taken_over_by_somebody", {}, {}, True),
    ("taken_over_by_somebody", {}, {"co_units": [4]}, False),
    ("both_opinions_on_record", BOTH, {}, True),
    ("both_opinions_on_record", ONE, {}, False),
    ("completes_the_opinions", ONE, {"opinion_of": "justice_bureau"}, True),
    ("completes_the_opinions", ONE, {"opinion_of": "org_office"}, False),
    ("invited_units_are_active", OWN, {"co_units": [3]}, True),
    ("invited_units_are_active", OWN, {}, True),
    ("invited_units_are_active", OWN, {"co_units": [3, 9]}, False),
    ("invited_not_complained_of", ACCUSED, {"co_units": [3]}, True),
    ("invited_not_complained_of", ACCUSED, {"co_units": [3, 4]}, False),
    ("not_volunteered_yet", OWN | {"actor_unit_id": 3}, {}, True),
    ("not_volunteered_yet", OWN | {"actor_unit_id": 4}, {}, False),
    ("first_unit_answers_until_decided", {"first_unit_holds": False}, {}, True),
    ("first_unit_answers_until_decided", {"first_unit_holds": True}, {}, False),
    ("share_taken_by_outsider", share(3), {"co_units": [4]}, True),
    ("share_taken_by_outsider", share(3, is_open=False), {"co_units": [3]}, True),
    ("share_taken_by_outsider", share(3), {"co_units": [3]}, False),
    ("whistler_is_street", {"own_unit_kind": "street"}, {}, True),
    ("whistler_is_street", {"own_unit_kind": "town"}, {}, True),
    ("whistler_is_street", {"own_unit_kind": "department"}, {}, False),
    ("departments_may_be_called", CALLED, {"departments": [3, 4]}, True),
    ("departments_may_be_called", CALLED, {"departments": [3, 3]}, False),
    ("departments_may_be_called", CALLED, {"departments": [2]}, False),
]
