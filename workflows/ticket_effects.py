"""Changes of a ticket: what each step writes on its row, whom it lets in, and which assignments it opens or moves."""

from collections.abc import Iterable, Iterator

from workflows.fields import REPLY_FIELDS, URGENCIES
from workflows.vocabulary import Change, Effect, Facts, Fields, Fire, Grant, Open, Put, Revoke, Set, effect

# Fields of the demand itself and the column each is kept in.
_DEMAND = {
    "type": "type", "channel": "channel", "title": "title", "content": "content", "purpose": "purpose",
    "urgency": "urgency", "category": "category_id", "occurred_at": "occurred_at", "subject": "subject",
    "enterprise": "enterprise", "labels": "labels", "reply_by": "reply_by", "source": "source",
    "upstream_number": "upstream_number", "upstream_due_at": "upstream_due_at",
}  # fmt: skip


def _given(facts: Facts, fields: Fields) -> Iterator[Change]:
    return (Set(column, fields[name]) for name, column in _DEMAND.items() if name in fields)


def _register(facts: Facts, fields: Fields) -> Iterator[Change]:
    blank = {"source": "own", "urgency": "normal", "labels": [], "enterprise": False}
    yield from _given(facts, {**blank, **fields})
    for column, value in (("round", 1), ("attempt", 0), ("urges", 0), ("send_backs", 0), ("callback_attempts", 0)):
        yield Set(column, value)
    yield Set("escalations", 0)
    yield Set("registered_at", facts["now"])


def _assignment(facts: Facts, fields: Fields, role: str, unit: int, again: bool) -> Open:
    row = facts["row"]
    values = {"role": role, "unit": unit, "round": row["round"] + again, "attempt": 1 if again else row["attempt"] + 1}
    for name, given in (("instructions", fields.get("instructions")), ("reply_by", row.get("reply_by"))):
        if given is not None:
            values[name] = given
    return Open("assignment", values)


def hand_out(facts: Facts, fields: Fields, again: bool) -> Iterator[Change]:
    lead = fields.get("lead_unit") or facts["row"]["lead_unit_id"]
    yield Set("lead_unit_id", lead)
    yield Set("dispatched_at", facts["now"])
    yield Set("dispatched_by", facts["actor_id"])
    yield Set("attempt", 1 if again else facts["row"]["attempt"] + 1)
    for role, unit in (("lead", lead), *(("co", unit) for unit in fields.get("co_units") or ())):
        yield Grant(unit, role)
        yield _assignment(facts, fields, role, unit, again)


def _next_round(facts: Facts, fields: Fields) -> Iterator[Change]:
    yield Set("round", facts["row"]["round"] + 1)
    yield from _unfinish(facts, fields)


def _unfinish(facts: Facts, fields: Fields) -> Iterator[Change]:
    for column in ("replied_at", "completed_at", "closed_at", "rating", "solved"):
        yield Set(column, None)
    yield Set("callback_attempts", 0)


def _reopen(facts: Facts, fields: Fields) -> Iterator[Change]:
    # A ticket that was neither dispatched nor answered is still in its first round.
    row = facts["row"]
    if row.get("dispatched_at") is not None or row.get("completed_at") is not None:
        yield Set("round", row["round"] + 1)
    yield Set("attempt", 0)
    yield from _unfinish(facts, fields)
    yield from _forget_termination(facts, fields)


def _open_children(facts: Facts) -> Iterator[Facts]:
    return (child for child in facts["children"] if child["kind"] == "assignment" and child["open"])


def _recall(child: Facts) -> Iterator[Change]:
    yield Fire(child["id"], "recall")
    yield Revoke(child["unit_id"], child["role"])


def _recall_all(facts: Facts, fields: Fields) -> Iterator[Change]:
    for child in _open_children(facts):
        yield from _recall(child)


def _recall_replaced(facts: Facts, fields: Fields) -> Iterator[Change]:
    # A co-unit that becomes the lead, or is named anew, gives up the share it had.
    named = {fields["lead_unit"], *(fields.get("co_units") or ())}
    for child in _open_children(facts):
        if child["role"] == "lead" or child["unit_id"] in named:
            yield from _recall(child)


def _finish(facts: Facts, fields: Fields) -> Iterator[Change]:
    # Who replied is done; a co-unit the lead did not wait for has nothing left to do.
    for child in _open_children(facts):
        yield Fire(child["id"], "finish" if child["state"] == "replied" else "recall")


def _send_back_lead(facts: Facts, fields: Fields) -> Iterator[Change]:
    yield Set("send_backs", facts["row"]["send_backs"] + 1)
    yield Set("replied_at", None)
    for child in _open_children(facts):
        if child["role"] == "lead" and child["state"] == "replied":
            yield Fire(child["id"], "send_back")


def _undo(facts: Facts, fields: Fields) -> Iterator[Change]:
    # A dispatch undone at once never happened: the next one is not a second attempt.
    yield Set("attempt", facts["row"]["attempt"] - 1)
    yield from _undispatched(facts, fields)


def _undispatched(facts: Facts, fields: Fields) -> Iterator[Change]:
    for column in ("lead_unit_id", "dispatched_at", "dispatched_by"):
        yield Set(column, None)


def reply_row(facts: Facts, fields: Fields, stage: str) -> Put:
    """One row of the table of replies: of the three texts and the answers only what was given. Core adds who, where and when."""
    given = {name: fields[name] for name in REPLY_FIELDS if name in fields}
    return Put("replies", {"stage": stage, "round": facts["row"]["round"], **given})


