"""Changes of a callback, and what they tell the ticket: each call is a row, each evaluation is one, the ticket keeps what it must show."""

from collections.abc import Iterator
from typing import Any

from workflows.callback_guards import dissatisfied, stands
from workflows.vocabulary import Change, Effect, Facts, Fields, Fire, Open, Put, Set, effect

_ANSWERS = ("contacted", "solved", "rating", "manner_rating", "reasons", "note")


def _given(fields: Fields, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: fields[name] for name in names if name in fields}


def _enter(facts: Facts, fields: Fields) -> Iterator[Change]:
    priority, row = facts["callback_rank"]
    for column, value in (("round", fields["round"]), ("priority", priority), ("priority_rule", row), ("attempts", 0)):
        yield Set(column, value)
    yield Set("expires_at", facts["callback_expiry"])


def _call(facts: Facts, fields: Fields) -> Iterator[Change]:
    """A call that brought no answers. What was agreed to be called later is no failed try."""
    yield Put("callback_attempts", {"round": facts["row"]["round"], **_given(fields, ("call_outcome", "call_at", "recording", "note"))})
    if fields["call_outcome"] == "call_later":
        yield Set("next_call_at", fields["call_at"])
    else:
        yield Set("attempts", facts["row"]["attempts"] + 1)
        yield Set("next_call_at", facts["call_again_at"])


def _reached(facts: Facts, fields: Fields) -> Iterator[Change]:
    """The call itself; the answers have a row of their own."""
    yield Put("callback_attempts", {"round": facts["row"]["round"], "call_outcome": "reached", **_given(fields, ("recording",))})


def _answers(facts: Facts, fields: Fields) -> Iterator[Change]:
    way = fields.get("rating_way", "web" if "citizen" in facts["actor_roles"] else "phone")
    yield Put("evaluations", {"round": facts["row"]["round"], "reached": True, "way": way, **_given(fields, (*_ANSWERS, "recording"))})
    for column in ("contacted", "solved", "rating", "manner_rating"):
        yield Set(column, fields.get(column))
    for column, value in (("way", way), ("rated_at", facts["now"]), ("next_call_at", None)):
        yield Set(column, value)


def _tell(facts: Facts, fields: Fields) -> Iterator[Change]:
    yield Fire("parent", "note_evaluation", _given(fields, ("contacted", "solved", "rating", "reasons")))


def _close_unanswered(facts: Facts, fields: Fields) -> Iterator[Change]:
    """When the time is over and nobody waits for a decision, the ticket is closed: unrated, and never counted as satisfied."""
    if facts["parent_state"] == "completed" and not stands(facts["ticket_row"]):
        yield Fire("parent", "close")


def _present(facts: Facts) -> Iterator[Facts]:
    return (child for child in facts["children"] if child["kind"] == "callback" and child["open"])


def _open(facts: Facts, fields: Fields) -> Iterator[Change]:
    """One callback a round."""
    if not any(child["kind"] == "callback" and child["round"] == facts["row"]["round"] for child in facts["children"]):
        yield Open("callback", {"round": facts["row"]["round"]})


def _evaluation(facts: Facts, fields: Fields) -> Iterator[Change]:
    yield Set("evaluated_round", facts["row"]["round"])
    yield Set("rating", fields.get("rating"))
    yield Set("solved", fields.get("solved"))


def _dissatisfaction(row: Facts) -> Iterator[Change]:
    """Counted once a round, whoever has asked."""
    if not stands(row):
        yield Set("dissatisfied_round", row["round"])
        yield Set("dissatisfactions", (row.get("dissatisfactions") or 0) + 1)


def _event(facts: Facts, fields: Fields) -> Iterator[Change]:
    """What others have asked stands beside our own evaluation, never in its place."""
    row = facts["row"]
    of_now = row.get("completed_at") is not None
    told = {"source": fields["evaluation_source"], "reference": fields["evaluation_reference"], "evaluated_at": fields["evaluated_at"]}
    yield Put("evaluations", {"round": row["round"] - (not of_now), "reached": True, **told, **_given(fields, _ANSWERS)})
    if of_now and dissatisfied(fields):
        yield from _dissatisfaction(row)


CALLBACK_EFFECTS: tuple[Effect, ...] = (
    effect("enter_callback_queue", "callback_rank callback_expiry", _enter),
    effect("record_call", "row call_again_at", _call),
    effect("record_reached_call", "row", _reached),
    effect("record_answers", "row now actor_roles", _answers),
    effect("tell_ticket_evaluated", "", _tell),
    effect("note_invited", "now", lambda facts, fields: (Set("invited_at", facts["now"]),)),
    effect("mark_callback_ended", "now", lambda facts, fields: (Set("ended_at", facts["now"]),)),
    effect("close_unanswered", "parent_state ticket_row", _close_unanswered),
    effect("open_callback", "row children", _open),
    effect("end_callback", "children", lambda facts, fields: (Fire(child["id"], "expire") for child in _present(facts))),
    effect("stand_down_callback", "children", lambda facts, fields: (Fire(child["id"], "stand_down") for child in _present(facts))),
    effect("take_evaluation", "row", _evaluation),
    effect("count_dissatisfaction", "row", lambda facts, fields: _dissatisfaction(facts["row"])),
    effect("record_evaluation_elsewhere", "row", _event),
    effect("note_no_further", "", lambda facts, fields: (Set("no_further_ground", fields.get("no_further_ground")),)),
    effect("note_studied", "row", lambda facts, fields: (Set("studied_round", facts["row"]["round"]),)),
)
