"""Conditions asked of an instruction on paper and of a conference: written by a leader, told to somebody, chaired as high as it must be."""

from workflows.vocabulary import Facts, Fields, Guard, guard


def _task_open(facts: Facts, fields: Fields) -> bool:
    return any(each["number"] == fields["task_number"] and each["done_at"] is None for each in facts["row"]["tasks"] or ())


def _own_task(facts: Facts, fields: Fields) -> bool:
    # Of the centre whoever may close tasks at all may close every one.
    if "supervisor" in facts["actor_roles"]:
        return True
    own = (each for each in facts["row"]["tasks"] or () if each["unit_id"] == facts["actor_unit_id"])
    return any(each["number"] == fields["task_number"] for each in own)


def _chaired(facts: Facts, fields: Fields) -> bool:
    chair = fields.get("chair") or facts["row"].get("chair_person_id")
    return not facts["study_is_elevated"] or chair in facts["leader_ids"]


CONFERENCE_GUARDS: tuple[Guard, ...] = (
    guard(
        "endorsed_by_a_leader", "row", "",
        "还没有登记领导批示，不能转办。", "No leader's words have been entered: there is nothing to send on.",
        lambda facts, fields: bool(facts["row"]["endorsements"]),
    ),
    guard(
        "endorser_is_named", "actor_roles", "endorser endorser_person",
        "请写明批示领导的姓名职务，或者选择其账号。", "Name the leader who wrote it, by name and post or by account.",
        lambda facts, fields: bool(fields.get("endorser")) or fields.get("endorser_person") is not None or "leader" in facts["actor_roles"],
        at="endorser",
    ),
    guard(
        "endorser_is_known", "known_person_ids", "endorser_person",
        "没有此账号。", "There is no such account.",
        lambda facts, fields: fields.get("endorser_person") is None or fields["endorser_person"] in facts["known_person_ids"],
    ),
    guard(
        "people_are_known", "known_person_ids", "people",
        "参加人员中有不存在的账号。", "Somebody who is to take part has no account.",
        lambda facts, fields: set(fields.get("people") or ()) <= facts["known_person_ids"],
    ),
    guard(
        "chair_is_known", "known_person_ids", "chair",
        "没有主持人的账号。", "The chair has no account.",
        lambda facts, fields: fields.get("chair") is None or fields["chair"] in facts["known_person_ids"],
    ),
    guard(
        "tickets_are_known", "known_ticket_ids", "tickets",
        "所涉工单中有不存在的工单。", "One of the tickets concerned does not exist.",
        lambda facts, fields: set(fields.get("tickets") or ()) <= facts["known_ticket_ids"],
    ),
    guard(
        "endorsed_not_in_future", "now", "endorsed_at",
        "批示时间不能晚于现在。", "It cannot have been written later than now.",
        lambda facts, fields: fields.get("endorsed_at") is None or bool(fields["endorsed_at"] <= facts["now"]),
    ),
    guard(
        "supervisions_reported_or_reason", "open_supervisions", "reason",
        "转办的督办件尚未全部反馈；提前汇总反馈须说明理由。",
        "Not every unit that it was sent to has reported: say why it is reported before that.",
        lambda facts, fields: not facts["open_supervisions"] or bool(fields.get("reason")),
    ),
    guard(
        "no_open_conference", "children", "",
        "本单已有未结束的会商，不重复召集。", "A conference on this ticket is under way already.",
        lambda facts, fields: not any(child["kind"] == "conference" and child["open"] for child in facts["children"]),
    ),
    guard(
        "conference_not_in_future", "now", "held_at",
        "召开时间不能晚于现在。", "It cannot have been held later than now.",
        lambda facts, fields: fields.get("held_at") is None or bool(fields["held_at"] <= facts["now"]),
    ),
    guard(
        "chaired_as_high_as_raised", "row study_is_elevated leader_ids", "chair",
        "提级研究件的会商须由领导主持。", "The study of this ticket is raised a level: a leader must chair the conference.",
        _chaired,
    ),
    guard(
        "task_is_open", "row", "task_number",
        "没有此议定事项，或者已经完成。", "There is no such task, or it is done.",
        _task_open,
    ),
    guard(
        "task_is_own", "row actor_unit_id actor_roles", "task_number",
        "这是其他单位的议定事项。", "This task is another unit's.",
        _own_task,
    ),
)  # fmt: skip
