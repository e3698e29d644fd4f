"""The order of refusals, branches, and what an actor is shown: on a definition made for asking."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from workflows.definition import load_released, parse
from workflows.effects import Open, Set
from workflows.machine import Action, Impossible, Missing, NotYours, Refused, Unknown, available, decide, facts_needed, facts_shown

FLOW = parse("""
name = "letter"
version = 1
kind = "letter"

[[state]]
name = "open"
label_zh = "待办"
label_en = "Open"
owner = "agent"
clocks = ["acceptance_clock"]

[[state]]
name = "shut"
label_zh = "已办"
label_en = "Shut"
final = true

[[transition]]
trigger = "bring"
label_zh = "送来"
label_en = "Bring"
from = [""]
to = "open"
who = ["agent@any"]
starts = ["acceptance_clock"]

[[transition]]
trigger = "decline"
label_zh = "不予受理"
label_en = "Decline"
from = ["open"]
to = "shut"
who = ["agent@centre"]
needs = ["ground"]
optional = ["note"]
guards = ["claimed_by_actor", "ground_is_statutory"]
effects = ["mark_closed"]
stops = ["acceptance_clock"]
opens = "letter"

[[transition]]
trigger = "recall"
label_zh = "撤销"
label_en = "Undo"
from = ["open"]
who = ["agent@centre"]
optional = ["reason"]
guards = ["within_undo_window", "is_own_dispatch"]

