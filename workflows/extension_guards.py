"""Conditions of an extension: asked in time, as often and as far as the pack lets, never past the city's date; decided by others."""

from workflows.vocabulary import Facts, Fields, Guard, guard


def _before_due(facts: Facts, fields: Fields) -> bool:
    return not facts["extension_before_due_only"] or bool(facts["now"] < facts["handle_due_at"])


def _not_past(name: str, facts: Facts) -> bool:
    return facts[name] is None or bool(facts["extended_due_at"] <= facts[name])


def _decided_by_others(facts: Facts, fields: Fields) -> bool:
    row = facts["row"]
    return bool(facts["actor_unit_id"] != row["unit_id"] and facts["actor_id"] != row["requested_by"])


EXTENSION_GUARDS: tuple[Guard, ...] = (
    guard(
        "extended_share_not_held", "share_is_held", "",
        "工单已挂账或并入他单，办理时限停止计算，没有可以顺延的日期：恢复后再准予延期；不同意的，可以现在不予延期。",
        "The ticket is suspended or joined to another: its limit has no date to be moved. Grant it afterwards, or refuse it now.",
        lambda facts, fields: not facts["share_is_held"],
    ),
    guard(
        "extension_before_submitting", "", "",
        "答复已提交本单位审签，办理时限停止计算，不再申请延期；需要继续办理的，由审签人退回承办人后再申请。",
        "The reply awaits your unit's signature and the limit stands still: have it sent back to the handler before asking for more time.",
        lambda facts, fields: facts["state"] != "submitted",
    ),
    guard(
        "share_has_limit", "handle_due_at", "",
        "此承办件没有办理时限，无需延期。", "This share has no limit that could be extended.",
        lambda facts, fields: facts["handle_due_at"] is not None,
    ),
    guard(
        "extension_before_due", "now handle_due_at extension_before_due_only", "",
        "办理时限已过，不能再申请延期。", "The deadline has passed: an extension is asked for before it.",
        _before_due,
    ),
    guard(
        "extension_not_pending", "children", "",
        "已有延期申请正等待审批。", "An extension has already been asked for and awaits the decision.",
        lambda facts, fields: not any(child["kind"] == "extension" and child["open"] for child in facts["children"]),
    ),
    guard(
        "extension_count_left", "extensions_left", "",
        "延期次数已用完。", "This share has been extended as often as the pack lets.",
        lambda facts, fields: facts["extensions_left"] > 0,
    ),
    guard(
        "extension_moves_the_limit", "handle_due_at extended_due_at", "new_due_at",
        "新的办理期限须晚于现有期限。", "The new deadline is not later than the present one.",
        lambda facts, fields: facts["extended_due_at"] > facts["handle_due_at"],
    ),
    guard(
        "extension_not_past_city", "city_due_at city_due_day extended_due_at", "new_due_at",
        "延期不得超过市级时限（{city_due_day}）。", "An extension may not go past the city's deadline ({city_due_day}).",
        lambda facts, fields: _not_past("city_due_at", facts),
    ),
    guard(
        "extension_not_past_upper", "upper_due_at extended_due_at", "new_due_at",
        "下派的承办件不得延期到上级单位的办理时限之后。", "A share handed down may not go past the limit of the unit above.",
        lambda facts, fields: _not_past("upper_due_at", facts),
    ),
    guard(
        "extension_not_longer_than_limit", "extension_latest_at extension_latest_day extended_due_at", "new_due_at",
        "延长的时间不得超过原办理时限，最晚到{extension_latest_day}。",
        "An extension is not longer than the original limit, at the latest until {extension_latest_day}.",
        lambda facts, fields: _not_past("extension_latest_at", facts),
    ),
    guard(
        "extension_not_decided_by_asker", "row actor_id actor_unit_id", "",
        "延期申请须由申请单位以外的人审批。", "An extension is decided by somebody outside the unit that asked for it.",
        _decided_by_others,
    ),
    guard(
        "grant_not_longer_than_asked", "row", "new_due_at",
        "准予的期限不得晚于所申请的期限。", "What is granted is not later than what was asked for.",
        lambda facts, fields: fields.get("new_due_at") is None or fields["new_due_at"] <= facts["row"]["new_due_at"],
    ),
)  # fmt: skip
