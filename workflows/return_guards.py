"""Conditions of returning a share, of deciding about it, and of calling departments in."""

from workflows.vocabulary import Facts, Fields, Guard, guard

_WITH_UNITS = frozenset({"dispatched", "handling"})


def _window_open(facts: Facts, fields: Fields) -> bool:
    # A share whose pack names no window has no such clock, and may be returned at any time.
    windows = (clock for clock in facts["clocks"] if clock["name"] == "return_window_clock")
    return all(clock["due_at"] is None or facts["now"] < clock["due_at"] for clock in windows)


def _count_left(facts: Facts, fields: Fields) -> bool:
    return facts["returns_allowed"] is None or facts["returns_asked"] < facts["returns_allowed"]


def _none_pending(facts: Facts, fields: Fields) -> bool:
    return not any(child["kind"] == "return-request" and child["open"] for child in facts["children"])


def _ground_named(facts: Facts, fields: Fields) -> bool:
    return not facts["return_grounds"] or fields["return_ground"] in facts["return_grounds"]


def _suggestion_sound(facts: Facts, fields: Fields) -> bool:
    wanted = fields.get("suggested_unit")
    return wanted is None or (wanted in facts["active_unit_ids"] and wanted != facts["row"].get("unit_id"))


def _decided_by_another(facts: Facts, fields: Fields) -> bool:
    return facts["actor_unit_id"] is None or facts["actor_unit_id"] != facts["row"].get("unit_id")


def _invited(fields: Fields) -> frozenset[int]:
    return frozenset(fields.get("co_units") or ())


def _opinions_heard(facts: Facts) -> bool:
    row = facts["row"]
    return row.get("org_opinion_at") is not None and row.get("justice_opinion_at") is not None


def _last_opinion(facts: Facts, fields: Fields) -> bool:
    other = "justice_opinion_at" if fields["opinion_of"] == "org_office" else "org_opinion_at"
    return facts["row"].get(other) is not None


def _may_be_called(facts: Facts, fields: Fields) -> bool:
    return set(fields["departments"]) <= facts["callable_unit_ids"] and len(set(fields["departments"])) == len(fields["departments"])


