"""Conditions of the knowledge base: whose an entry is, who may publish it, how long it may go unlooked at, and what may be cited."""

from workflows.vocabulary import Facts, Fields, Guard, guard

REVISABLE = ("title", "content", "category", "keywords", "sources", "valid_until", "open_to_public")


def _own_unit(facts: Facts, fields: Fields) -> bool:
    # The centre writes for everybody; a unit writes what it answers for.
    return bool(facts["actor_unit_id"] == fields["unit"] or facts["actor_is_of_centre"])


def _ahead(facts: Facts, fields: Fields) -> bool:
    return bool(facts["now"] < fields["review_by"] <= facts["review_at_latest"])


KNOWLEDGE_GUARDS: tuple[Guard, ...] = (
    guard(
        "entry_unit_is_active", "active_unit_ids", "unit",
        "责任单位不存在或已停用。", "The unit that answers for the entry does not exist or is no longer active.",
        lambda facts, fields: fields["unit"] in facts["active_unit_ids"],
    ),
    guard(
        "entry_is_for_own_unit", "actor_unit_id actor_is_of_centre", "unit",
        "单位只能撰写本单位负责的知识。", "A unit writes only what it answers for itself.",
        _own_unit,
    ),
    guard(
        "review_is_ahead", "now review_at_latest", "review_by",
        "复核期限须晚于现在，且不超过规则包规定的最长复核周期。",
        "The date of the next review lies ahead, and no further than the pack allows.",
        _ahead,
    ),
    guard(
        "valid_until_is_ahead", "now", "valid_until",
        "有效期须晚于现在。", "It must hold until a time that is still to come.",
        lambda facts, fields: fields.get("valid_until") is None or fields["valid_until"] > facts["now"],
    ),
    guard(
        "any_revision_given", "", "title content category keywords sources valid_until open_to_public",
        "请至少修订一项内容。", "Revise at least one thing.",
        lambda facts, fields: any(name in fields for name in REVISABLE),
    ),
    guard(
        "not_published_by_writer", "row actor_id", "",
        "知识须由撰写人以外的人审核发布。", "An entry is published by another person than who wrote it.",
        lambda facts, fields: facts["row"].get("written_by") != facts["actor_id"],
    ),
    guard(
        "correction_is_open", "open_correction_ids", "correction",
        "没有此条待处理的纠错。", "No such correction waits to be settled.",
        lambda facts, fields: fields["correction"] in facts["open_correction_ids"],
    ),
    guard(
        "cited_are_published", "citable_entries", "cites",
        "引用的知识不存在、未发布或已过有效期。", "An entry that is cited does not exist, is not published, or holds no longer.",
        lambda facts, fields: set(fields.get("cites") or ()) <= facts["citable_entries"].keys(),
    ),
)  # fmt: skip
