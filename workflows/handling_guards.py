"""Conditions of handling together and of pausing: who is below, what stands still, on which ground and until when."""

from collections.abc import Collection

from workflows.vocabulary import Facts, Fields, Guard, guard

_UNFINISHED = frozenset({"assigned", "handling", "submitted"})
# Who may decide on a suspension that is to be approved at which level.
_DECIDES = {"department": {"supervisor", "leader"}, "district": {"leader"}, "leader": {"leader"}}


def _new(units: Collection[int], sharing: frozenset[int]) -> bool:
    return len(set(units)) == len(units) and sharing.isdisjoint(units)


def _shares_below(facts: Facts) -> list[Facts]:
    return [child for child in facts["children"] if child["kind"] == "assignment" and child["open"]]


def _below_closed(facts: Facts, fields: Fields) -> bool:
    return bool(fields.get("co_open_reason")) or not any(child["state"] in _UNFINISHED for child in _shares_below(facts))


def _end_known(facts: Facts, fields: Fields) -> bool:
    terms = facts["pause_terms"]
    return terms["latest"] is not None or (fields.get("pause_until") or facts["row"].get("pause_until")) is not None


def _within_longest(facts: Facts, fields: Fields) -> bool:
    latest, asked = facts["pause_terms"]["latest"], fields.get("pause_until")
    return latest is None or asked is None or asked <= latest


def _pause_end_ahead(facts: Facts, fields: Fields) -> bool:
    asked = fields.get("pause_until") or facts["row"].get("pause_until")
    return asked is None or asked > facts["now"]


def _review_ahead(facts: Facts, fields: Fields) -> bool:
    review = fields.get("review_at") or facts["row"].get("suspended_until")
    return review is not None and review > facts["now"]


def _review_within(facts: Facts, fields: Fields) -> bool:
    review = fields.get("review_at") or facts["row"].get("suspended_until")
    return bool(review <= facts["suspension_latest_at"])


def _decides(facts: Facts, fields: Fields) -> bool:
    level = fields.get("approval_level") or facts["row"].get("suspension_level")
    return level in _DECIDES and not _DECIDES[level].isdisjoint(facts["actor_roles"])


