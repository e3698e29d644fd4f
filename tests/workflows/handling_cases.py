"""Guards of handling together, of pauses, suspensions and extensions, saying yes and no."""

from datetime import UTC, datetime, timedelta
from typing import Any

NOW = datetime(2025, 10, 9, 1, 0, tzinfo=UTC)
DAY = timedelta(days=1)


def below(state: str, unit: int = 5, kind: str = "assignment") -> dict[str, Any]:
    return {"children": ({"kind": kind, "state": state, "unit_id": unit, "open": state not in ("recalled", "refused")},)}


def row(**columns: Any) -> dict[str, Any]:
    return {"row": columns, "now": NOW, "actor_id": 7, "actor_unit_id": 1}


def terms(latest: datetime | None = NOW + 5 * DAY, approval: bool = False) -> dict[str, Any]:
    return {"pause_terms": {"latest": latest, "approval": approval, "total": False}}


def level(wanted: str, *roles: str) -> dict[str, Any]:
    return {"row": {"suspension_level": wanted}, "actor_roles": frozenset(roles)}


def moved(until: datetime, **bounds: Any) -> dict[str, Any]:
    return {"handle_due_at": NOW, "extended_due_at": until, "city_due_day": frozenset(), "extension_latest_day": frozenset(), **bounds}


