"""Random lives: whatever people do, in whatever order, ticket and assignments agree, clocks stay in place, nothing gets stuck."""

from __future__ import annotations

import copy
from collections import deque
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.workflows.district import BUREAU, OTHERS, PEOPLE, STREET, UTILITY, Case, District, Person, person
from workflows.definition import Transition, load_released
from workflows.effects import Set
from workflows.fields import FIELDS, Field
from workflows.machine import Denied

# Where the lead's assignment stands while the ticket stands somewhere.
LEAD = {"dispatched": {"assigned"}, "handling": {"handling", "submitted"}, "replied": {"replied"}}
UNITS = st.sampled_from((STREET, BUREAU, UTILITY))
EVERYBODY = (*PEOPLE, *OTHERS)


def value(field: Field, district: District) -> st.SearchStrategy[Any]:
    if field.name in ("lead_unit", "unit"):
        return UNITS
    if field.name == "co_units":
        return st.lists(UNITS, max_size=2)
    if field.name == "person":
        return st.sampled_from([each.id for each in PEOPLE])
    return {
        "text": st.just("话"), "code": st.sampled_from(("litigation", "police", "other")), "bool": st.booleans(),
        "choice": st.sampled_from(field.choices or ("",)), "choices": st.just(list(field.choices[:1])), "codes": st.just(["x"]),
        "instant": st.sampled_from((district.now - timedelta(hours=1), district.now + timedelta(hours=1))), "id": st.integers(1, 9),
        "number": st.integers(0, 3),
    }[field.type]  # fmt: skip


def fields_for(data: st.DataObject, row: Transition, district: District) -> dict[str, Any]:
    names = [*row.needs, *(name for name in row.optional if data.draw(st.integers(0, 3), label=name) == 0)]
    return {name: data.draw(value(FIELDS[name], district), label=name) for name in names}


def possible(district: District) -> list[tuple[Case, Person, Transition]]:
    """Everything that anybody could try now: the rows of each trigger that is open to him, in a fixed order."""
    found = []
    for case in district.cases.values():
        for actor in EVERYBODY:
            open_now = {action.trigger for action in district.actions(case, actor)}
            rows = (row for row in case.workflow.transitions if case.state in row.sources and row.trigger in open_now)
            found += [(case, actor, row) for row in rows]
    return found


@settings(max_examples=100)
@given(st.data())
def test_a_life_of_any_order_keeps_every_invariant(data: st.DataObject) -> None:
    district = District()
    district.direct_reply = data.draw(st.booleans())
    district.register(data.draw(st.sampled_from(("agent", "citizen", "system", "importer"))))
    for _ in range(data.draw(st.integers(5, 20), label="steps")):
        district.later(minutes=data.draw(st.sampled_from((1, 9, 60, 3000))))
        # Steps that lead somewhere are drawn as often as all annotations together.
        choices = possible(district)
        moving = [choice for choice in choices if choice[2].to is not None]
        chosen = data.draw(st.sampled_from(moving if moving and data.draw(st.booleans()) else choices))
        attempt(data, district, *chosen)
        consistent(district)


def attempt(data: st.DataObject, district: District, case: Case, actor: Person, row: Transition) -> None:
    fields = fields_for(data, row, district)
    before = (case.state, dict(case.row), dict(case.clocks), len(district.cases), len(district.records))
    try:
        outcome = district.do(case, row.trigger, actor, **fields)
    except Denied:
        assert before == (case.state, case.row, case.clocks, len(district.cases), len(district.records))
        return
    columns = [change.column for change in outcome.changes if isinstance(change, Set)]
    assert len(columns) == len(set(columns)), f"{row.trigger} writes a column twice: {columns}"


