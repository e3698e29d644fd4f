"""Conditions asked of a ticket: of its units, its decline and termination, its claim, its review and its callback."""

from collections.abc import Iterator
from datetime import timedelta

from workflows.fields import URGENCIES
from workflows.vocabulary import Facts, Fields, Guard, guard

CLAIM_LASTS = timedelta(minutes=30)
AMENDABLE = ("title", "content", "purpose", "occurred_at", "subject", "enterprise", "reply_by")
_DISSATISFIED = frozenset({"dissatisfied", "very_dissatisfied"})


def _co_units(fields: Fields) -> tuple[int, ...]:
    return tuple(fields.get("co_units") or ())


def _lead(facts: Facts, fields: Fields) -> int | None:
    # A new round without a named lead goes back to the unit that had the last one.
    lead: int | None = fields.get("lead_unit") or facts["row"].get("lead_unit_id")
    return lead


def _active(facts: Facts, fields: Fields) -> bool:
    return _lead(facts, fields) in facts["active_unit_ids"]


def _distinct(facts: Facts, fields: Fields) -> bool:
    units = [_lead(facts, fields), *_co_units(fields)]
    return len(set(units)) == len(units)


def _not_complained_of(facts: Facts, fields: Fields) -> bool:
    return {_lead(facts, fields), *_co_units(fields)}.isdisjoint(facts["complained_unit_ids"])


def _complained_fields(facts: Facts, fields: Fields) -> Iterator[str]:
    if _lead(facts, fields) in facts["complained_unit_ids"]:
        yield "lead_unit"
    if not facts["complained_unit_ids"].isdisjoint(_co_units(fields)):
        yield "co_units"


def _within_undo(facts: Facts, fields: Fields) -> bool:
    return facts["undo_until"] is not None and facts["now"] < facts["undo_until"]


def _within_reopen(facts: Facts, fields: Fields) -> bool:
    return facts["reopen_until"] is None or facts["now"] < facts["reopen_until"]


def _not_claimed(facts: Facts, fields: Fields) -> bool:
    row = facts["row"]
    if row.get("claimed_by") in (None, facts["actor_id"]):
        return True
    return bool(facts["now"] >= row["claimed_at"] + CLAIM_LASTS)


def _not_by_handler(facts: Facts, fields: Fields) -> bool:
    if facts["actor_id"] is not None and facts["row"].get("answered_by") == facts["actor_id"]:
        return False
    return all(
        (child.get("unit_id") != facts["actor_unit_id"] or facts["actor_unit_id"] is None)
        and (child.get("person_id") != facts["actor_id"] or facts["actor_id"] is None)
        for child in facts["children"]
    )


def _evaluated(facts: Facts) -> bool:
    row = facts["row"]
    return bool(row.get("evaluated_round") == row["round"])


def _settled(facts: Facts, fields: Fields) -> bool:
    wanted, attempts = facts["callback_attempts_wanted"], facts["row"].get("callback_attempts") or 0
    return _evaluated(facts) or (wanted is not None and attempts >= wanted) or bool(fields.get("reason"))


def _content(facts: Facts, fields: Fields) -> bool:
    row = facts["row"]
    unhappy = _evaluated(facts) and (row.get("rating") in _DISSATISFIED or row.get("solved") is False)
    return not unhappy or bool(fields.get("reason"))


def _not_lowered(facts: Facts, fields: Fields) -> bool:
    wanted = fields.get("urgency")
    return wanted is None or URGENCIES.index(wanted) >= URGENCIES.index(facts["row"]["urgency"])