SHARING = {"sharing_unit_ids": frozenset({2})}
ACCUSED = {"complained_unit_ids": frozenset({4})}
GROUNDS = {"pause_grounds": frozenset({"awaiting_citizen"})}
LONGEST = {"suspension_latest_at": NOW + 5 * DAY, "row": {"suspended_until": None}}
HANDLING_CASES: list[tuple[str, dict[str, Any], dict[str, Any], bool]] = [
    ("share_not_held", row(held_at=None), {}, True),
    ("share_not_held", row(held_at=NOW), {}, False),
    ("added_units_are_new", SHARING, {"co_units": [3, 4]}, True),
    ("added_units_are_new", SHARING, {"co_units": [2]}, False),
    ("added_units_are_new", SHARING, {"co_units": [3, 3]}, False),
    ("added_units_not_complained_of", ACCUSED, {"co_units": [3]}, True),
    ("added_units_not_complained_of", ACCUSED, {"co_units": [3, 4]}, False),
    ("units_are_subordinate", {"subordinate_unit_ids": frozenset({5, 6})}, {"units": [5]}, True),
    ("units_are_subordinate", {"subordinate_unit_ids": frozenset({5, 6})}, {"units": [5, 7]}, False),
    ("units_have_no_share", SHARING, {"units": [5]}, True),
    ("units_have_no_share", SHARING, {"units": [5, 2]}, False),
    ("units_not_complained_of", ACCUSED, {"units": [5]}, True),
    ("units_not_complained_of", ACCUSED, {"units": [4]}, False),
    ("units_are_below", below("handling"), {"units": [5]}, True),
    ("units_are_below", below("recalled"), {"units": [5]}, False),
    ("upper_share_is_handling", {"parent_state": "handling"}, {}, True),
    ("upper_share_is_handling", {"parent_state": "submitted"}, {}, False),
    ("below_closed_or_reason", below("replied"), {}, True),
    ("below_closed_or_reason", below("requested", kind="extension"), {}, True),
    ("below_closed_or_reason", below("submitted"), {}, False),
    ("below_closed_or_reason", below("submitted"), {"co_open_reason": "已口头反馈"}, True),
    ("share_not_paused", row(paused_at=None), {}, True),
    ("share_not_paused", row(paused_at=NOW), {}, False),
    ("share_paused", row(paused_at=NOW), {}, True),
    ("share_paused", row(), {}, False),
    ("pack_names_pause_grounds", GROUNDS, {}, True),
    ("pack_names_pause_grounds", {"pause_grounds": frozenset()}, {}, False),
    ("pause_ground_of_pack", GROUNDS, {"pause_ground": "awaiting_citizen"}, True),
    ("pause_ground_of_pack", GROUNDS, {"pause_ground": "too_busy"}, False),
    ("pause_ground_still_named", GROUNDS | row(pause_ground="awaiting_citizen"), {}, True),
    ("pause_ground_still_named", GROUNDS | row(pause_ground="too_busy"), {}, False),
    ("pause_end_known", terms() | row(), {"pause_ground": "x"}, True),
    ("pause_end_known", terms(None) | row(), {"pause_ground": "x"}, False),
    ("pause_end_known", terms(None) | row(), {"pause_ground": "x", "pause_until": NOW}, True),
    ("pause_end_ahead", row(), {"pause_until": NOW + DAY}, True),
    ("pause_end_ahead", row(), {"pause_until": NOW}, False),
    ("pause_end_ahead", row(pause_until=NOW), {}, False),
    ("pause_within_longest", terms(), {"pause_until": NOW + 5 * DAY}, True),
    ("pause_within_longest", terms(), {"pause_until": NOW + 6 * DAY}, False),
    ("pause_within_longest", terms(None), {"pause_until": NOW + 600 * DAY}, True),
    ("pause_needs_no_approval", terms(), {}, True),
    ("pause_needs_no_approval", terms(approval=True), {}, False),
    ("pause_not_pending", row(), {}, True),
    ("pause_not_pending", row(pause_requested_by=8), {}, False),
    ("pause_pending", row(pause_requested_by=8), {}, True),
    ("pause_pending", row(), {}, False),
    ("pause_not_by_asker", row(pause_requested_by=8, unit_id=2), {}, True),
    ("pause_not_by_asker", row(pause_requested_by=7, unit_id=2), {}, False),
    ("pause_not_by_asker", row(pause_requested_by=8, unit_id=1), {}, False),
    ("pack_lets_suspend", LONGEST, {}, True),
    ("pack_lets_suspend", {"suspension_latest_at": None}, {}, False),
    ("suspension_review_ahead", row(), {"review_at": NOW + DAY}, True),
    ("suspension_review_ahead", row(), {"review_at": NOW}, False),
    ("suspension_review_ahead", row(suspended_until=NOW), {}, False),
    ("suspension_review_within", LONGEST, {"review_at": NOW + 5 * DAY}, True),
    ("suspension_review_within", LONGEST, {"review_at": NOW + 6 * DAY}, False),
    ("suspension_level_is_actors", level("", "supervisor"), {"approval_level": "department"}, True),
    ("suspension_level_is_actors", level("", "supervisor"), {"approval_level": "district"}, False),
    ("suspension_level_is_actors", level("", "leader"), {"approval_level": "leader"}, True),
    ("suspension_level_is_requested", level("district", "leader"), {}, True),
    ("suspension_level_is_requested", level("district", "supervisor"), {}, False),
    ("suspension_not_pending", row(), {}, True),
    ("suspension_not_pending", row(suspension_requested_by=8), {}, False),
    ("suspension_pending", row(suspension_requested_by=8), {}, True),
    ("suspension_pending", row(), {}, False),
    ("suspension_not_requested_by_actor", row(suspension_requested_by=8), {}, True),
    ("suspension_not_requested_by_actor", row(suspension_requested_by=7), {}, False),
    ("suspended_while_handling", row(suspended_from="handling"), {}, True),
    ("suspended_while_handling", row(suspended_from="dispatched"), {}, False),
    ("suspended_while_dispatched", row(suspended_from="dispatched"), {}, True),
    ("suspended_while_dispatched", row(suspended_from="handling"), {}, False),
    ("extended_share_not_held", {"share_is_held": False}, {}, True),
    ("extended_share_not_held", {"share_is_held": True}, {}, False),
    ("extension_before_submitting", {"state": "handling"}, {}, True),
    ("extension_before_submitting", {"state": "submitted"}, {}, False),
    ("share_has_limit", {"handle_due_at": NOW}, {}, True),
    ("share_has_limit", {"handle_due_at": None}, {}, False),
    ("extension_before_due", {"now": NOW, "handle_due_at": NOW + DAY, "extension_before_due_only": True}, {}, True),
    ("extension_before_due", {"now": NOW, "handle_due_at": NOW, "extension_before_due_only": True}, {}, False),
    ("extension_before_due", {"now": NOW, "handle_due_at": NOW, "extension_before_due_only": False}, {}, True),
    ("extension_not_pending", below("refused", kind="extension"), {}, True),
    ("extension_not_pending", below("requested", kind="extension"), {}, False),
    ("extension_count_left", {"extensions_left": 1}, {}, True),
    ("extension_count_left", {"extensions_left": 0}, {}, False),
    ("extension_moves_the_limit", moved(NOW + DAY), {"new_due_at": NOW}, True),
    ("extension_moves_the_limit", moved(NOW), {"new_due_at": NOW}, False),
    ("extension_not_past_city", moved(NOW + DAY, city_due_at=NOW + DAY), {"new_due_at": NOW}, True),
    ("extension_not_past_city", moved(NOW + DAY, city_due_at=None), {"new_due_at": NOW}, True),
    ("extension_not_past_city", moved(NOW + DAY, city_due_at=NOW), {"new_due_at": NOW}, False),
    ("extension_not_past_upper", moved(NOW + DAY, upper_due_at=None), {"new_due_at": NOW}, True),
    ("extension_not_past_upper", moved(NOW + DAY, upper_due_at=NOW), {"new_due_at": NOW}, False),
    ("extension_not_longer_than_limit", moved(NOW + DAY, extension_latest_at=NOW + DAY), {"new_due_at": NOW}, True),
    ("extension_not_longer_than_limit", moved(NOW + DAY, extension_latest_at=NOW), {"new_due_at": NOW}, False),
    ("extension_not_decided_by_asker", row(unit_id=2, requested_by=8), {}, True),
    ("extension_not_decided_by_asker", row(unit_id=1, requested_by=8), {}, False),
    ("extension_not_decided_by_asker", row(unit_id=2, requested_by=7), {}, False),
    ("grant_not_longer_than_asked", row(new_due_at=NOW), {}, True),
    ("grant_not_longer_than_asked", row(new_due_at=NOW), {"new_due_at": NOW + DAY}, False),
]
