"""Changes of links: what joining and unlinking note on both, how a reply is passed on, and what groups and callers keep."""

from collections.abc import Iterator

from workflows.vocabulary import Change, Effect, Facts, Fields, Grant, Put, Revoke, Set, effect


def _counted(facts: Facts, column: str, by: int) -> Set:
    return Set(column, max(0, (facts["row"].get(column) or 0) + by))


def _join(facts: Facts, fields: Fields) -> Iterator[Change]:
    yield Set("merged_into", fields["main_ticket"])
    yield _counted(facts, "links", 1)


def _leave(facts: Facts, fields: Fields) -> Iterator[Change]:
    yield _counted(facts, "links", -1)
    if facts["row"].get("merged_into") == fields["main_ticket"]:
        yield Set("merged_into", None)


def _be_joined(facts: Facts, fields: Fields) -> Iterator[Change]:
    yield _counted(facts, "links", 1)
    if fields["link_kind"] == "same_fact":
        yield _counted(facts, "joined", 1)


def _be_left(facts: Facts, fields: Fields) -> Iterator[Change]:
    yield _counted(facts, "links", -1)
    if fields["link_kind"] == "same_fact":
        yield _counted(facts, "joined", -1)


def _passed_on(facts: Facts, fields: Fields, stage: str) -> Put:
    texts = {name: fields[name] for name in ("reply_text", "public_reply", "outcome") if name in fields}
    return Put("replies", {"stage": stage, "round": facts["row"]["round"], **texts})


def _follow(facts: Facts, fields: Fields) -> Iterator[Change]:
    yield _passed_on(facts, fields, "merged")
    yield Set("merged_into", None)
    yield Set("replied_at", facts["now"])


def _propose_earlier(facts: Facts, fields: Fields) -> Iterator[Change]:
    yield Set("earlier_reply_by", facts["actor_id"])
    yield Set("earlier_reply_of", fields["main_ticket"])


def _forget_earlier(facts: Facts, fields: Fields) -> Iterator[Change]:
    yield Set("earlier_reply_by", None)
    yield Set("earlier_reply_of", None)


def _earlier(facts: Facts, fields: Fields) -> Iterator[Change]:
    # The words are those of the earlier ticket; `Set` and `Put` alone cannot look there, so the fact brings them.
    yield _passed_on(facts, facts["earlier_reply"] or {}, "repeated")
    for column in ("replied_at", "completed_at"):
        yield Set(column, facts["now"])
    if facts["row"].get("accepted_at") is None:
        yield Set("accepted_at", facts["now"])


def _supplement(facts: Facts, fields: Fields) -> Iterator[Change]:
    yield Put("supplements", {"kind": fields["kind"], "text": fields.get("text")})
    # A restricted caller is heard, and what he says is kept; only the count that makes a ticket more urgent does not move.
    if fields["kind"] == "urge" and "no_urge" not in facts["caller_effects_now"]:
        yield Set("urges", facts["row"]["urges"] + 1)
        yield Set("last_urged_at", facts["now"])


def _owner(facts: Facts, fields: Fields) -> Iterator[Change]:
    before = facts["row"].get("unit_id")
    if before not in (None, fields["unit"]):
        yield Revoke(before, "lead")
    yield Grant(fields["unit"], "lead")
    yield Set("unit_id", fields["unit"])
    yield Set("person_id", fields.get("person"))


LINK_EFFECTS: tuple[Effect, ...] = (
    effect("join_main", "row", _join),
    effect("leave_main", "row", _leave),
    effect("take_joined", "row", _be_joined),
    effect("lose_joined", "row", _be_left),
    effect("note_link", "row", lambda facts, fields: (_counted(facts, "links", 1),)),
    effect("pass_on_main_reply", "row now", _follow),
    effect("propose_earlier_reply", "actor_id", _propose_earlier),
    effect("forget_earlier_reply", "", _forget_earlier),
    effect("record_earlier_reply", "row now earlier_reply", _earlier),
    effect("record_supplement_of_caller", "row now caller_effects_now", _supplement),
    effect("note_caller_effects", "", lambda facts, fields: (Set("caller_effects", fields["caller_effects"]),)),
    effect("count_group", "", lambda facts, fields: (Set("citizens", fields["citizens"]), Set("tickets", fields["group_tickets"]))),
    effect("name_owner", "row", _owner),
    effect("mark_briefed", "now", lambda facts, fields: (Set("briefed_at", facts["now"]),)),
    effect("mark_resolved", "now", lambda facts, fields: (Set("outcome", fields["outcome"]), Set("ended_at", facts["now"]))),
    effect("mark_ended", "now", lambda facts, fields: (Set("ended_at", facts["now"]),)),
    effect("count_subject", "", lambda facts, fields: (Set("recent", fields["recent"]), Set("usual", fields["usual"]))),
    effect("mark_judged", "now actor_id", lambda facts, fields: (Set("judged_at", facts["now"]), Set("judged_by", facts["actor_id"]))),
    effect("mark_restriction_approved", "now actor_id", lambda facts, fields: (
        Set("approved_at", facts["now"]), Set("approved_by", facts["actor_id"]),
    )),
    effect("mark_restriction_ended", "now actor_id", lambda facts, fields: (
        Set("ended_at", facts["now"]), Set("ended_by", facts["actor_id"] or None),
    )),
)  # fmt: skip
