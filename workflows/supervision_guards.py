"""Conditions asked of supervision: who may open, raise and clear it, with what evidence; and who reviews or calls back a raised ticket."""

from typing import Any

from workflows.supervision_fields import SUPERVISION_LEVELS
from workflows.vocabulary import Facts, Fields, Guard, guard

NEEDS_LEADER = frozenset({"listed", "leader"})
_HIGHER = frozenset({"supervisor", "leader"})


def _now_or_before(facts: Facts, fields: Fields, name: str, column: str) -> Any:
    return fields.get(name) if fields.get(name) is not None else facts["row"].get(column)


def _incomplete(facts: Facts, fields: Fields) -> list[str]:
    asked = (("unit", "unit_id"), ("report_due_at", "report_due_at"), ("level", "level"))
    return [name for name, column in asked if _now_or_before(facts, fields, name, column) is None]


def _complete(facts: Facts, fields: Fields) -> bool:
    return not _incomplete(facts, fields)


def _approved(facts: Facts, fields: Fields) -> bool:
    level = fields.get("level") or facts["row"].get("level")
    # What a leader has put in writing needs no second word from him.
    return level not in NEEDS_LEADER or "leader" in facts["actor_roles"] or facts["row"].get("supervision_source") == "instruction"


def _unit_once(facts: Facts, fields: Fields) -> bool:
    others = _now_or_before(facts, fields, "co_units", "co_unit_ids")
    return _now_or_before(facts, fields, "unit", "unit_id") not in (others or ())


def _due_ahead(facts: Facts, fields: Fields) -> bool:
    due = _now_or_before(facts, fields, "report_due_at", "report_due_at")
    return due is None or bool(due > facts["now"])


def _not_the_handler(facts: Facts, fields: Fields) -> bool:
    row = facts["row"]
    units = {row.get("unit_id"), *(row.get("co_unit_ids") or ())} - {None}
    return facts["actor_unit_id"] not in units and facts["actor_id"] not in (row.get("handled_by"), row.get("reported_by"))


def _has_evidence(facts: Facts, fields: Fields) -> bool:
    return facts["attachment_count"] > 0 or (bool(fields.get("evidence")) and fields.get("on_site") is True)


def _milestone(facts: Facts, fields: Fields) -> bool:
    return any(each["number"] == fields["milestone_number"] and each["done_at"] is None for each in facts["row"]["milestones"] or ())


def _raised(facts: Facts, fields: Fields) -> bool:
    before = facts["row"].get("level") or SUPERVISION_LEVELS[0]
    return SUPERVISION_LEVELS.index(fields["level"]) > SUPERVISION_LEVELS.index(before)


def _one_supervision(facts: Facts, fields: Fields) -> bool:
    return not any(child["kind"] == "supervision" and child["open"] for child in facts["children"])


def _review_level(facts: Facts, fields: Fields) -> bool:
    return "elevated_review" not in (facts["row"].get("elevations") or ()) or not _HIGHER.isdisjoint(facts["actor_roles"])


def _leader_reviews(facts: Facts, fields: Fields) -> bool:
    return "elevated_review" in (facts["row"].get("elevations") or ()) or facts["actor_roles"] != {"leader"}


def _callback_level(facts: Facts, fields: Fields) -> bool:
    ticket = facts["ticket_row"]
    raised = "elevated_callback" in (ticket.get("elevations") or ())
    # A citizen who rates by himself is called by nobody.
    high = facts["actor_id"] in (None, 0) or not _HIGHER.isdisjoint(facts["actor_roles"])
    return not raised or high or facts["actor_id"] == ticket.get("callback_person_id")