[[transition]]
trigger = "recall"
label_zh = "收回"
label_en = "Recall"
from = ["open"]
to = "shut"
who = ["agent@centre", "supervisor@any"]
needs = ["reason"]
optional = ["note"]
stops = ["acceptance_clock"]
""")
NOW = datetime(2025, 10, 9, 1, 0, tzinfo=UTC)
AGENT = frozenset({"agent@centre", "agent@any"})


def facts(**row: Any) -> dict[str, Any]:
    at = row.get("dispatched_at")
    pack = {"statutory_grounds": frozenset({"litigation"}), "undo_until": at + timedelta(minutes=10) if at else None}
    return {"state": "open", "now": NOW, "actor_id": 7, "row": {"claimed_by": 7, **row}, **pack}


def test_an_edge_that_is_not_there_comes_before_everything() -> None:
    with pytest.raises(Impossible) as denied:
        decide(FLOW, facts() | {"state": "shut"}, "decline", frozenset(), {"nonsense": 1})
    assert (denied.value.workflow, denied.value.state, denied.value.trigger) == ("letter", "shut", "decline")
    with pytest.raises(Impossible):
        decide(FLOW, facts(), "explode", AGENT, {})


def test_who_comes_before_the_fields() -> None:
    for who in (frozenset[str](), frozenset({"agent@lead"}), frozenset({"agent@any"}), frozenset({"dispatcher@centre"})):
        with pytest.raises(NotYours):
            decide(FLOW, facts(), "decline", who, {"nonsense": 1})


def test_unknown_fields_come_before_missing_ones_and_both_before_the_guards() -> None:
    with pytest.raises(Unknown) as unknown:
        decide(FLOW, facts(claimed_by=8), "decline", AGENT, {"zebra": 1, "aardvark": 2})
    assert unknown.value.fields == ("aardvark", "zebra")
    for given in ({}, {"ground": None}, {"ground": ""}, {"note": "话"}):
        with pytest.raises(Missing) as missing:
            decide(FLOW, facts(claimed_by=8), "decline", AGENT, given)
        assert missing.value.fields == ("ground",)


def test_the_first_guard_that_says_no_is_told() -> None:
    with pytest.raises(Refused) as refused:
        decide(FLOW, facts(claimed_by=8), "decline", AGENT, {"ground": "weather"})
    assert (refused.value.guard, refused.value.zh) == ("claimed_by_actor", "此单不是由您领取的。")
    assert refused.value.fields == (), "it speaks of no field"
    with pytest.raises(Refused) as refused:
        decide(FLOW, facts(), "decline", AGENT, {"ground": "weather"})
    assert refused.value.guard == "ground_is_statutory" and "litigation" in refused.value.zh
    assert refused.value.fields == ("ground",)


def test_what_is_allowed_says_where_to_and_what_changes() -> None:
    outcome = decide(FLOW, facts(), "decline", AGENT, {"ground": "litigation"})
    assert outcome.to == "shut" and outcome.transition.stops == ("acceptance_clock",)
    assert outcome.changes == (Set("closed_at", NOW), Open("letter"))
    birth = decide(FLOW, {"state": ""}, "bring", frozenset({"agent@own"}), {})
    assert birth.to == "open" and birth.changes == ()


def test_of_a_branch_the_first_row_whose_guards_hold_wins() -> None:
    fresh = facts(dispatched_at=NOW - timedelta(minutes=1), dispatched_by=7)
    stale = facts(dispatched_at=NOW - timedelta(minutes=10), dispatched_by=7)
    for fields in ({}, {"reason": "错"}):
        outcome = decide(FLOW, fresh, "recall", AGENT, fields)
        assert (outcome.to, outcome.transition.label_en) == ("open", "Undo")
    assert decide(FLOW, stale, "recall", AGENT, {"reason": "错"}).to == "shut"
    with pytest.raises(Refused) as refused:
        decide(FLOW, stale, "recall", AGENT, {})
    assert (refused.value.guard, refused.value.fields) == ("within_undo_window", ("reason",)), "what the other branch asks for"


def test_of_a_branch_only_the_rows_that_are_the_actors_and_take_the_fields_count() -> None:
    fresh = facts(dispatched_at=NOW, dispatched_by=7)
    assert decide(FLOW, fresh, "recall", AGENT, {"reason": "错", "note": "话"}).transition.label_en == "Recall"
    assert decide(FLOW, fresh, "recall", frozenset({"supervisor@copied"}), {"reason": "错"}).to == "shut"
    with pytest.raises(Missing) as missing:
        decide(FLOW, fresh, "recall", frozenset({"supervisor@any"}), {})
    assert missing.value.fields == ("reason",)
    with pytest.raises(Unknown) as unknown:
        decide(FLOW, fresh, "recall", AGENT, {"note": "话"})
    assert unknown.value.fields == ("note",)


def test_when_no_row_of_a_branch_holds_the_first_one_says_why() -> None:
    ticket = load_released()["ticket", 1]
    given = {"state": "handling", "now": NOW, "actor_id": 7, "children": (), "row": {"termination_requested_by": 7}}
    both, fields = frozenset({"dispatcher@centre", "reviewer@centre"}), {"reason": "阻挠", "termination_ground": "citizen_blocks"}
    with pytest.raises(Refused) as refused:
        decide(ticket, given, "terminate", both, fields)
    assert refused.value.guard == "termination_not_requested_by_actor"


def test_deciding_changes_nothing_it_was_given() -> None:
    given, fields = facts(), {"ground": "litigation"}
    decide(FLOW, given, "decline", AGENT, fields)
    assert given == facts() and fields == {"ground": "litigation"}


def test_shown_are_the_actions_of_the_actor_whose_guards_may_hold() -> None:
    assert [action.trigger for action in available(FLOW, facts(), AGENT)] == ["decline", "recall"]
    assert [action.trigger for action in available(FLOW, facts(claimed_by=8), AGENT)] == ["recall"]
    recall = Action("recall", "收回", "Recall", ("reason",), ("note",), "end")
    assert available(FLOW, facts(), frozenset({"supervisor@centre"})) == [recall]
    assert available(FLOW, facts() | {"state": "shut"}, AGENT) == []
    # A guard whose facts are not at hand is taken to hold.
    assert [action.trigger for action in available(FLOW, {"state": "open"}, AGENT)] == ["decline", "recall"]


def test_what_branches_show_is_named_by_the_first_and_needs_what_all_of_them_need() -> None:
    fresh = facts(dispatched_at=NOW, dispatched_by=7)
    stale = facts(dispatched_at=NOW - timedelta(hours=1), dispatched_by=7)
    both = Action("recall", "撤销", "Undo", (), ("reason", "note"), "end")
    one = Action("recall", "收回", "Recall", ("reason",), ("note",), "end")
    assert next(action for action in available(FLOW, fresh, AGENT) if action.trigger == "recall") == both
    assert next(action for action in available(FLOW, stale, AGENT) if action.trigger == "recall") == one


def test_the_facts_of_an_edge_are_named_beforehand() -> None:
    assert facts_needed(FLOW, "open", "recall") == {"row", "now", "actor_id", "undo_until"}
    assert facts_needed(FLOW, "", "bring") == frozenset()
    assert facts_needed(FLOW, "shut", "bring") == frozenset()
    assert facts_shown(FLOW, "open") == {"row", "now", "actor_id", "undo_until"}, "what waits for a field is not looked at"
    assert facts_shown(FLOW, "shut") == frozenset()


def test_many_threads_share_one_machine() -> None:
    ticket = load_released()["ticket", 1]

    def ask(number: int) -> tuple[str, str]:
        given = {"state": ("dispatched", "handling")[number % 2], "now": NOW}
        return decide(ticket, given, ("sign", "reply")[number % 2], frozenset({"system@cause"}), {}).to, given["state"]

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(ask, range(2000)))
    assert answers == [("handling", "dispatched"), ("replied", "handling")] * 1000
