"""Changes of a return and of a whistle: what was asked, said and decided, where the share goes then, and what is scored."""

from collections.abc import Iterator

from workflows.ticket_effects import hand_out
from workflows.vocabulary import Change, Effect, Facts, Fields, Fire, Grant, Open, Put, Revoke, Set, effect

_AROUND = frozenset({"return-request", "report-in"})


def _ask(facts: Facts, fields: Fields) -> Iterator[Change]:
    row = facts["row"]
    told = {name: fields[name] for name in ("return_ground", "reason", "suggested_unit") if fields.get(name) is not None}
    yield Open("return-request", {"unit": row["unit_id"], "role": row["role"], "round": row["round"], **told})


def _record_request(facts: Facts, fields: Fields) -> Iterator[Change]:
    named = (("unit", "unit_id"), ("role", "role"), ("round", "round"), ("return_ground", "return_ground"))
    for name, column in (*named, ("suggested_unit", "suggested_unit_id")):
        if name in fields:
            yield Set(column, fields[name])
    yield Set("requested_at", facts["now"])
    for column in ("invited", "volunteers"):
        yield Set(column, [])
    yield Set("improper", False)
    yield _words("request", fields, "reason", unit_id=fields["unit"])


def _words(part: str, fields: Fields, *names: str, **more: object) -> Put:
    return Put("return_words", {"part": part, **{name: fields.get(name) for name in names}, **more})


def _negotiate(facts: Facts, fields: Fields) -> Iterator[Change]:
    row, named = facts["row"], fields.get("co_units") or ()
    yield Set("negotiated_at", facts["now"])
    yield Set("invited", [*(row.get("invited") or ()), *(unit for unit in named if unit not in (row.get("invited") or ()))])
    for unit in named:
        yield Grant(unit, "invited")


def _opinion(facts: Facts, fields: Fields) -> Iterator[Change]:
    yield Set("org_opinion_at" if fields["opinion_of"] == "org_office" else "justice_opinion_at", facts["now"])
    yield _words("opinion", fields, "opinion_of", "opinion")


def _volunteer(facts: Facts, fields: Fields) -> Iterator[Change]:
    yield Set("volunteers", [*(facts["row"].get("volunteers") or ()), facts["actor_unit_id"]])
    yield Put("merits", {"kind": "volunteer"})


def _let_go(facts: Facts, fields: Fields) -> Iterator[Change]:
    """Who was only invited to speak sees the ticket no longer, unless another open request still needs him."""
    for unit in facts["row"].get("invited") or ():
        if unit not in facts["invited_elsewhere"]:
            yield Revoke(unit, "invited")


def _note_decision(facts: Facts, fields: Fields) -> Iterator[Change]:
    yield Set("decided_at", facts["now"])
    yield Set("decided_by", facts["actor_id"])
    yield Set("lead_unit_id", fields.get("lead_unit"))
    if fields.get("reason") is not None:
        yield _words("decision", fields, "reason")
    yield from _let_go(facts, fields)


def _hand_on(facts: Facts, fields: Fields, designated: bool) -> Iterator[Change]:
    """The share leaves the unit: all of the ticket with the lead, otherwise that one share."""
    row, lead, co_units = facts["row"], fields.get("lead_unit"), list(fields.get("co_units") or ())
    marked = {"designated": True} if designated else {}
    yield Fire("parent", "accept_return")
    if lead is None:
        if row["role"] == "lead":
            yield Fire("root", "take_back")
    elif row["role"] == "lead":
        yield Fire("root", "redispatch", {"lead_unit": lead, **({"co_units": co_units} if co_units else {}), **marked})
    else:
        yield Fire("root", "replace_co", {"co_units": [lead], **marked})
        if co_units:
            yield Fire("root", "replace_co", {"co_units": co_units})


def _designate(facts: Facts, fields: Fields) -> Iterator[Change]:
    if fields["lead_unit"] != facts["row"].get("unit_id"):
        yield from _hand_on(facts, fields, designated=True)
        return
    yield Fire("parent", "be_designated")
    if fields.get("co_units"):
        yield Fire("root", "replace_co", {"co_units": list(fields["co_units"])})


def _offer(facts: Facts, fields: Fields) -> Iterator[Change]:
    """The directory is offered what was decided, where it says something else of this category and place."""
    place, lead = facts["directory_place"], fields.get("lead_unit")
    if lead is None or place is None or facts["row"].get("role") != "lead" or place["unit_id"] == lead:
        return
    yield Put("directory_proposals", {"unit_id": lead, "category_id": place["category_id"], "street": place["street"], "state": "open"})


def _count_improper(facts: Facts, fields: Fields) -> Iterator[Change]:
    if fields.get("improper"):
        yield Set("improper", True)
        yield Put("merits", {"unit_id": facts["row"].get("unit_id"), "kind": "improper_return"})


def _cancel_around(facts: Facts, fields: Fields) -> Iterator[Change]:
    for child in facts["children"]:
        if child["kind"] in _AROUND and child["open"]:
            yield Fire(child["id"], "cancel")


