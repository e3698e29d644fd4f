"""Conditions of links: what may be joined to what, when a demand is a repeated one, and who decides on groups and on callers."""

from datetime import timedelta
from typing import Any

from workflows.vocabulary import Facts, Fields, Guard, guard

_WORKED_ON = frozenset({"registered", "accepted", "dispatched", "handling", "replied", "suspended"})
_REPLIED = frozenset({"completed", "closed", "archived"})


def _other(facts: Facts) -> Any:
    """The ticket that is named; nothing stands in its place until one is."""
    return facts["link_other"] or {}


def _merges(fields: Fields) -> bool:
    return fields.get("link_kind") == "same_fact"


def _main_in_work(facts: Facts, fields: Fields) -> bool:
    return not _merges(fields) or _other(facts).get("state") in _WORKED_ON


def _same_citizen(facts: Facts, fields: Fields) -> bool:
    return fields.get("link_kind") != "repeat" or bool(_other(facts).get("same_citizen"))


def _later(facts: Facts, fields: Fields) -> bool:
    return fields.get("link_kind") != "repeat" or _other(facts)["registered_at"] <= facts["row"]["registered_at"]


def _not_longer(facts: Facts, fields: Fields) -> bool:
    longest: timedelta | None = facts["restriction_longest"]
    return longest is None or fields["restricted_until"] <= facts["now"] + longest


