"""Conditions of asking for a co-unit: the asker works on the ticket, and the other unit is free to help."""

from workflows.vocabulary import Facts, Fields, Guard, guard

_WITH_UNITS = frozenset({"dispatched", "handling"})


def helper(facts: Facts, fields: Fields) -> int:
    """The unit that is added: the one that was wished for, unless another is named."""
    unit: int = fields.get("helping_unit") or facts["row"]["wished_unit_id"]
    return unit


CO_REQUEST_GUARDS: tuple[Guard, ...] = (
    guard(
        "asked_while_with_units", "root_state", "",
        "工单当前不在单位办理环节，不能请求协办。", "The ticket is not with the units now: no co-unit can be asked for.",
        lambda facts, fields: facts["root_state"] in _WITH_UNITS,
    ),
    guard(
        "asked_by_the_lead", "row ticket_row", "",
        "只有主办单位可以请求协办，请与主办单位联系。", "Only the unit that leads asks for a co-unit: talk to it.",
        lambda facts, fields: facts["row"]["unit_id"] == facts["ticket_row"]["lead_unit_id"],
    ),
    guard(
        "wished_unit_is_another", "row", "wished_unit",
        "不能请求本单位协办。", "A unit does not ask for itself.",
        lambda facts, fields: fields["wished_unit"] != facts["row"]["unit_id"],
    ),
    guard(
        "wished_unit_is_active", "active_unit_ids", "wished_unit",
        "请求协办的单位不存在或已停用。", "The unit asked for does not exist, or is no longer active.",
        lambda facts, fields: fields["wished_unit"] in facts["active_unit_ids"],
    ),
    guard(
        "wished_unit_has_no_share", "sharing_unit_ids", "wished_unit",
        "该单位已在承办本单，无需再请求。", "That unit has a share of this ticket already.",
        lambda facts, fields: fields["wished_unit"] not in facts["sharing_unit_ids"],
    ),
    guard(
        "wished_unit_not_complained_of", "complained_unit_ids", "wished_unit",
        "投诉举报不得请求被反映的单位协办。", "A complaint may not be given to the unit complained of.",
        lambda facts, fields: fields["wished_unit"] not in facts["complained_unit_ids"],
    ),
    guard(
        "wish_is_new", "wished_unit_ids", "wished_unit",
        "已请求该单位协办，正等待派单员答复。", "That unit has been asked for already, and the dispatcher has not answered yet.",
        lambda facts, fields: fields["wished_unit"] not in facts["wished_unit_ids"],
    ),
    guard(
        "helping_unit_has_a_share", "row sharing_unit_ids", "helping_unit",
        "该单位还没有本单的承办件，请先加派。", "That unit has no share of this ticket yet: add it first.",
        lambda facts, fields: helper(facts, fields) in facts["sharing_unit_ids"],
    ),
)  # fmt: skip