HANDLING_GUARDS: tuple[Guard, ...] = (
    guard(
        "share_not_held", "row", "",
        "工单已挂账或并入他单，承办件随单暂停，恢复后方可办理。",
        "The ticket is suspended or joined to another: its shares stand still until it comes back.",
        lambda facts, fields: facts["row"].get("held_at") is None,
    ),
    guard(
        "added_units_are_new", "sharing_unit_ids", "co_units",
        "加派的单位不得重复，也不得是已在承办本单的单位。", "An added unit is named once, and has no open share of this ticket yet.",
        lambda facts, fields: _new(fields["co_units"], facts["sharing_unit_ids"]),
    ),
    guard(
        "added_units_not_complained_of", "complained_unit_ids", "co_units",
        "投诉举报不得加派给被反映的单位办理。", "A complaint may not be given to the unit complained of.",
        lambda facts, fields: facts["complained_unit_ids"].isdisjoint(fields["co_units"]),
    ),
    guard(
        "units_are_subordinate", "subordinate_unit_ids", "units",
        "只能下派给本单位在用的下级单位。", "A share is handed down only to active units directly below one's own.",
        lambda facts, fields: facts["subordinate_unit_ids"].issuperset(fields["units"]),
    ),
    guard(
        "units_have_no_share", "sharing_unit_ids", "units",
        "下派的单位不得重复，也不得是已在承办本单的单位。", "A unit is named once, and has no open share of this ticket yet.",
        lambda facts, fields: _new(fields["units"], facts["sharing_unit_ids"]),
    ),
    guard(
        "units_not_complained_of", "complained_unit_ids", "units",
        "投诉举报不得下派给被反映的单位办理。", "A complaint may not be handed down to the unit complained of.",
        lambda facts, fields: facts["complained_unit_ids"].isdisjoint(fields["units"]),
    ),
    guard(
        "units_are_below", "children", "units",
        "所列单位没有本单位下派的未结承办件。", "Not all of these units have an open share handed down by this one.",
        lambda facts, fields: {child["unit_id"] for child in _shares_below(facts)}.issuperset(fields["units"]),
    ),
    guard(
        "upper_share_is_handling", "parent_state", "",
        "上级单位的承办件已提交答复，不能再退回下级。", "The share above has been submitted: nothing below it can be sent back.",
        lambda facts, fields: facts["parent_state"] == "handling",
    ),
    guard(
        "below_closed_or_reason", "children", "co_open_reason",
        "下派的承办件尚未答复；先行答复须说明理由。", "A unit below has not replied yet: say why the reply does not wait for it.",
        _below_closed,
    ),
    guard(
        "share_not_paused", "row", "",
        "承办件正在中止计时，请先恢复计时。", "The share's clock is paused: end the pause first.",
        lambda facts, fields: facts["row"].get("paused_at") is None,
    ),
    guard(
        "share_paused", "row", "",
        "承办件没有中止计时。", "The share's clock is not paused.",
        lambda facts, fields: facts["row"].get("paused_at") is not None,
    ),
    guard(
        "pack_names_pause_grounds", "pause_grounds", "",
        "本单所依的规则包没有列明可以中止计时的情形。", "The pack of this ticket names no ground on which a clock may pause.",
        lambda facts, fields: bool(facts["pause_grounds"]),
    ),
    guard(
        "pause_ground_of_pack", "pause_grounds", "pause_ground",
        "中止计时须有规则包列明的情形：{pause_grounds}。", "A clock pauses only on a ground of the pack: {pause_grounds}.",
        lambda facts, fields: fields["pause_ground"] in facts["pause_grounds"],
    ),
    guard(
        "pause_ground_still_named", "row pause_grounds", "",
        "所申请的情形已不在规则包列明之列。", "The pack no longer names the ground that was asked for.",
        lambda facts, fields: facts["row"]["pause_ground"] in facts["pause_grounds"],
    ),
    guard(
        "pause_end_known", "row pause_terms", "pause_ground pause_until",
        "此情形没有最长期限，须写明中止至何时。", "This ground has no longest duration: say until when the clock pauses.",
        _end_known,
        at="pause_until",
    ),
    guard(
        "pause_end_ahead", "row now", "pause_until",
        "中止的截止时间须晚于现在。", "A pause ends later than now.",
        _pause_end_ahead,
    ),
    guard(
        "pause_within_longest", "pause_terms", "pause_until",
        "中止时间超过了规则包对此情形规定的最长期限。", "The pause is longer than the pack allows on this ground.",
        _within_longest,
    ),
    guard(
        "pause_needs_no_approval", "pause_terms", "",
        "此情形的中止须经审批。", "A pause on this ground is approved first.",
        lambda facts, fields: facts["pause_terms"] is not None and not facts["pause_terms"]["approval"],
    ),
    guard(
        "pause_not_pending", "row", "",
        "中止计时的申请已提出，正等待审批。", "A pause has already been requested and awaits approval.",
        lambda facts, fields: facts["row"].get("pause_requested_by") is None,
    ),
    guard(
        "pause_pending", "row", "",
        "没有待审批的中止申请。", "No pause has been requested.",
        lambda facts, fields: facts["row"].get("pause_requested_by") is not None,
    ),
    guard(
        "pause_not_by_asker", "row actor_id actor_unit_id", "",
        "中止申请须由申请单位以外的人审批。", "A pause is decided by somebody outside the unit that asked for it.",
        lambda facts, fields: facts["actor_id"] != facts["row"]["pause_requested_by"] and facts["actor_unit_id"] != facts["row"]["unit_id"],
    ),
    guard(
        "pack_lets_suspend", "suspension_latest_at", "",
        "本单所依的规则包没有规定挂账的最长期限，不得挂账。",
        "The pack of this ticket names no longest suspension: it may not be suspended.",
        lambda facts, fields: facts["suspension_latest_at"] is not None,
    ),
    guard(
        "suspension_review_ahead", "row now", "review_at",
        "复核日期须晚于现在。", "The review lies in the future.",
        _review_ahead,
    ),
    guard(
        "suspension_review_within", "row suspension_latest_at", "review_at",
        "复核日期超过了规则包规定的挂账最长期限。", "The review is later than the longest suspension of the pack.",
        _review_within,
    ),
    guard(
        "suspension_level_is_actors", "row actor_roles", "approval_level",
        "此层级的挂账不由您审批。", "A suspension at this level is not yours to decide.",
        _decides,
    ),
    guard(
        "suspension_level_is_requested", "row actor_roles", "",
        "此层级的挂账不由您审批。", "A suspension at this level is not yours to decide.",
        lambda facts, fields: _decides(facts, {}),
    ),
    guard(
        "suspension_not_pending", "row", "",
        "挂账申请已提出，正等待审批。", "A suspension has already been requested and awaits approval.",
        lambda facts, fields: facts["row"].get("suspension_requested_by") is None,
    ),
    guard(
        "suspension_pending", "row", "",
        "没有待审批的挂账申请。", "No suspension has been requested.",
        lambda facts, fields: facts["row"].get("suspension_requested_by") is not None,
    ),
    guard(
        "suspension_not_requested_by_actor", "row actor_id", "",
        "挂账申请须由他人审批。", "A suspension is approved by another person than who requested it.",
        lambda facts, fields: facts["row"].get("suspension_requested_by") != facts["actor_id"],
    ),
    guard(
        "suspended_while_handling", "row", "",
        "挂账前不在办理中。", "It was not being handled when it was suspended.",
        lambda facts, fields: facts["row"].get("suspended_from") == "handling",
    ),
    guard(
        "suspended_while_dispatched", "row", "",
        "挂账前不在待签收。", "It was not waiting for a signature when it was suspended.",
        lambda facts, fields: facts["row"].get("suspended_from") == "dispatched",
    ),
)  # fmt: skip