LINK_GUARDS: tuple[Guard, ...] = (
    guard(
        "not_merged", "row", "",
        "本单已并入主单，随主单一并办理；请在主单上操作，或者先解除并单。",
        "This ticket is joined to a main one and handled with it: act on the main one, or unlink this one first.",
        lambda facts, fields: facts["row"].get("merged_into") is None,
    ),
    guard(
        "share_not_merged", "share_is_merged", "",
        "所属工单已并入主单，随主单一并办理，本承办件暂停。",
        "The ticket is joined to a main one and handled with it: this share is at rest.",
        lambda facts, fields: not facts["share_is_merged"],
    ),
    guard(
        "is_merged", "row", "",
        "本单没有并入其他工单。", "This ticket is not joined to another one.",
        lambda facts, fields: facts["row"].get("merged_into") is not None,
    ),
    guard(
        "link_not_to_itself", "case_id", "main_ticket",
        "工单不能与自己关联。", "A ticket cannot be linked to itself.",
        lambda facts, fields: fields["main_ticket"] != facts["case_id"],
    ),
    guard(
        "link_within_confidentiality", "row link_other", "main_ticket",
        "保密工单与非保密工单不得关联。", "A confidential ticket and one that is not may not be linked.",
        lambda facts, fields: bool(facts["row"].get("confidential")) == bool(_other(facts).get("confidential")),
    ),
    guard(
        "link_is_new", "link_standing", "main_ticket",
        "这两件工单已经关联。", "These two tickets are linked already.",
        lambda facts, fields: not facts["link_standing"],
    ),
    guard(
        "main_is_no_joined_one", "link_other main_of_other", "main_ticket link_kind",
        "对方工单已并入 {main_of_other}，请并入该主单。", "The other ticket is itself joined to {main_of_other}: link to that main ticket.",
        lambda facts, fields: not _merges(fields) or _other(facts).get("merged_into") is None,
        at="main_ticket",
    ),
    guard(
        "joined_one_is_no_main", "row", "link_kind",
        "本单已是其他工单的主单，不能再并入别的工单；请先解除，或者把对方并入本单。",
        "Others are joined to this ticket: unlink them first, or join the other ticket to this one.",
        lambda facts, fields: not _merges(fields) or not facts["row"].get("joined"),
    ),
    guard(
        "main_is_in_work", "link_other", "main_ticket link_kind",
        "主单已经办结或者终结，不能再并入；请登记为重复件或者同类件。",
        "The main ticket has been completed or has ended: link as a repeated or similar one instead.",
        _main_in_work,
        at="main_ticket",
    ),
    guard(
        "repeat_is_of_same_citizen", "link_other", "main_ticket link_kind",
        "重复件须为同一诉求人（相同电话）的诉求。", "A repeated demand is one of the same citizen, known by the same telephone number.",
        _same_citizen,
        at="main_ticket",
    ),
    guard(
        "repeat_came_later", "row link_other", "main_ticket link_kind",
        "重复件应登记在后，前件应登记在先。", "The repeated demand is the later one, and the earlier one came before it.",
        _later,
        at="main_ticket",
    ),
    guard(
        "joined_one_awaits_no_ruling", "return_pending", "link_kind",
        "本单的退单申请尚待裁定，裁定之后才能并单。", "A return of this ticket awaits its ruling: it can be joined afterwards.",
        lambda facts, fields: not _merges(fields) or not facts["return_pending"],
    ),
    guard(
        "link_kind_merges", "", "link_kind",
        "此项用于同一事实的并单。", "This is for tickets about the same fact.",
        lambda facts, fields: _merges(fields),
    ),
    guard(
        "link_kind_does_not_merge", "", "link_kind",
        "只有待派单、待签收、办理中且尚未并单的工单可以并入主单。",
        "Only a ticket that is accepted, dispatched or being handled, and not joined yet, can be joined to a main one.",
        lambda facts, fields: not _merges(fields),
    ),
    guard(
        "link_stands", "link_standing", "main_ticket",
        "这两件工单没有关联。", "These two tickets are not linked.",
        lambda facts, fields: bool(facts["link_standing"]),
    ),
    guard(
        "link_holds_this_back", "row link_standing", "main_ticket",
        "本单不是随该主单办理的并单件。", "This ticket is not being handled with that main one.",
        lambda facts, fields: facts["link_standing"] == "same_fact" and facts["row"].get("merged_into") == fields["main_ticket"],
    ),
    guard(
        "link_not_followed", "link_standing", "main_ticket",
        "本单已随主单办结，并单不能解除；诉求人不满意的，可以重办本单。",
        "This ticket was completed with its main one: the link stays; if the citizen is dissatisfied, handle this one again.",
        lambda facts, fields: facts["link_standing"] != "followed",
    ),
    guard(
        "no_new_facts_stated", "", "no_new_facts",
        "有新的事实或者理由的，应当重新办理，不能以前次答复作答。",
        "With new facts it is handled anew and not answered with the earlier reply.",
        lambda facts, fields: fields["no_new_facts"] is True,
    ),
    guard(
        "earlier_is_linked_as_repeat", "link_standing", "main_ticket",
        "须先把本单登记为该前件的重复件。", "Link this ticket first as a repeat of that earlier one.",
        lambda facts, fields: facts["link_standing"] == "repeat",
    ),
    guard(
        "earlier_was_replied", "link_other earlier_reply", "main_ticket",
        "前件尚未办结答复，不能以前次答复作答。", "The earlier ticket has not been replied to yet.",
        lambda facts, fields: _other(facts).get("state") in _REPLIED and bool(facts["earlier_reply"]),
    ),
    guard(
        "within_repeat_window", "now repeat_until", "main_ticket",
        "已超过规则包规定的期限（或未作规定），应当重新办理。",
        "The time in which the pack lets an earlier reply serve again is over, or it names none: handle it anew.",
        lambda facts, fields: facts["repeat_until"] is not None and facts["now"] < facts["repeat_until"],
    ),
    guard(
        "earlier_reply_not_pending", "row", "",
        "已有以前次答复作答的申请待审批。", "Answering with the earlier reply has been proposed already and awaits approval.",
        lambda facts, fields: facts["row"].get("earlier_reply_by") is None,
    ),
    guard(
        "earlier_reply_pending", "row", "",
        "没有待审批的以前次答复作答的申请。", "Nobody has proposed to answer with the earlier reply.",
        lambda facts, fields: facts["row"].get("earlier_reply_by") is not None,
    ),
    guard(
        "earlier_reply_proposed_by_other", "row actor_id", "",
        "以前次答复作答须由他人审批。", "Answering with the earlier reply is approved by another person than who proposed it.",
        lambda facts, fields: facts["row"].get("earlier_reply_by") != facts["actor_id"],
    ),
    guard(
        "repeat_is_called_back", "repeat_callback", "",
        "规则包规定以前次答复作答的不再回访。", "The pack says that a demand answered with the earlier reply is not called back.",
        lambda facts, fields: bool(facts["repeat_callback"]),
    ),
    guard(
        "owner_unit_is_active", "active_unit_ids", "unit",
        "牵头单位不存在或已停用。", "The unit does not exist or is no longer active.",
        lambda facts, fields: fields["unit"] in facts["active_unit_ids"],
    ),
    guard(
        "owner_person_is_known", "known_person_ids", "person",
        "没有此责任人的账号。", "Whoever is to answer for it has no account.",
        lambda facts, fields: fields.get("person") is None or fields["person"] in facts["known_person_ids"],
    ),
    guard(
        "pack_names_restrictions", "restriction_grounds restriction_effects", "",
        "规则包没有列明限制来电的情形和措施，不得限制。", "The pack names no grounds and effects: no caller may be restricted.",
        lambda facts, fields: bool(facts["restriction_grounds"]) and bool(facts["restriction_effects"]),
    ),
    guard(
        "restriction_ground_is_named", "restriction_grounds", "restriction_ground",
        "限制情形须为规则包列明的：{restriction_grounds}。", "The ground must be one that the pack names: {restriction_grounds}.",
        lambda facts, fields: fields["restriction_ground"] in facts["restriction_grounds"],
    ),
    guard(
        "restriction_effect_is_named", "restriction_effects", "restriction_effect",
        "限制措施须为规则包列明的：{restriction_effects}。", "The effect must be one that the pack names: {restriction_effects}.",
        lambda facts, fields: fields["restriction_effect"] in facts["restriction_effects"],
    ),
    guard(
        "restriction_ends_later", "now", "restricted_until",
        "限制期限必须晚于现在。", "A restriction must end later than now.",
        lambda facts, fields: fields["restricted_until"] > facts["now"],
    ),
    guard(
        "restriction_not_too_long", "now restriction_longest", "restricted_until",
        "限制期限超过规则包规定的最长期限。", "The restriction would last longer than the pack allows.",
        _not_longer,
    ),
    guard(
        "restriction_proposed_by_other", "row actor_id", "",
        "限制来电须由他人审批。", "A restriction is approved by another person than who proposed it.",
        lambda facts, fields: facts["row"].get("proposed_by") != facts["actor_id"],
    ),
)  # fmt: skip