RETURN_GUARDS: tuple[Guard, ...] = (
    guard(
        "not_designated", "row designated_may_return", "",
        "本单位系经裁定指定办理，不得再次退单。", "This unit was designated by adjudication: it cannot return the ticket again.",
        lambda facts, fields: not facts["row"].get("designated") or bool(facts["designated_may_return"]),
    ),
    guard(
        "within_return_window", "clocks now", "",
        "已超过规则包规定的退单期限（return_window_clock），不得退单。",
        "The time in which the pack lets a ticket be returned (return_window_clock) is over.",
        _window_open,
    ),
    guard(
        "returns_left", "returns_asked returns_allowed", "",
        "本单位对此单提出退单的次数已达规则包规定的上限（return_count）。",
        "This unit has asked as often as the pack lets it (return_count) to return this ticket.",
        _count_left,
    ),
    guard(
        "no_return_pending", "children", "",
        "退单申请已提出，正等待裁定。", "A return has already been asked for and awaits its decision.",
        _none_pending,
    ),
    guard(
        "return_ground_is_named", "return_grounds", "return_ground",
        "退单理由须为规则包列明的：{return_grounds}。", "A return needs one of the grounds that the pack names: {return_grounds}.",
        _ground_named,
    ),
    guard(
        "suggested_unit_is_another", "row active_unit_ids", "suggested_unit",
        "建议承办单位须为在用的其他单位。", "The unit suggested instead must be another one that is active.",
        _suggestion_sound,
    ),
    guard(
        "return_evidence_given", "return_evidence", "",
        "规则包规定退单须附证据（return_needs_evidence）：请本单位先上传附件。",
        "The pack wants evidence for a return (return_needs_evidence): attach it first.",
        lambda facts, fields: bool(facts["return_evidence"]),
    ),
    guard(
        "not_decided_by_asker", "row actor_unit_id", "",
        "申请退单的单位不得裁定自己的申请。", "The unit that asked may not decide about its own request.",
        _decided_by_another,
    ),
    guard(
        "reply_not_given_yet", "root_state", "",
        "主办单位已经答复，工单正待审核：请先审核，不能准予退单。",
        "The lead has replied and the ticket awaits review: review it first, the return cannot be upheld now.",
        lambda facts, fields: facts["root_state"] != "replied",
    ),
    guard(
        "ticket_not_suspended", "root_state", "",
        "工单正在挂账，各承办件随单暂停：恢复办理后再裁定退单；认为不应退单的，可以现在不予退单。",
        "The ticket is suspended and its shares stand still: resume it before the return is upheld; rejecting it is possible now.",
        lambda facts, fields: facts["root_state"] != "suspended",
    ),
    guard(
        "ticket_is_with_units", "root_state", "",
        "工单当前不在单位办理环节，不能另行派单。", "The ticket is not with the units now: it cannot be dispatched to another one.",
        lambda facts, fields: facts["root_state"] in _WITH_UNITS,
    ),
    guard(
        "another_unit_takes_it", "row", "lead_unit",
        "准予退单的，不得再派给申请退单的单位；确由其承担的，应不予退单或指定办理。",
        "An upheld return does not go back to the unit that asked: reject the request or designate the unit.",
        lambda facts, fields: fields.get("lead_unit") is None or fields["lead_unit"] != facts["row"].get("unit_id"),
    ),
    guard(
        "taken_over_by_somebody", "", "lead_unit co_units",
        "只写协办单位不能改派：请写明由哪个单位接手。", "Co-units alone take nothing over: name the unit that does.",
        lambda facts, fields: fields.get("lead_unit") is not None or not fields.get("co_units"),
        at="lead_unit",
    ),
    guard(
        "both_opinions_on_record", "row", "",
        "指定办理须有机构编制部门和司法行政部门的意见，现有记录不全。",
        "Designating needs the opinions of both the organisation office and the justice bureau on record.",
        lambda facts, fields: _opinions_heard(facts),
    ),
    guard("completes_the_opinions", "row", "opinion_of", "尚缺另一部门的意见。", "The other office has not spoken yet.", _last_opinion),
    guard(
        "invited_units_are_active", "active_unit_ids", "co_units",
        "有邀请单位不存在或已停用。", "An invited unit does not exist or is no longer active.",
        lambda facts, fields: _invited(fields) <= facts["active_unit_ids"],
    ),
    guard(
        "invited_not_complained_of", "complained_unit_ids", "co_units",
        "投诉举报不得邀请被反映的单位参与协商。", "The unit complained of is not invited to negotiate about the complaint.",
        lambda facts, fields: _invited(fields).isdisjoint(facts["complained_unit_ids"]),
    ),
    guard(
        "not_volunteered_yet", "row actor_unit_id", "",
        "本单位已主动领办。", "This unit has volunteered already.",
        lambda facts, fields: facts["actor_unit_id"] not in (facts["row"].get("volunteers") or ()),
    ),
    guard(
        "first_unit_answers_until_decided", "first_unit_holds", "",
        "首接负责制：退单申请待裁定期间，首接单位继续签收、联系和主办；请先裁定退单申请，再改派。",
        "First unit responsible: until its return is decided the first unit keeps the ticket; decide the request before reassigning.",
        lambda facts, fields: not facts["first_unit_holds"],
    ),
    guard(
        "share_taken_by_outsider", "children", "co_units",
        "接手单位已在承办此单，不能再接一份协办。", "The unit that should take the share has one of this ticket already.",
        lambda facts, fields: _invited(fields).isdisjoint(child.get("unit_id") for child in facts["children"] if child["open"]),
    ),
    guard(
        "whistler_is_street", "own_unit_kind", "",
        "吹哨须由镇街发起。", "Only a street or a town may whistle.",
        lambda facts, fields: facts["own_unit_kind"] in ("street", "town"),
    ),
    guard(
        "departments_may_be_called", "callable_unit_ids", "departments",
        "吹哨对象须为在用的部门、垂管单位或公用企业，未被本单投诉，且没有尚未完成的报到，不得重复填写。",
        "Only active departments, vertical units and utilities may be called, each once, none complained of or called already.",
        _may_be_called,
    ),
)  # fmt: skip