def consistent(district: District) -> None:
    for case in district.cases.values():
        state = case.workflow.states[case.state]
        assert set(case.clocks) <= set(state.clocks), f"{case.clocks} in {case.state}"
        assert not (state.final and case.clocks)
        assert all(status == "running" or case.state in ("submitted", "replied") for status in case.clocks.values())
        # A reply waits for the ticket's own decision; everything else open waits for somebody who can do something.
        waits = case.parent is not None and case.state == "replied"
        assert state.final or waits or any(district.actions(case, actor) for actor in EVERYBODY), f"stuck in {case.state}"
    leads = [case for case in district.open_shares() if case.row["role"] == "lead"]
    expected = LEAD.get(district.ticket.state)
    assert [case.state in (expected or ()) for case in leads] == ([True] if expected else [])
    assert expected or not district.open_shares(), "a unit still works on a ticket that has left the units"
    open_units = [case.row["unit_id"] for case in district.open_shares()]
    assert len(open_units) == len(set(open_units)), "a unit has two open shares"
    assert {(case.row["unit_id"], case.row["role"]) for case in district.open_shares()} <= district.access
    assert all(case.row["round"] == district.ticket.row["round"] for case in district.open_shares())
    assert (district.ticket.row["lead_unit_id"] in open_units) if leads else True


def test_every_edge_can_be_taken() -> None:
    """Everything is tried from each new standing of ticket and shares, nearest first: no edge of either definition is dead. The district
    in memory knows two kinds of case, so these are the first definitions; the newest are walked by stories and by the simulation."""
    flows = [flow for flow in load_released().values() if flow.name in ("ticket", "assignment") and flow.version == 1]
    missing = {(flow.name, row) for flow in flows for row in flow.transitions}
    seen: set[object] = set()
    waiting = deque(born(missing))
    while missing and waiting:
        district = waiting.popleft()
        if (here := standing(district)) not in seen:
            seen.add(here)
            waiting.extend(tried(district, missing))
    assert not missing, sorted((name, row.trigger, sorted(row.sources), row.who) for name, row in missing)


def born(missing: set[tuple[str, Transition]]) -> Iterator[District]:
    for who in ("agent", "importer"):
        district = District()
        district.direct_reply = True
        district.register(who)
        missing -= set(district.taken)
        yield district


def standing(district: District) -> object:
    row = district.ticket.row
    shares = tuple((case.row["unit_id"], case.state) for case in district.open_shares())
    pending, claimed = row.get("termination_requested_by"), row.get("claimed_by")
    return district.ticket.state, shares, pending, claimed, row.get("evaluated_round") == row["round"]


def tried(district: District, missing: set[tuple[str, Transition]]) -> Iterator[District]:
    """Each row once, by the first who may; what leads nowhere new is tried and forgotten."""
    done = set()
    for case, actor, row in possible(district):
        if (case.id, row) in done:
            continue
        after = copy.deepcopy(district)
        try:
            outcome = after.do(after.cases[case.id], row.trigger, actor, **told(row, district))
        except Denied:
            continue
        if outcome.transition is not row:
            continue
        done.add((case.id, row))
        missing -= set(after.taken)
        yield after


def told(row: Transition, district: District) -> dict[str, Any]:
    """What a careful person would write."""
    good: dict[str, Any] = {
        "ground": "litigation", "outcome": "solved", "contacted": True, "reached": "contacted" in (*row.needs, *row.optional),
        "lead_unit": BUREAU if district.ticket.row.get("lead_unit_id") == STREET else STREET, "contact_at": district.now,
        "contact_way": "phone", "rating": "satisfied", "solved": True, "kind": "urge", "urgency": "critical",
        "transfer_to": "police", "termination_ground": "legal_channel",
        "person": person("handler", district.ticket.row.get("lead_unit_id") or STREET).id,
    }  # fmt: skip
    # The undo is the recall that gives no reason.
    also = set() if row.emits == "DispatchUndone" else {"reason", "title"}
    wanted = [*row.needs, *(name for name in row.optional if name in good.keys() | also)]
    return {name: good.get(name, "话") for name in wanted}
