"""Conditions asked of an assignment: whose it is, who may hold it, and whether its reply says what a reply must say."""

from workflows.vocabulary import Facts, Fields, Guard, guard

_UNFINISHED = frozenset({"assigned", "handling", "submitted"})


def _own(facts: Facts, fields: Fields) -> bool:
    # The clocks, a file being replayed and the case above belong to no unit; people always act for theirs.
    return facts["actor_unit_id"] in (None, facts["row"]["unit_id"])


def _contact_told(facts: Facts, fields: Fields) -> bool:
    return not fields.get("contacted") or (bool(fields.get("contact_at")) and bool(fields.get("contact_way")))


def _co_closed(facts: Facts, fields: Fields) -> bool:
    if facts["row"]["role"] != "lead" or fields.get("co_open_reason"):
        return True
    return not any(sibling["state"] in _UNFINISHED for sibling in facts["siblings"])


UNIT_GUARDS: tuple[Guard, ...] = (
    guard(
        "is_own_assignment", "row actor_unit_id", "",
        "这是其他单位的承办件。", "This assignment belongs to another unit.",
        _own,
    ),
    guard(
        "person_is_of_unit", "unit_person_ids", "person",
        "承办人不是本单位在岗人员。", "The person is not at work in this unit.",
        lambda facts, fields: fields["person"] in facts["unit_person_ids"],
    ),
    guard(
        "person_not_complained_of", "complained_person_ids", "person",
        "投诉举报不得交给被反映的人办理。", "A complaint may not be given to the person complained of.",
        lambda facts, fields: fields["person"] not in facts["complained_person_ids"],
    ),
    guard(
        "contact_details_given", "", "contacted contact_at contact_way",
        "已联系诉求人的，须填写联系时间和联系方式。", "When the citizen was contacted, say when and how.",
        _contact_told,
        at="contact_at contact_way",
    ),
    guard(
        "no_contact_explained", "", "contacted not_contacted_reason",
        "未联系诉求人的，须说明原因。", "When the citizen was not contacted, say why.",
        lambda facts, fields: bool(fields.get("contacted")) or bool(fields.get("not_contacted_reason")),
        at="not_contacted_reason",
    ),
    guard(
        "contact_not_in_future", "now", "contact_at",
        "联系时间不能晚于现在。", "The contact cannot be later than now.",
        lambda facts, fields: fields.get("contact_at") is None or fields["contact_at"] <= facts["now"],
    ),
    guard(
        "unsolved_explained", "", "outcome unsolved_reason",
        "未解决或部分解决的，须说明未解决原因。", "When the demand is not or only partly solved, say why.",
        lambda facts, fields: fields["outcome"] not in ("unsolved", "partly") or bool(fields.get("unsolved_reason")),
        at="unsolved_reason",
    ),
    guard(
        "co_units_closed_or_reason", "row siblings", "co_open_reason",
        "协办单位尚未答复；主办单位先行答复须说明理由。", "A co-unit has not replied yet: say why the lead replies first.",
        _co_closed,
    ),
    guard(
        "direct_reply_allowed", "direct_reply_allowed", "",
        "本单位答复须经审签，请先提交。", "Replies of this unit are signed off: submit it first.",
        lambda facts, fields: bool(facts["direct_reply_allowed"]),
    ),
)  # fmt: skip