def _leave(facts: Facts, fields: Fields) -> Iterator[Change]:
    yield Revoke(facts["row"]["unit_id"], facts["row"]["role"])


def _whistle(facts: Facts, fields: Fields) -> Iterator[Change]:
    yield Put("merits", {"kind": "whistle"})
    for unit in fields["departments"]:
        yield Grant(unit, "invited")
        yield Open("report-in", {"unit": unit, "caller_unit": facts["row"]["unit_id"], "reason": fields["reason"]})


def _record_call(facts: Facts, fields: Fields) -> Iterator[Change]:
    for name, column in (("unit", "unit_id"), ("caller_unit", "caller_unit_id"), ("reason", "reason")):
        yield Set(column, fields.get(name))
    yield Set("called_at", facts["now"])


def _late(facts: Facts) -> bool:
    dues = (clock["due_at"] for clock in facts["clocks"] if clock["name"] == "report_in_clock" and clock["due_at"] is not None)
    return any(due <= facts["now"] for due in dues)


def _report_in(facts: Facts, fields: Fields) -> Iterator[Change]:
    yield Set("reported_at", facts["now"])
    yield Set("reported_by", facts["actor_id"])
    yield Put("merits", {"kind": "report_in_late" if _late(facts) else "report_in", "unit_id": facts["row"].get("unit_id")})


def _count_missed(facts: Facts, fields: Fields) -> Iterator[Change]:
    # Who was due and had not come when the call was off has missed it; called off in time nobody has.
    if facts["row"].get("reported_at") is None and _late(facts):
        yield Put("merits", {"kind": "report_in_missed", "unit_id": facts["row"].get("unit_id")})


def _confirm(facts: Facts, fields: Fields) -> Iterator[Change]:
    yield Set("helpful", fields["helpful"])
    yield Set("confirmed_at", facts["now"])


def _send_home(facts: Facts, fields: Fields) -> Iterator[Change]:
    unit = facts["row"].get("unit_id")
    if unit not in facts["invited_elsewhere"]:
        yield Revoke(unit, "invited")


def _first_unit(facts: Facts, fields: Fields) -> Iterator[Change]:
    if facts["row"].get("first_unit_id") is None:
        # Handling again may leave the lead unnamed: it is who it was.
        yield Set("first_unit_id", fields.get("lead_unit") or facts["row"].get("lead_unit_id"))


def _forget_first_unit(facts: Facts, fields: Fields) -> Iterator[Change]:
    # A first dispatch undone at once never happened.
    if facts["row"]["attempt"] <= 1 and facts["row"]["round"] == 1:
        yield Set("first_unit_id", None)


def _redispatch(facts: Facts, fields: Fields) -> Iterator[Change]:
    for change in hand_out(facts, fields, again=False):
        if isinstance(change, Open) and change.values["role"] == "lead" and fields.get("designated"):
            yield Open(change.kind, {**change.values, "designated": True})
        else:
            yield change


def _hand_out_co(facts: Facts, fields: Fields) -> Iterator[Change]:
    row = facts["row"]
    marked = {"designated": True} if fields.get("designated") else {}
    for unit in fields["co_units"]:
        yield Grant(unit, "co")
        yield Open("assignment", {"role": "co", "unit": unit, "round": row["round"], "attempt": row["attempt"], **marked})


RETURN_EFFECTS: tuple[Effect, ...] = (
    # of an assignment
    effect("note_designated", "", lambda facts, fields: (Set("designated", bool(fields.get("designated"))),)),
    effect("designate_share", "", lambda facts, fields: (Set("designated", True),)),
    effect("open_return_request", "row", _ask),
    effect("leave_ticket", "row", _leave),
    effect("cancel_requests_around", "children", _cancel_around),
    effect("blow_whistle", "row", _whistle),
    # of a return request
    effect("record_return_request", "now", _record_request),
    effect("invite_units", "row now", _negotiate),
    effect("record_statement", "", lambda facts, fields: (_words("position", fields, "statement"),)),
    effect("record_opinion", "now", _opinion),
    effect("record_volunteer", "row actor_unit_id", _volunteer),
    effect("note_decision", "row now actor_id invited_elsewhere", _note_decision),
    effect("hand_share_on", "row", lambda facts, fields: _hand_on(facts, fields, designated=False)),
    effect("hand_share_to_designated", "row", _designate),
    effect("offer_to_directory", "row directory_place", _offer),
    effect("count_improper_return", "row", _count_improper),
    effect("let_invited_go", "row invited_elsewhere", _let_go),
    # of a report-in
    effect("record_whistle_call", "now", _record_call),
    effect("record_report_in", "row now actor_id clocks", _report_in),
    effect("count_missed_report", "row now clocks", _count_missed),
    effect("confirm_report_in", "now", _confirm),
    effect("send_home", "row invited_elsewhere", _send_home),
    # of a ticket
    effect("note_first_unit", "row", _first_unit),
    effect("forget_first_unit", "row", _forget_first_unit),
    effect("redispatch_returned", "row now actor_id", _redispatch),
    effect("hand_out_co_share", "row", _hand_out_co),
)
