"""Changes of shares beyond the straight road: what stands still with the ticket, and what is added, handed down, extended, paused."""

from collections.abc import Iterable, Iterator

from workflows.vocabulary import Change, Effect, Extend, Facts, Fields, Fire, Grant, Open, Put, Revoke, Set, effect

# Where a ticket stands while its total limit may be held for a unit's pause.
_WITH_TOTAL = frozenset({"accepted", "dispatched", "handling", "replied", "suspended"})


def _below(facts: Facts) -> Iterator[Facts]:
    return (child for child in facts["children"] if child["kind"] == "assignment" and child["open"])


def _hold_all(facts: Facts, fields: Fields) -> Iterator[Change]:
    # What stands still for another reason already is not held twice.
    return (Fire(child["id"], "hold_share") for child in _below(facts) if child.get("held_at") is None)


def _release_all(facts: Facts, fields: Fields) -> Iterator[Change]:
    return (Fire(child["id"], "release_share") for child in _below(facts) if child.get("held_at") is not None)


def _give(facts: Facts, fields: Fields, role: str, unit: int) -> Iterator[Change]:
    row = facts["row"]
    values = {"role": role, "unit": unit, "round": row["round"], "attempt": row["attempt"]}
    for name, given in (("instructions", fields.get("instructions")), ("reply_by", row.get("reply_by"))):
        if given is not None:
            values[name] = given
    yield Grant(unit, role)
    yield Open("assignment", values)


def _add(facts: Facts, fields: Fields) -> Iterator[Change]:
    for unit in fields["co_units"]:
        yield from _give(facts, fields, "co", unit)


def _hand_down(facts: Facts, fields: Fields) -> Iterator[Change]:
    for unit in fields["units"]:
        yield from _give(facts, fields, "sub", unit)


def _recall(child: Facts) -> Iterable[Change]:
    return Fire(child["id"], "recall"), Revoke(child["unit_id"], "sub")


def _recall_named(facts: Facts, fields: Fields) -> Iterator[Change]:
    for child in _below(facts):
        if child["unit_id"] in fields["units"]:
            yield from _recall(child)


def _finish_below(facts: Facts, fields: Fields) -> Iterator[Change]:
    # Who replied below is done with the share above; who was not waited for has nothing left to do.
    for child in _below(facts):
        yield from (Fire(child["id"], "finish"),) if child["state"] == "replied" else _recall(child)
    yield from _cancel_extensions(facts, fields)


def _end_below(facts: Facts, fields: Fields) -> Iterator[Change]:
    for child in _below(facts):
        yield from _recall(child)
    yield from _cancel_extensions(facts, fields)
    if facts["row"].get("pause_total") and facts["parent_state"] in _WITH_TOTAL:
        yield Fire("parent", "release_total")


def _cancel_extensions(facts: Facts, fields: Fields) -> Iterator[Change]:
    return (Fire(child["id"], "cancel") for child in facts["children"] if child["kind"] == "extension" and child["open"])


def _copy(facts: Facts, fields: Fields) -> Iterator[Change]:
    yield from (Revoke(unit, "copied") for unit in sorted(facts["copied_before"] - facts["copied_unit_ids"]))
    yield from (Grant(unit, "copied") for unit in sorted(facts["copied_unit_ids"]))


def _uncopy(facts: Facts, fields: Fields) -> Iterator[Change]:
    return (Revoke(unit, "copied") for unit in sorted(facts["copied_before"]))


def _ask_extension(facts: Facts, fields: Fields) -> Iterator[Change]:
    row = facts["row"]
    asked = {name: fields[name] for name in ("reason", "legal_basis", "new_due_at")}
    yield Open("extension", {"unit": row["unit_id"], "round": row["round"], **asked})


def _record_extension(facts: Facts, fields: Fields) -> Iterator[Change]:
    for name, column in (("unit", "unit_id"), ("round", "round"), ("reason", "reason"), ("legal_basis", "legal_basis")):
        yield Set(column, fields[name])
    yield Set("new_due_at", fields["new_due_at"])
    yield Set("requested_by", facts["actor_id"])
    yield Set("requested_at", facts["now"])


def _decided(facts: Facts, fields: Fields) -> Iterable[Change]:
    return Set("decided_by", facts["actor_id"]), Set("decided_at", facts["now"])


def _grant_extension(facts: Facts, fields: Fields) -> Iterator[Change]:
    until = fields.get("new_due_at") or facts["row"]["new_due_at"]
    yield Set("granted_until", until)
    yield from _decided(facts, fields)
    yield Fire("parent", "extend", {"new_due_at": until})


def _extend_share(facts: Facts, fields: Fields) -> Iterator[Change]:
    yield Extend("handle_clock", fields["new_due_at"])
    yield Set("extended_until", fields["new_due_at"])
    if facts["row"]["role"] == "lead":
        yield Fire("parent", "extend", {"new_due_at": fields["new_due_at"]})


