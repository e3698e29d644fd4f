"""Changes of a supervised matter and of the ticket that it watches over: who is charged, what was reported, reached, ended."""

from collections.abc import Iterator
from datetime import datetime

from workflows.supervision_fields import ELEVATIONS
from workflows.vocabulary import Change, Effect, Extend, Facts, Fields, Fire, Grant, Open, Put, Revoke, Set, effect

_GIVEN = {
    "title": "title", "matter": "matter", "supervision_source": "supervision_source", "level": "level", "unit": "unit_id",
    "co_units": "co_unit_ids", "report_due_at": "report_due_at", "plan": "plan", "year": "year",
}  # fmt: skip


def _given(facts: Facts, fields: Fields) -> Iterator[Change]:
    return (Set(column, fields[name]) for name, column in _GIVEN.items() if fields.get(name) is not None)


def _propose(facts: Facts, fields: Fields) -> Iterator[Change]:
    yield from _given(facts, {"level": "general", "co_units": [], **fields})
    for column, value in (("urges", 0), ("summons", 0), ("send_backs", 0), ("milestones", [])):
        yield Set(column, value)


def access_of(facts: Facts, lead: int | None, others: tuple[int, ...]) -> Iterator[Change]:
    """Under a ticket these units see what it is about; of a matter of its own they are the lead and those who assist."""
    alone = not facts["parent_state"]
    if lead is not None:
        yield Grant(lead, "lead" if alone else "copied")
    for unit in others:
        yield Grant(unit, "co" if alone else "copied")


def _issue(facts: Facts, fields: Fields) -> Iterator[Change]:
    yield from _given(facts, fields)
    row = facts["row"]
    co_units = fields["co_units"] if fields.get("co_units") is not None else row.get("co_unit_ids")
    yield from access_of(facts, fields.get("unit") or row.get("unit_id"), tuple(co_units or ()))
    yield Set("issued_at", facts["now"])


def _reassign(facts: Facts, fields: Fields) -> Iterator[Change]:
    old = facts["row"]["unit_id"]
    yield Revoke(old, "copied" if facts["parent_state"] else "lead")
    yield from access_of(facts, fields["unit"], ())
    for column, value in (("unit_id", fields["unit"]), ("signed_at", None), ("signed_by", None), ("handled_by", None)):
        yield Set(column, value)


def _report(facts: Facts, fields: Fields) -> Iterator[Change]:
    yield Put("supervision_reports", {"report_text": fields["report_text"]})
    yield Set("reported_at", facts["now"])
    yield Set("reported_by", facts["actor_id"])


def _sent_back(facts: Facts, fields: Fields) -> Iterator[Change]:
    for column in ("reported_at", "verified_by"):
        yield Set(column, None)
    yield Set("send_backs", facts["row"]["send_backs"] + 1)


def _clear(facts: Facts, fields: Fields) -> Iterator[Change]:
    yield Set("cleared_at", facts["now"])
    yield Set("cleared_by", facts["actor_id"])
    yield Set("evidence", fields.get("evidence"))
    yield Set("on_site", fields.get("on_site"))


def _summon(facts: Facts, fields: Fields) -> Iterator[Change]:
    yield Put("summons", {name: fields[name] for name in ("summoned", "held_at", "minutes")})
    yield Set("summons", facts["row"]["summons"] + 1)


def _urge(facts: Facts, fields: Fields) -> Iterator[Change]:
    yield Set("urges", facts["row"]["urges"] + 1)
    yield Set("last_urged_at", facts["now"])


def _milestones(milestones: list[Facts]) -> Iterator[Change]:
    """Kept as one list on the row, so that the light is told from memory; instants inside it are text."""
    yield Set("milestones", milestones)
    waiting = [datetime.fromisoformat(each["due_at"]) for each in milestones if each["done_at"] is None]
    yield Set("next_milestone_at", min(waiting, default=None))


def _set_milestone(facts: Facts, fields: Fields) -> Iterator[Change]:
    before = list(facts["row"]["milestones"] or ())
    added = {"number": len(before) + 1, "title": fields["milestone"], "due_at": fields["milestone_due_at"].isoformat()}
    yield from _milestones([*before, {**added, "done_at": None, "evidence": None}])


def _reach_milestone(facts: Facts, fields: Fields) -> Iterator[Change]:
    done = {"done_at": facts["now"].isoformat(), "evidence": fields["evidence"]}
    number, before = fields["milestone_number"], facts["row"]["milestones"]
    yield from _milestones([{**each, **(done if each["number"] == number else {})} for each in before])


def _extend(facts: Facts, fields: Fields) -> Iterator[Change]:
    yield Set("report_due_at", fields["report_due_at"])
    yield Extend("supervision_clock", fields["report_due_at"])


def open_supervision(facts: Facts, fields: Fields) -> Iterator[Change]:
    """A child of the ticket: handed out at once where unit, level and date are known and no leader's word is wanting."""
    row = facts["row"]
    values = {
        "title": row["title"], "supervision_source": "rule" if "system" in facts["actor_roles"] else "ticket",
        "level": fields.get("level") or "general", "matter": fields.get("reason"), "unit": fields.get("unit") or row.get("lead_unit_id"),
        "report_due_at": fields.get("report_due_at") or facts["supervision_due"],
    }  # fmt: skip
    yield Set("supervised", True)
    yield Open("supervision", {name: value for name, value in values.items() if value is not None})


def _elevate(facts: Facts, fields: Fields) -> Iterator[Change]:
    row = facts["row"]
    named = set(fields.get("measures") or facts["elevation_proposed"])
    measures = [measure for measure in ELEVATIONS if measure in {*named, *(row.get("elevations") or ())}]
    yield Set("elevations", measures)
    if row.get("elevated_at") is None:
        yield Set("elevated_at", facts["now"])
    if fields.get("person") is not None:
        yield Set("callback_person_id", fields["person"])
    if "elevated_bulletin" in named:
        yield Fire(facts["case_id"], "circulate")


SUPERVISION_EFFECTS: tuple[Effect, ...] = (
    effect("record_supervision", "", _propose),
    effect("issue_supervision", "row now parent_state", _issue),
    effect("reassign_supervision", "row parent_state", _reassign),
    effect("mark_supervision_signed", "now actor_id", lambda facts, fields: (
        Set("signed_at", facts["now"]), Set("signed_by", facts["actor_id"]),
    )),
    effect("take_supervision_in_hand", "actor_id", lambda facts, fields: (
        Set("handled_by", facts["actor_id"]), *([Set("plan", fields["plan"])] if fields.get("plan") else ()),
    )),
    effect("record_supervision_report", "now actor_id", _report),
    effect("count_supervision_send_back", "row", _sent_back),
    effect("take_verification", "actor_id", lambda facts, fields: (Set("verified_by", facts["actor_id"]),)),
    effect("record_clearing", "now actor_id", _clear),
    effect("record_summons", "row", _summon),
    effect("count_supervision_urge", "row now", _urge),
    effect("raise_supervision_level", "", lambda facts, fields: (Set("level", fields["level"]),)),
    effect("add_milestone", "row", _set_milestone),
    effect("mark_milestone", "row now", _reach_milestone),
    effect("extend_supervision", "", _extend),
    effect("tell_ticket_supervision_ended", "", lambda facts, fields: (Fire("parent", "supervision_ended"),)),
    effect("open_supervision", "row actor_roles supervision_due", open_supervision),
    effect("mark_unsupervised", "", lambda facts, fields: (Set("supervised", False),)),
    effect("raise_elevations", "row now case_id elevation_proposed", _elevate),
)  # fmt: skip
