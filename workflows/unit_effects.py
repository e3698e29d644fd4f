"""Changes of an assignment: what each step writes on its row, its replies, and what the lead's steps tell the ticket."""

from collections.abc import Iterator

from workflows.ticket_effects import reply_row
from workflows.vocabulary import Change, Effect, Facts, Fields, Fire, Set, effect

_OPENING = {"role": "role", "unit": "unit_id", "round": "round", "attempt": "attempt",
            "instructions": "instructions", "reply_by": "reply_by"}  # fmt: skip


def _assign(facts: Facts, fields: Fields) -> Iterator[Change]:
    for name, column in _OPENING.items():
        if name in fields:
            yield Set(column, fields[name])
    yield Set("assigned_at", facts["now"])
    yield Set("send_backs", 0)


def _contact(facts: Facts, fields: Fields) -> Iterator[Change]:
    """The first contact counts; later ones change nothing."""
    if fields.get("contacted", "contact_way" in fields) and facts["row"].get("contacted_at") is None:
        yield Set("contacted_at", fields.get("contact_at") or facts["now"])


def _submitted(facts: Facts, fields: Fields) -> Iterator[Change]:
    yield reply_row(facts, fields, "submitted")
    yield Set("submitted_at", facts["now"])
    yield Set("outcome", fields.get("outcome"))


def _sent_back(facts: Facts, fields: Fields) -> Iterator[Change]:
    yield Set("send_backs", facts["row"]["send_backs"] + 1)
    yield Set("replied_at", None)


def _tell_sign(facts: Facts, fields: Fields) -> Iterator[Change]:
    if facts["row"]["role"] == "lead":
        yield Fire("parent", "sign")


def _tell_reply(facts: Facts, fields: Fields) -> Iterator[Change]:
    if facts["row"]["role"] == "lead":
        yield Fire("parent", "reply")


UNIT_EFFECTS: tuple[Effect, ...] = (
    effect("record_assignment", "now", _assign),
    effect("mark_signed", "now actor_id", lambda facts, fields: (Set("signed_at", facts["now"]), Set("signed_by", facts["actor_id"]))),
    effect("mark_unit_replied", "now", lambda facts, fields: (Set("replied_at", facts["now"]),)),
    effect("give_to_person", "", lambda facts, fields: (Set("person_id", fields["person"]),)),
    effect("record_contact", "row now", _contact),
    effect("record_interim_reply", "row", lambda facts, fields: (reply_row(facts, fields, "interim"),)),
    effect("record_submission", "row now", _submitted),
    effect("count_send_back", "row", _sent_back),
    effect("tell_ticket_signed", "row", _tell_sign),
    effect("tell_ticket_replied", "row", _tell_reply),
)