def _answer(facts: Facts, fields: Fields) -> Iterator[Change]:
    yield reply_row(facts, fields, "answered")
    yield Set("answered_by", facts["actor_id"])
    for column in ("replied_at", "completed_at"):
        yield Set(column, facts["now"])
    if facts["row"].get("accepted_at") is None:
        yield Set("accepted_at", facts["now"])


def _declined(facts: Facts, fields: Fields) -> Iterator[Change]:
    if "reply_text" in fields:
        yield reply_row(facts, fields, "declined")


def _reviewed(facts: Facts, fields: Fields) -> Iterator[Change]:
    if "reply_text" in fields or "public_reply" in fields:
        yield reply_row(facts, fields, "reviewed")


def _evaluation(facts: Facts, fields: Fields, reached: bool) -> Put:
    answers = {name: fields[name] for name in ("contacted", "solved", "rating", "reasons", "note") if name in fields}
    return Put("evaluations", {"round": facts["row"]["round"], "reached": reached, **answers})


def _evaluate(facts: Facts, fields: Fields) -> Iterator[Change]:
    yield _evaluation(facts, fields, reached=True)
    yield Set("evaluated_round", facts["row"]["round"])
    yield Set("rating", fields.get("rating"))
    yield Set("solved", fields.get("solved"))


def _attempt(facts: Facts, fields: Fields) -> Iterator[Change]:
    yield _evaluation(facts, fields, reached=False)
    yield Set("callback_attempts", facts["row"]["callback_attempts"] + 1)


def _supplement(facts: Facts, fields: Fields) -> Iterator[Change]:
    yield Put("supplements", {"kind": fields["kind"], "text": fields.get("text")})
    if fields["kind"] == "urge":
        yield from _count_urge(facts, fields)


def _count_urge(facts: Facts, fields: Fields) -> Iterator[Change]:
    yield Set("urges", facts["row"]["urges"] + 1)
    yield Set("last_urged_at", facts["now"])


def _escalate(facts: Facts, fields: Fields) -> Iterator[Change]:
    step = min(URGENCIES.index(facts["row"]["urgency"]) + 1, len(URGENCIES) - 1)
    yield Set("urgency", fields.get("urgency") or URGENCIES[step])
    yield Set("escalations", facts["row"]["escalations"] + 1)


def _claim(facts: Facts, fields: Fields) -> Iterable[Change]:
    return Set("claimed_by", facts["actor_id"]), Set("claimed_at", facts["now"])


def _unclaim(facts: Facts, fields: Fields) -> Iterable[Change]:
    if facts["row"].get("claimed_by") is None:
        return ()
    return Set("claimed_by", None), Set("claimed_at", None)


def _request_termination(facts: Facts, fields: Fields) -> Iterator[Change]:
    yield Set("termination_requested_by", facts["actor_id"])
    yield Set("termination_ground", fields.get("termination_ground"))


def _forget_termination(facts: Facts, fields: Fields) -> Iterator[Change]:
    for column in ("termination_requested_by", "termination_ground"):
        yield Set(column, None)


TICKET_EFFECTS: tuple[Effect, ...] = (
    effect("record_demand", "now", _register),
    effect("change_demand", "", _given),
    effect("mark_accepted", "now", lambda facts, fields: (Set("accepted_at", facts["now"]),)),
    effect("mark_replied", "now", lambda facts, fields: (Set("replied_at", facts["now"]),)),
    effect("mark_completed", "now", lambda facts, fields: (Set("completed_at", facts["now"]),)),
    effect("mark_closed", "now", lambda facts, fields: (Set("closed_at", facts["now"]),)),
    effect("note_ground", "", lambda facts, fields: (Set("decline_ground", fields.get("ground")),)),
    effect("note_transfer", "", lambda facts, fields: (Set("transfer_to", fields.get("transfer_to")),)),
    effect("hand_out", "row now actor_id", lambda facts, fields: hand_out(facts, fields, again=False)),
    effect("hand_out_again", "row now actor_id", lambda facts, fields: hand_out(facts, fields, again=True)),
    effect("begin_next_round", "row", _next_round),
    effect("begin_again", "row", _reopen),
    effect("recall_assignments", "children", _recall_all),
    effect("recall_replaced", "children", _recall_replaced),
    effect("finish_assignments", "children", _finish),
    effect("send_back_lead", "row children", _send_back_lead),
    effect("undo_dispatch", "row", _undo),
    effect("forget_dispatch", "", _undispatched),
    effect("record_answer", "row now actor_id", _answer),
    effect("record_declined_reply", "row", _declined),
    effect("record_reviewed_texts", "row", _reviewed),
    effect("record_evaluation", "row", _evaluate),
    effect("record_callback_attempt", "row", _attempt),
    effect("record_supplement", "row now", _supplement),
    effect("count_urge", "row now", _count_urge),
    effect("raise_urgency", "row", _escalate),
    effect("take_claim", "actor_id now", _claim),
    effect("clear_claim", "row", _unclaim),
    effect("request_termination", "actor_id", _request_termination),
    effect("forget_termination_request", "", _forget_termination),
    effect("note_termination_ground", "", lambda facts, fields: (
        (Set("termination_ground", fields["termination_ground"]),) if "termination_ground" in fields else ()
    )),
)  # fmt: skip