SUPERVISION_GUARDS: tuple[Guard, ...] = (
    guard(
        "supervision_is_complete", "row", "unit level report_due_at",
        "交办须明确责任单位、督办级别和反馈时限。", "Before it is handed out, name the responsible unit, the level and when to report.",
        _complete,
        at=_incomplete,
    ),
    guard(
        "level_is_approved", "row actor_roles", "level",
        "挂牌督办、领导督办须由领导批准。", "Listed supervision and supervision by a leader need a leader's approval.",
        _approved,
    ),
    guard(
        "level_stays_with_leader", "row actor_roles", "",
        "挂牌督办、领导督办的延期、改派和撤销须由领导批准。",
        "Listed supervision and that by a leader are extended, reassigned or withdrawn by a leader only.",
        _approved,
    ),
    guard(
        "named_unit_is_active", "active_unit_ids", "unit",
        "单位不存在或已停用。", "The unit does not exist or is no longer active.",
        lambda facts, fields: fields.get("unit") is None or fields["unit"] in facts["active_unit_ids"],
    ),
    guard(
        "another_unit_is_named", "row", "unit",
        "改派的责任单位须不同于现责任单位和配合单位。", "The new unit is another than the responsible one and those that assist.",
        lambda facts, fields: fields["unit"] not in (facts["row"].get("unit_id"), *(facts["row"].get("co_unit_ids") or ())),
    ),
    guard(
        "assisting_units_are_active", "active_unit_ids", "co_units",
        "有配合单位不存在或已停用。", "A unit that is to assist does not exist or is no longer active.",
        lambda facts, fields: set(fields.get("co_units") or ()) <= facts["active_unit_ids"],
    ),
    guard(
        "named_units_are_active", "active_unit_ids", "units",
        "有单位不存在或已停用。", "A unit does not exist or is no longer active.",
        lambda facts, fields: set(fields.get("units") or ()) <= facts["active_unit_ids"],
    ),
    guard(
        "supervised_units_are_distinct", "row", "unit co_units",
        "责任单位与配合单位不得相同。", "The responsible unit cannot also be one that assists.",
        _unit_once,
        at="co_units",
    ),
    guard(
        "report_due_is_ahead", "row now", "report_due_at",
        "反馈时限须晚于现在。", "When to report must lie ahead.",
        _due_ahead,
    ),
    guard(
        "report_due_is_later", "row", "report_due_at",
        "新的反馈时限须晚于原定时限。", "The new date must be later than the one that was set.",
        lambda facts, fields: bool(fields["report_due_at"] > facts["row"]["report_due_at"]),
    ),
    guard(
        "verifier_is_not_handler", "row actor_id actor_unit_id", "",
        "核查、销号人不得是承办人，也不得属于责任单位或配合单位。",
        "Who verifies and clears may be neither the handler nor of the responsible or an assisting unit.",
        _not_the_handler,
    ),
    guard(
        "clearing_has_evidence", "attachment_count", "evidence on_site",
        "没有依据不得销号：须有附件，或者写明依据并经现场核查。",
        "Supervision is not cleared without evidence: an attachment, or a note of the evidence and a check on site.",
        _has_evidence,
        at="evidence on_site",
    ),
    guard(
        "milestones_are_reached", "row", "",
        "还有未完成的节点，不得销号。", "A milestone has not been reached: it is not cleared.",
        lambda facts, fields: all(each["done_at"] is not None for each in facts["row"]["milestones"] or ()),
    ),
    guard(
        "milestone_is_open", "row", "milestone_number",
        "没有此节点，或者已经完成。", "There is no such milestone, or it has been reached.",
        _milestone,
    ),
    guard(
        "level_is_raised", "row", "level",
        "督办级别只能提高。", "A level of supervision can only be raised.",
        _raised,
    ),
    guard(
        "not_yet_supervised", "children", "",
        "本单已有未销号的督办，不重复立项。", "This ticket is under supervision already: no second one is opened.",
        _one_supervision,
    ),
    guard(
        "any_elevation_named", "elevation_proposed", "measures",
        "没有可采取的提级措施：请选择，或者由规则包提出。", "No measure: name one, or let the pack propose it.",
        lambda facts, fields: bool(fields.get("measures")) or bool(facts["elevation_proposed"]),
    ),
    guard(
        "review_level_met", "row actor_roles", "",
        "提级审核件须由督办员或领导审核，审核员不能审核。",
        "This ticket's review is raised a level: a supervisor or leader decides, not a reviewer.",
        _review_level,
    ),
    guard(
        "leader_reviews_elevated_only", "row actor_roles", "",
        "领导只审核提级审核件。", "A leader reviews only tickets whose review is raised a level.",
        _leader_reviews,
    ),
    guard(
        "callback_level_met", "ticket_row actor_id actor_roles", "",
        "提级回访件须由督办员、领导或者其指定的人回访。",
        "This ticket's callback is raised a level: a supervisor, a leader, or whom they named calls back.",
        _callback_level,
    ),
)  # fmt: skip