TICKET_GUARDS: tuple[Guard, ...] = (
    guard(
        "unit_is_active", "row active_unit_ids", "lead_unit",
        "主办单位不存在或已停用，不能派单。", "The lead unit does not exist or is no longer active.",
        _active,
    ),
    guard(
        "co_units_are_active", "active_unit_ids", "co_units",
        "有协办单位不存在或已停用，不能派单。", "A co-unit does not exist or is no longer active.",
        lambda facts, fields: set(_co_units(fields)) <= facts["active_unit_ids"],
    ),
    guard(
        "units_are_distinct", "row", "lead_unit co_units",
        "同一单位不能重复派单：主办与协办不得相同。", "A unit can be named only once: as lead or as co-unit.",
        _distinct,
        at="co_units",
    ),
    guard(
        "unit_not_complained_of", "row complained_unit_ids", "lead_unit co_units",
        "投诉举报不得派给被反映的单位办理。", "A complaint may not be dispatched to the unit complained of.",
        _not_complained_of,
        at=_complained_fields,
    ),
    guard(
        "lead_unit_known", "row", "lead_unit",
        "此单没有承办过的单位，重办须指定主办单位。", "No unit has handled this ticket yet: name the lead unit.",
        lambda facts, fields: _lead(facts, fields) is not None,
    ),
    guard(
        "lead_unit_differs", "row", "lead_unit",
        "改派单位与现主办单位相同。", "The ticket is already with this lead unit.",
        lambda facts, fields: fields["lead_unit"] != facts["row"].get("lead_unit_id"),
    ),
    guard(
        "within_undo_window", "now undo_until", "",
        "规则包规定的撤销派单时限已过（或未作规定），收回须说明理由。",
        "The time in which the pack lets a dispatch be undone is over, or it names none: recalling needs a reason.",
        _within_undo,
        at="reason",
    ),
    guard(
        "within_reopen_window", "now reopen_until", "",
        "已超过规则包规定的恢复办理期限，请另行登记工单。",
        "The time in which the pack lets a ticket be reopened is over: register a new ticket.",
        _within_reopen,
    ),
    guard(
        "is_own_dispatch", "row actor_id", "",
        "只有派单人本人可以撤销派单，其他人收回须说明理由。", "Only who dispatched may undo; anyone else needs a reason to recall.",
        lambda facts, fields: facts["row"].get("dispatched_by") == facts["actor_id"],
        at="reason",
    ),
    guard(
        "pack_names_grounds", "statutory_grounds", "",
        "本单所依的规则包没有列明不予受理的法定情形，不得不予受理。",
        "The pack of this ticket names no statutory ground: it may not be declined.",
        lambda facts, fields: bool(facts["statutory_grounds"]),
    ),
    guard(
        "ground_is_statutory", "statutory_grounds", "ground",
        "不予受理须有法定情形，规则包列明的是：{statutory_grounds}。",
        "Declining needs a statutory ground; the pack names: {statutory_grounds}.",
        lambda facts, fields: fields["ground"] in facts["statutory_grounds"],
    ),
    guard(
        "pack_names_targets", "transfer_targets", "",
        "本单所依的规则包没有列明紧急事项的转办去向，不得转办。",
        "The pack of this ticket names nobody to transfer an emergency to.",
        lambda facts, fields: bool(facts["transfer_targets"]),
    ),
    guard(
        "transfer_target_is_named", "transfer_targets", "transfer_to",
        "转办去向须为规则包列明的：{transfer_targets}。",
        "An emergency is transferred to one of those that the pack names: {transfer_targets}.",
        lambda facts, fields: fields["transfer_to"] in facts["transfer_targets"],
    ),
    guard(
        "not_already_claimed", "row actor_id now", "",
        "此单正由他人处理。", "Somebody else is working on this ticket.",
        _not_claimed,
    ),
    guard(
        "claimed_by_actor", "row actor_id", "",
        "此单不是由您领取的。", "You have not claimed this ticket.",
        lambda facts, fields: facts["row"].get("claimed_by") == facts["actor_id"],
    ),
    guard(
        "any_classification_given", "", "type category urgency labels",
        "请至少填写一项要修改的分类信息。", "Name at least one thing to reclassify.",
        lambda facts, fields: any(name in fields for name in ("type", "category", "urgency", "labels")),
    ),
    guard(
        "any_amendment_given", "", "title content purpose occurred_at subject enterprise reply_by",
        "请至少填写一项要修改的内容。", "Name at least one thing to amend.",
        lambda facts, fields: any(name in fields for name in AMENDABLE),
    ),
    guard(
        "urgency_not_lowered", "row", "urgency",
        "提级不能降低紧急程度。", "Escalating cannot lower the urgency.",
        _not_lowered,
    ),
    guard(
        "occurred_not_in_future", "now", "occurred_at",
        "发生时间不能晚于现在。", "It cannot have happened later than now.",
        lambda facts, fields: fields.get("occurred_at") is None or fields["occurred_at"] <= facts["now"],
    ),
    guard(
        "termination_not_pending", "row", "",
        "终止申请已提出，正等待审批。", "Termination has already been requested and awaits approval.",
        lambda facts, fields: facts["row"].get("termination_requested_by") is None,
    ),
    guard(
        "termination_pending", "row", "",
        "没有待审批的终止申请。", "No termination has been requested.",
        lambda facts, fields: facts["row"].get("termination_requested_by") is not None,
    ),
    guard(
        "termination_not_requested_by_actor", "row actor_id", "",
        "终止申请须由他人审批。", "A termination is approved by another person than who requested it.",
        lambda facts, fields: facts["row"].get("termination_requested_by") != facts["actor_id"],
    ),
    guard(
        "review_not_by_handler", "row children actor_id actor_unit_id", "",
        "承办单位和承办人不得审核自己的工单。", "Who handled a ticket may not review it.",
        _not_by_handler,
    ),
    guard(
        "callback_not_by_handler", "row children actor_id actor_unit_id", "",
        "承办单位和承办人不得回访自己的工单。", "Who handled a ticket may not call its citizen back.",
        _not_by_handler,
    ),
    guard(
        "one_evaluation_per_round", "row", "",
        "本轮办理已有评价，不能重复评价。", "This round has been evaluated already.",
        lambda facts, fields: not _evaluated(facts),
    ),
    guard(
        "callback_reached", "", "reached",
        "未接通诉求人，不能登记评价。", "The citizen was not reached: no answers can be recorded.",
        lambda facts, fields: fields.get("reached") is not False,
    ),
    guard(
        "callback_not_reached", "", "reached",
        "已接通诉求人，请登记三项回答。", "The citizen was reached: record the three answers.",
        lambda facts, fields: fields["reached"] is False,
    ),
    guard(
        "callback_settled", "row callback_attempts_wanted", "reason",
        "尚未完成回访：须有评价、规则包规定次数的未接通记录，或说明结案理由。",
        "The callback is not done: an evaluation, as many missed calls as the pack wants, or a reason for closing is needed.",
        _settled,
    ),
    guard(
        "dissatisfaction_answered", "row", "reason",
        "诉求人不满意或诉求未解决，结案须说明理由，否则应重办。",
        "The citizen is dissatisfied or the demand unsolved: closing needs a reason, otherwise handle it again.",
        _content,
    ),
)  # fmt: skip
