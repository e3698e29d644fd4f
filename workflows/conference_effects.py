"""Changes of an instruction on paper and of a conference: whose words, to whom sent, who takes part, what was concluded and who does it."""

from collections.abc import Iterator

from workflows.callback_guards import dissatisfied, stands
from workflows.supervision_effects import access_of
from workflows.vocabulary import Change, Effect, Facts, Fields, Fire, Open, Put, Set, effect

_PAPER = {
    "title": "title", "matter": "matter", "reference_number": "reference_number", "received_at": "received_at", "urgency": "urgency",
    "classified": "classified", "tickets": "ticket_ids", "proposal": "proposal", "report_due_at": "report_due_at",
    "tell_units": "tell_units", "units": "unit_ids", "instructions": "instructions",
}  # fmt: skip
_CALLED = {
    "title": "title", "form": "form", "matter": "matter", "place": "place", "scheduled_at": "scheduled_at", "units": "unit_ids",
    "people": "people_ids", "chair": "chair_person_id",
}  # fmt: skip
# Where a ticket still takes a conclusion: one that has ended otherwise meanwhile has the minutes, and nothing to decide.
_STUDIED = frozenset({"accepted", "dispatched", "handling", "suspended", "replied", "completed", "closed"})


def _record(facts: Facts, fields: Fields) -> Iterator[Change]:
    blank = {"urgency": "normal", "classified": False, "tell_units": False, "tickets": [], "units": [], "received_at": facts["now"]}
    yield from _written({**blank, **fields}, _PAPER)
    yield Set("endorsements", 0)


def _written(fields: Fields, columns: Fields) -> Iterator[Change]:
    return (Set(column, fields[name]) for name, column in columns.items() if fields.get(name) is not None)


def _endorse(facts: Facts, fields: Fields) -> Iterator[Change]:
    told = {name: fields.get(name) for name in ("endorser", "endorser_person", "endorsement")}
    if not told["endorser"] and told["endorser_person"] is None:
        told["endorser_person"] = facts["actor_id"]
    yield Put("endorsements", {**told, "endorsed_at": fields.get("endorsed_at") or facts["now"]})
    yield Set("endorsements", facts["row"]["endorsements"] + 1)


def _call(facts: Facts, fields: Fields) -> Iterator[Change]:
    yield from _written({"units": [], "people": [], **fields}, _CALLED)
    yield Set("tasks", [])
    yield from access_of(facts, None, tuple(fields.get("units") or ()))


def _invite(facts: Facts, fields: Fields) -> Iterator[Change]:
    row = facts["row"]
    for name, column in (("units", "unit_ids"), ("people", "people_ids")):
        if fields.get(name):
            yield Set(column, list(dict.fromkeys([*(row[column] or ()), *fields[name]])))
    yield from access_of(facts, None, tuple(fields.get("units") or ()))
    yield from _written({name: value for name, value in fields.items() if name not in ("units", "people")}, _CALLED)


def _conclude(facts: Facts, fields: Fields) -> Iterator[Change]:
    yield from _written(fields, {"chair": "chair_person_id", "conclusion": "conclusion"})
    yield Put("conference_minutes", {name: fields.get(name) for name in ("minutes", "conclusion_text")})
    yield Set("concluded_at", facts["now"])
    if facts["parent_state"] in _STUDIED:
        yield Fire("parent", "note_study")
    if fields["conclusion"] == "supervise" and facts["parent_state"] in _STUDIED and not facts["parent_supervised"]:
        yield Fire("parent", "supervise")


def _set_task(facts: Facts, fields: Fields) -> Iterator[Change]:
    """Kept as one list on the row; instants inside it are text."""
    before = list(facts["row"]["tasks"] or ())
    task = {"number": len(before) + 1, "unit_id": fields["unit"], "title": fields["task"], "due_at": fields["task_due_at"].isoformat()}
    yield Set("tasks", [*before, {**task, "done_at": None, "evidence": None}])
    yield from access_of(facts, None, (fields["unit"],))


def _finish_task(facts: Facts, fields: Fields) -> Iterator[Change]:
    done = {"done_at": facts["now"].isoformat(), "evidence": fields.get("evidence")}
    tasks = facts["row"]["tasks"]
    yield Set("tasks", [{**each, **(done if each["number"] == fields["task_number"] else {})} for each in tasks])


def _open_conference(facts: Facts, fields: Fields) -> Iterator[Change]:
    names = (name for name in _CALLED if name != "title" and fields.get(name) is not None)
    yield Open("conference", {"title": facts["row"]["title"], **{name: fields[name] for name in names}})


def _open_conference_if_due(facts: Facts, fields: Fields) -> Iterator[Change]:
    """What the pack says of the second dissatisfaction: people meet before the case goes any further."""
    row, since = facts["row"], facts["study_wanted_from"]
    under_way = any(child["kind"] == "conference" and child["open"] for child in facts["children"])
    if since is not None and row["round"] >= since and dissatisfied(fields) and not stands(row) and not under_way:
        yield Open("conference", {"title": row["title"], "form": "meeting"})


CONFERENCE_EFFECTS: tuple[Effect, ...] = (
    effect("record_instruction", "now", _record),
    effect("record_proposal", "", lambda facts, fields: (Set("proposal", fields["proposal"]),)),
    effect("record_endorsement", "row now actor_id", _endorse),
    effect("mark_instruction_sent", "now actor_id", lambda facts, fields: (
        *_written(fields, _PAPER), Set("sent_at", facts["now"]), Set("sent_by", facts["actor_id"]),
    )),
    effect("record_instruction_report", "now", lambda facts, fields: (
        Put("supervision_reports", {"report_text": fields.get("report_text")}), Set("reported_at", facts["now"]),
    )),
    effect("mark_instruction_closed", "now", lambda facts, fields: (Set("closed_at", facts["now"]),)),
    effect("record_conference", "parent_state", _call),
    effect("invite_to_conference", "row parent_state", _invite),
    effect("mark_conference_held", "now", lambda facts, fields: (
        *_written(fields, {"chair": "chair_person_id"}), Set("held_at", fields.get("held_at") or facts["now"]),
    )),
    effect("record_conclusion", "now parent_state parent_supervised", _conclude),
    effect("add_task", "row parent_state", _set_task),
    effect("finish_task", "row now", _finish_task),
    effect("open_conference", "row", _open_conference),
    effect("open_conference_if_due", "row children study_wanted_from", _open_conference_if_due),
)  # fmt: skip
