"""Guards of links, groups and restricted callers saying yes and no."""

from datetime import UTC, datetime, timedelta
from typing import Any

NOW = datetime(2025, 10, 9, 1, 0, tzinfo=UTC)
TICK = timedelta(microseconds=1)
SAME, REPEAT = {"main_ticket": 8, "link_kind": "same_fact"}, {"main_ticket": 8, "link_kind": "repeat"}


def beside(**other: Any) -> dict[str, Any]:
    """This ticket and the one that is named."""
    told = {"state": "handling", "confidential": False, "merged_into": None, "registered_at": NOW, "same_citizen": False, **other}
    row = {"confidential": False, "registered_at": NOW, "merged_into": None}
    return {"row": row, "link_other": told, "main_of_other": frozenset({"202510090000017"}), "earlier_reply": {"reply_text": "已修"}}


def row(**values: Any) -> dict[str, Any]:
    return {"row": values, "actor_id": 7}


RULES = {"restriction_grounds": frozenset({"abuse"}), "restriction_effects": frozenset({"no_urge"})}
LONGEST = {"now": NOW, "restriction_longest": timedelta(days=90)}
LINK_CASES: list[tuple[str, dict[str, Any], dict[str, Any], bool]] = [
    ("not_merged", row(merged_into=None), {}, True),
    ("not_merged", row(merged_into=8), {}, False),
    ("share_not_merged", {"share_is_merged": False}, {}, True),
    ("share_not_merged", {"share_is_merged": True}, {}, False),
    ("is_merged", row(merged_into=8), {}, True),
    ("is_merged", row(merged_into=None), {}, False),
    ("link_not_to_itself", {"case_id": 7}, SAME, True),
    ("link_not_to_itself", {"case_id": 8}, SAME, False),
    ("link_within_confidentiality", beside(), SAME, True),
    ("link_within_confidentiality", beside(confidential=True), SAME, False),
    ("link_is_new", {"link_standing": ""}, SAME, True),
    ("link_is_new", {"link_standing": "similar"}, SAME, False),
    ("main_is_no_joined_one", beside(), SAME, True),
    ("main_is_no_joined_one", beside(merged_into=9), SAME, False),
    ("main_is_no_joined_one", beside(merged_into=9), REPEAT, True),
    ("joined_one_is_no_main", row(joined=0), SAME, True),
    ("joined_one_is_no_main", row(joined=2), SAME, False),
    ("joined_one_is_no_main", row(joined=2), REPEAT, True),
    ("main_is_in_work", beside(), SAME, True),
    ("main_is_in_work", beside(state="suspended"), SAME, True),
    ("main_is_in_work", beside(state="completed"), SAME, False),
    ("main_is_in_work", beside(state="completed"), REPEAT, True),
    ("repeat_is_of_same_citizen", beside(), REPEAT, False),
    ("repeat_is_of_same_citizen", beside(same_citizen=True), REPEAT, True),
    ("repeat_is_of_same_citizen", beside(), SAME, True),
    ("repeat_came_later", beside(), REPEAT, True),
    ("repeat_came_later", beside(registered_at=NOW + TICK), REPEAT, False),
    ("repeat_came_later", beside(registered_at=NOW + TICK), SAME, True),
    ("joined_one_awaits_no_ruling", {"return_pending": False}, SAME, True),
    ("joined_one_awaits_no_ruling", {"return_pending": True}, SAME, False),
    ("joined_one_awaits_no_ruling", {"return_pending": True}, REPEAT, True),
    ("link_kind_merges", {}, SAME, True),
    ("link_kind_merges", {}, REPEAT, False),
    ("link_kind_does_not_merge", {}, REPEAT, True),
    ("link_kind_does_not_merge", {}, SAME, False),
    ("link_stands", {"link_standing": "repeat"}, SAME, True),
    ("link_stands", {"link_standing": ""}, SAME, False),
    ("link_holds_this_back", row(merged_into=8) | {"link_standing": "same_fact"}, SAME, True),
    ("link_holds_this_back", row(merged_into=9) | {"link_standing": "same_fact"}, SAME, False),
    ("link_holds_this_back", row(merged_into=8) | {"link_standing": "repeat"}, SAME, False),
    ("link_not_followed", {"link_standing": "same_fact"}, SAME, True),
    ("link_not_followed", {"link_standing": "followed"}, SAME, False),
    ("no_new_facts_stated", {}, {"no_new_facts": True}, True),
    ("no_new_facts_stated", {}, {"no_new_facts": False}, False),
    ("earlier_is_linked_as_repeat", {"link_standing": "repeat"}, REPEAT, True),
    ("earlier_is_linked_as_repeat", {"link_standing": "similar"}, REPEAT, False),
    ("earlier_was_replied", beside(state="closed"), REPEAT, True),
    ("earlier_was_replied", beside(state="handling"), REPEAT, False),
    ("earlier_was_replied", beside(state="closed") | {"earlier_reply": None}, REPEAT, False),
    ("within_repeat_window", {"now": NOW, "repeat_until": NOW + TICK}, REPEAT, True),
    ("within_repeat_window", {"now": NOW, "repeat_until": NOW}, REPEAT, False),
    ("within_repeat_window", {"now": NOW, "repeat_until": None}, REPEAT, False),
    ("earlier_reply_not_pending", row(earlier_reply_by=None), {}, True),
    ("earlier_reply_not_pending", row(earlier_reply_by=6), {}, False),
    ("earlier_reply_pending", row(earlier_reply_by=6), {}, True),
    ("earlier_reply_pending", row(earlier_reply_by=None), {}, False),
    ("earlier_reply_proposed_by_other", row(earlier_reply_by=6), {}, True),
    ("earlier_reply_proposed_by_other", row(earlier_reply_by=7), {}, False),
    ("repeat_is_called_back", {"repeat_callback": True}, {}, True),
    ("repeat_is_called_back", {"repeat_callback": False}, {}, False),
    ("owner_unit_is_active", {"active_unit_ids": frozenset({2})}, {"unit": 2}, True),
    ("owner_unit_is_active", {"active_unit_ids": frozenset({2})}, {"unit": 3}, False),
    ("owner_person_is_known", {"known_person_ids": frozenset({7})}, {"person": 7}, True),
    ("owner_person_is_known", {"known_person_ids": frozenset({7})}, {}, True),
    ("owner_person_is_known", {"known_person_ids": frozenset({7})}, {"person": 8}, False),
    ("pack_names_restrictions", RULES, {}, True),
    ("pack_names_restrictions", RULES | {"restriction_grounds": frozenset()}, {}, False),
    ("restriction_ground_is_named", RULES, {"restriction_ground": "abuse"}, True),
    ("restriction_ground_is_named", RULES, {"restriction_ground": "rude"}, False),
    ("restriction_effect_is_named", RULES, {"restriction_effect": "no_urge"}, True),
    ("restriction_effect_is_named", RULES, {"restriction_effect": "block"}, False),
    ("restriction_ends_later", {"now": NOW}, {"restricted_until": NOW + TICK}, True),
    ("restriction_ends_later", {"now": NOW}, {"restricted_until": NOW}, False),
    ("restriction_not_too_long", LONGEST, {"restricted_until": NOW + timedelta(days=90)}, True),
    ("restriction_not_too_long", LONGEST, {"restricted_until": NOW + timedelta(days=90) + TICK}, False),
    ("restriction_not_too_long", LONGEST | {"restriction_longest": None}, {"restricted_until": NOW + timedelta(days=900)}, True),
    ("restriction_proposed_by_other", row(proposed_by=6), {}, True),
    ("restriction_proposed_by_other", row(proposed_by=7), {}, False),
]