def _pause(facts: Facts, fields: Fields) -> Iterator[Change]:
    row, terms = facts["row"], facts["pause_terms"]
    asked = fields.get("pause_until") or row.get("pause_until")
    # What was asked for long ago is no longer than what the pack lets from the approval on.
    ends = [end for end in (asked, terms["latest"]) if end is not None]
    total = terms["total"] and row["role"] == "lead"
    yield Set("paused_at", facts["now"])
    yield Set("pause_ground", fields.get("pause_ground") or row["pause_ground"])
    yield Set("pause_until", min(ends))
    yield Set("pause_total", total)
    yield Set("pause_requested_by", None)
    if total:
        yield Fire("parent", "hold_total")


def _ask_pause(facts: Facts, fields: Fields) -> Iterator[Change]:
    yield Set("pause_ground", fields["pause_ground"])
    yield Set("pause_until", fields.get("pause_until"))
    yield Set("pause_requested_by", facts["actor_id"])


def _forget_pause(facts: Facts, fields: Fields) -> Iterator[Change]:
    if facts["row"].get("pause_requested_by") is not None:
        yield from (Set(column, None) for column in ("pause_ground", "pause_until", "pause_requested_by"))


def _end_pause(facts: Facts, fields: Fields) -> Iterator[Change]:
    yield from (Set(column, None) for column in ("paused_at", "pause_ground", "pause_until", "pause_total"))
    if facts["row"].get("pause_total"):
        yield Fire("parent", "release_total")


def _hold_total_again(facts: Facts, fields: Fields) -> Iterator[Change]:
    if facts["row"].get("pause_total"):
        yield Fire("parent", "hold_total")


def _said(fields: Fields, stage: str, row: Facts) -> Put:
    level = fields.get("approval_level") or row.get("suspension_level")
    review = fields.get("review_at") or row.get("suspended_until")
    words = {name: fields[name] for name in ("plan", "public_explanation") if name in fields}
    return Put("suspensions", {"stage": stage, "approval_level": level, "review_at": review, **words})


def _ask_suspension(facts: Facts, fields: Fields) -> Iterator[Change]:
    yield _said(fields, "requested", facts["row"])
    yield Set("suspended_until", fields["review_at"])
    yield Set("suspension_level", fields["approval_level"])
    yield Set("suspension_requested_by", facts["actor_id"])


def _suspend(facts: Facts, fields: Fields) -> Iterator[Change]:
    row = facts["row"]
    yield _said(fields, "suspended", row)
    yield Set("suspended_at", facts["now"])
    yield Set("suspended_from", facts["state"])
    yield Set("suspended_until", fields.get("review_at") or row["suspended_until"])
    yield Set("suspension_level", fields.get("approval_level") or row["suspension_level"])
    yield Set("suspension_requested_by", None)


def _forget_suspension(facts: Facts, fields: Fields) -> Iterator[Change]:
    return (Set(column, None) for column in ("suspended_until", "suspension_level", "suspension_requested_by"))


def _end_suspension(facts: Facts, fields: Fields) -> Iterator[Change]:
    if facts["row"].get("suspended_at") is None:
        return
    yield _said({}, "ended", facts["row"])
    yield from (Set(column, None) for column in ("suspended_at", "suspended_from", "suspended_until", "suspension_level"))


HANDLING_EFFECTS: tuple[Effect, ...] = (
    effect("mark_share_held", "now", lambda facts, fields: (Set("held_at", facts["now"]),)),
    effect("mark_share_released", "", lambda facts, fields: (Set("held_at", None),)),
    effect("hold_shares", "children", _hold_all),
    effect("release_shares", "children", _release_all),
    effect("hand_out_more", "row", _add),
    effect("hand_down_share", "row", _hand_down),
    effect("recall_named_below", "children", _recall_named),
    effect("finish_what_is_below", "children", _finish_below),
    effect("end_what_is_below", "row children parent_state", _end_below),
    effect("copy_to_whom_the_pack_says", "copied_unit_ids copied_before", _copy),
    effect("take_copies_back", "copied_before", _uncopy),
    effect("ask_for_extension", "row", _ask_extension),
    effect("record_extension", "now actor_id", _record_extension),
    effect("grant_extension", "row now actor_id", _grant_extension),
    effect("mark_extension_decided", "now actor_id", _decided),
    effect("extend_handle_clock", "row", _extend_share),
    effect("extend_total_clock", "", lambda facts, fields: (Extend("total_clock", fields["new_due_at"]),)),
    effect("begin_pause", "row now pause_terms", _pause),
    effect("request_pause", "actor_id", _ask_pause),
    effect("forget_pause_request", "row", _forget_pause),
    effect("end_pause", "row", _end_pause),
    effect("hold_total_again", "row", _hold_total_again),
    effect("request_suspension", "row actor_id", _ask_suspension),
    effect("begin_suspension", "row now", _suspend),
    effect("forget_suspension_request", "", _forget_suspension),
    effect("end_suspension", "row", _end_suspension),
)
