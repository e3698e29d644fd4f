"""Every guard of callbacks and of what follows dissatisfaction, saying yes and no."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

NOW = datetime(2025, 10, 9, 1, 0, tzinfo=UTC)
TICK = timedelta(microseconds=1)
THREE = frozenset({"satisfied", "basically_satisfied", "dissatisfied"})
ENDS = {"calls_that_end": frozenset({"dead_number", "refused"})}
SHARE = {"unit_id": 2, "person_id": 9}
STRANGER = {"ticket_row": {"answered_by": None}, "ticket_shares": (SHARE,), "actor_id": 7, "actor_unit_id": 1}
CODES = {"reason_codes": frozenset({"slow"})}
GROUNDS = {"no_further_grounds": frozenset({"within_policy"})}
UNHAPPY = {"row": {"round": 2, "dissatisfied_round": 2}}
CALLED = {"kind": "callback", "round": 2, "state": "unreachable"}

CALLBACK_CASES: list[tuple[str, dict[str, Any], dict[str, Any], bool]] = [
    ("callback_not_rated", {"row": {"rated_at": None}}, {}, True),
    ("callback_not_rated", {"row": {"rated_at": NOW}}, {}, False),
    ("callback_not_expired", {"state": "queued", "row": {"expires_at": NOW + TICK}, "now": NOW}, {}, True),
    ("callback_not_expired", {"state": "unreachable", "row": {"expires_at": None}, "now": NOW}, {}, True),
    ("callback_not_expired", {"state": "unreachable", "row": {"expires_at": NOW}, "now": NOW}, {}, False),
    ("callback_not_expired", {"state": "expired", "row": {"expires_at": NOW + TICK}, "now": NOW}, {}, False),
    ("ticket_awaits_callback", {"parent_state": "completed"}, {}, True),
    ("ticket_awaits_callback", {"parent_state": "closed"}, {}, False),
    ("ticket_takes_rating", {"parent_state": "closed"}, {}, True),
    ("ticket_takes_rating", {"parent_state": "archived"}, {}, False),
    ("called_by_a_stranger", STRANGER, {}, True),
    ("called_by_a_stranger", STRANGER | {"actor_unit_id": 2}, {}, False),
    ("called_by_a_stranger", STRANGER | {"actor_id": 9}, {}, False),
    ("called_by_a_stranger", STRANGER | {"ticket_row": {"answered_by": 7}}, {}, False),
    ("callback_claimed_by_nobody_else", {"row": {"claimed_by": None}, "actor_id": 7}, {}, True),
    ("callback_claimed_by_nobody_else", {"row": {"claimed_by": 7}, "actor_id": 7}, {}, True),
    ("callback_claimed_by_nobody_else", {"row": {"claimed_by": 8}, "actor_id": 7}, {}, False),
    ("may_be_called_now", {"row": {"next_call_at": None}, "now": NOW, "callable_from": ()}, {}, True),
    ("may_be_called_now", {"row": {"next_call_at": NOW}, "now": NOW, "callable_from": ()}, {}, True),
    ("may_be_called_now", {"row": {"next_call_at": NOW + TICK}, "now": NOW, "callable_from": ()}, {}, False),
    ("citizen_was_reached", {}, {}, True),
    ("citizen_was_reached", {}, {"call_outcome": "reached"}, True),
    ("citizen_was_reached", {}, {"call_outcome": "no_answer"}, False),
    ("rating_is_on_scale", {"ratings_allowed": THREE}, {"rating": "satisfied"}, True),
    ("rating_is_on_scale", {"ratings_allowed": THREE}, {}, True),
    ("rating_is_on_scale", {"ratings_allowed": THREE}, {"rating": "very_satisfied"}, False),
    ("manner_is_on_scale", {"ratings_allowed": THREE}, {}, True),
    ("manner_is_on_scale", {"ratings_allowed": THREE}, {"manner_rating": "very_dissatisfied"}, False),
    ("reasons_are_listed", CODES, {"reasons": ["slow"]}, True),
    ("reasons_are_listed", CODES, {"reasons": ["slow", "weather"]}, False),
    ("reasons_are_listed", {"reason_codes": frozenset()}, {"reasons": ["weather"]}, True),
    ("dissatisfaction_has_reasons", CODES | {"reasons_required": True}, {"rating": "dissatisfied", "solved": True}, False),
    ("dissatisfaction_has_reasons", CODES | {"reasons_required": True}, {"rating": "satisfied", "solved": False}, False),
    ("dissatisfaction_has_reasons", CODES | {"reasons_required": True}, {"rating": "dissatisfied", "reasons": ["slow"]}, True),
    ("dissatisfaction_has_reasons", CODES | {"reasons_required": True}, {"rating": "satisfied", "solved": True}, True),
    ("dissatisfaction_has_reasons", CODES | {"reasons_required": False}, {"rating": "dissatisfied"}, True),
    ("callback_still_tried", {"state": "claimed"}, {}, True),
    ("callback_still_tried", {"state": "unreachable"}, {}, False),
    ("call_was_missed", ENDS, {"call_outcome": "no_answer"}, True),
    ("call_was_missed", ENDS, {"call_outcome": "refused"}, False),
    ("call_was_missed", {"calls_that_end": frozenset()}, {"call_outcome": "refused"}, True),
    ("call_was_missed", ENDS, {"call_outcome": "call_later"}, False),
    ("call_ends_it", ENDS, {"call_outcome": "dead_number"}, True),
    ("call_ends_it", ENDS, {"call_outcome": "no_answer"}, False),
    ("calls_are_left", {"row": {"attempts": 1}, "callback_attempts_wanted": 3}, {}, True),
    ("calls_are_left", {"row": {"attempts": 2}, "callback_attempts_wanted": 3}, {}, False),
    ("calls_are_left", {"row": {"attempts": 9}, "callback_attempts_wanted": None}, {}, True),
    ("call_was_the_last", {"row": {"attempts": 2}, "callback_attempts_wanted": 3}, {}, True),
    ("call_was_the_last", {"row": {"attempts": 1}, "callback_attempts_wanted": 3}, {}, False),
    ("call_was_put_off", {}, {"call_outcome": "call_later"}, True),
    ("call_was_put_off", {}, {"call_outcome": "refused"}, False),
    ("call_again_in_time", {"row": {"expires_at": None}, "now": NOW}, {"call_at": NOW + TICK}, True),
    ("call_again_in_time", {"row": {"expires_at": None}, "now": NOW}, {"call_at": NOW}, False),
    ("call_again_in_time", {"row": {"expires_at": NOW + TICK}, "now": NOW}, {"call_at": NOW + TICK}, False),
    ("evaluation_is_dissatisfied", {}, {"rating": "very_dissatisfied"}, True),
    ("evaluation_is_dissatisfied", {}, {"rating": "satisfied", "solved": False}, True),
    ("evaluation_is_dissatisfied", {}, {"rating": "basically_satisfied"}, False),
    ("callback_concluded", {"row": {"round": 2, "evaluated_round": 2}, "children": ()}, {}, True),
    ("callback_concluded", {"row": {"round": 2, "evaluated_round": 1}, "children": (CALLED,)}, {}, True),
    ("callback_concluded", {"row": {"round": 2, "evaluated_round": 1}, "children": (CALLED | {"round": 1},)}, {}, False),
    ("callback_concluded", {"row": {"round": 2}, "children": (CALLED | {"state": "claimed"},)}, {}, False),
    ("callback_concluded", {"row": {"round": 2}, "children": ()}, {"reason": "不需回访"}, True),
    ("no_further_ground_is_listed", GROUNDS, {}, True),
    ("no_further_ground_is_listed", GROUNDS, {"no_further_ground": "within_policy"}, True),
    ("no_further_ground_is_listed", GROUNDS, {"no_further_ground": "tired"}, False),
    ("dissatisfaction_decided", {"row": {"round": 2, "dissatisfied_round": 1}} | GROUNDS, {}, True),
    ("dissatisfaction_decided", UNHAPPY | GROUNDS, {"reason": "已解释"}, False),
    ("dissatisfaction_decided", UNHAPPY | GROUNDS, {"no_further_ground": "within_policy"}, False),
    ("dissatisfaction_decided", UNHAPPY | GROUNDS, {"reason": "已解释", "no_further_ground": "within_policy"}, True),
    ("dissatisfaction_decided", UNHAPPY | {"no_further_grounds": frozenset()}, {"reason": "已解释"}, True),
    ("dissatisfaction_stands", UNHAPPY, {}, True),
    ("dissatisfaction_stands", {"row": {"round": 2, "dissatisfied_round": 1}}, {}, False),
    ("studied_before_rehandling", {"row": {"round": 1}, "study_wanted_from": 2}, {}, True),
    ("studied_before_rehandling", {"row": {"round": 2, "studied_round": 2}, "study_wanted_from": 2}, {}, True),
    ("studied_before_rehandling", {"row": {"round": 3, "studied_round": 2}, "study_wanted_from": 2}, {}, False),
    ("studied_before_rehandling", {"row": {"round": 9}, "study_wanted_from": None}, {}, True),
    ("a_round_was_completed", {"row": {"round": 1, "completed_at": NOW}}, {}, True),
    ("a_round_was_completed", {"row": {"round": 2, "completed_at": None}}, {}, True),
    ("a_round_was_completed", {"row": {"round": 1, "completed_at": None}}, {}, False),
    ("evaluated_in_the_past", {"now": NOW}, {"evaluated_at": NOW}, True),
    ("evaluated_in_the_past", {"now": NOW}, {"evaluated_at": NOW + TICK}, False),
]
