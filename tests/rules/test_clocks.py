"""A clock's budget is neither lost nor won by pausing; its due instant and rungs follow from the ledger alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules import clocks
from rules.amounts import UNITS, Amount, Unit, parse_amount
from rules.clocks import Ledger, RungRow
from rules.shapes import read_rung
from rules.walk import explain
from rules.worktime import add, between, shown
from tests.rules.made import at, calendar, hours, office, packs

BEGIN = datetime(2025, 1, 2, tzinfo=UTC)
minutes = st.integers(0, 40 * 24 * 60)
moments = st.lists(minutes, min_size=1, max_size=8, unique=True).map(lambda all: [BEGIN + timedelta(minutes=one) for one in sorted(all)])


def rungs(*keys: str) -> list[RungRow]:
    return [RungRow(key, read_rung(key), ("mark",), "a pack", "escalation", (key,)) for key in keys]


def held_and_resumed(start: datetime, amount: Amount, moments: Sequence[datetime]) -> Ledger:
    """Held at the first moment, resumed at the second, and so on; running at the end."""
    ledger, _ = clocks.start(amount, start, office(), ())
    for number, moment in enumerate(moments):
        ledger = clocks.resume(ledger, moment) if number % 2 else clocks.hold(ledger, moment, office())
    return clocks.resume(ledger, moments[-1])


@given(moments, st.integers(1, 60), st.sampled_from(UNITS))
def test_what_was_consumed_is_the_sum_of_the_runs_and_nothing_is_lost(moments: list[datetime], value: int, unit: Unit) -> None:
    start, amount = BEGIN, Amount(value, unit)
    ledger = held_and_resumed(start, amount, moments)
    runs = [(low, high) for number, (low, high) in enumerate(pairwise([start, *moments])) if number % 2 == 0]
    base = [between(start, high, office(), unit).value - between(start, low, office(), unit).value for low, high in runs]
    assert ledger.consumed.value == sum(base)
    assert clocks.consumed(ledger, moments[-1], office()) == ledger.consumed


@given(moments, st.integers(1, 60), st.sampled_from(UNITS))
def test_at_the_due_instant_the_whole_budget_is_consumed(moments: list[datetime], value: int, unit: Unit) -> None:
    ledger = held_and_resumed(BEGIN, Amount(value, unit), moments)
    projection = clocks.project(ledger, office(), ())
    assert projection.due_at is not None
    if not projection.exhausted:
        assert clocks.consumed(ledger, projection.due_at, office()) == ledger.budget
        assert ledger.budget.minus(clocks.consumed(ledger, projection.due_at, office())).value == 0
    assert projection.exhausted == (ledger.consumed.value >= value and ledger.running_since != BEGIN)


@given(moments, st.integers(1, 60), st.sampled_from(UNITS))
def test_a_pause_never_makes_a_limit_due_earlier(moments: list[datetime], value: int, unit: Unit) -> None:
    amount = Amount(value, unit)
    projection = clocks.project(held_and_resumed(BEGIN, amount, moments), office(), ())
    assert projection.due_at is not None
    assert projection.exhausted or projection.due_at >= add(BEGIN, amount, office()).at


@given(moments, st.integers(1, 40))
def test_the_walk_with_pauses_ends_where_the_ledger_is_due(moments: list[datetime], value: int) -> None:
    amount = Amount(value, "wd")
    evenly = moments if len(moments) % 2 == 0 else moments[:-1]
    pauses = list(zip(evenly[::2], evenly[1::2], strict=True))
    walk = explain(BEGIN, amount, office(), pauses)
    ledger = held_and_resumed(BEGIN, amount, evenly) if evenly else clocks.start(amount, BEGIN, office(), ())[0]
    projection = clocks.project(ledger, office(), ())
    assert walk.due is not None
    assert projection.due_at is not None
    assert walk.due.at <= projection.due_at if projection.exhausted else walk.due.at == projection.due_at
    assert walk.steps[-1].total == amount


def test_the_walk_tells_an_open_pause_and_a_limit_that_was_due_before_one() -> None:
    paused = explain(at("2025-03-03T09:00"), parse_amount("3wd"), office(), [(at("2025-03-04T12:00"), None)])
    assert paused.due is None
    assert paused.steps[-1].total == Amount(Fraction(1, 2), "wd")
    late = explain(at("2025-03-03T09:00"), parse_amount("1wd"), office(), [(at("2025-03-06T12:00"), at("2025-03-07T12:00"))])
    assert late.due is not None
    assert late.due.at == at("2025-03-05T00:00")


def test_a_pause_of_part_of_a_day_gives_back_what_was_worked_in_it() -> None:
    """Ten to noon is two of seven hours; they are returned on the day after the last one."""
    ledger, projection = clocks.start(parse_amount("2wd"), at("2025-03-03T09:00"), office(), ())
    assert projection.due_at == at("2025-03-06T00:00")
    held = clocks.hold(ledger, at("2025-03-04T10:00"), office())
    assert held.consumed == Amount(Fraction(3, 14), "wd")
    resumed = clocks.resume(held, at("2025-03-04T12:00"))
    assert clocks.project(resumed, office(), ()).due_at == at("2025-03-06T10:30")


@pytest.mark.parametrize(
    ("held", "resumed", "due"),
    [
        ("2025-03-04T18:00", "2025-03-04T23:00", "2025-03-06T00:00"),
        ("2025-03-04T12:00", "2025-03-04T14:00", "2025-03-06T00:00"),
        ("2025-03-03T10:00", "2025-03-03T16:00", "2025-03-06T00:00"),
        ("2025-03-04T10:00", "2025-03-06T10:00", "2025-03-08T00:00"),
        ("2025-03-04T00:00", "2025-03-06T00:00", "2025-03-08T00:00"),
        ("2025-03-07T18:00", "2025-03-10T08:00", "2025-03-10T08:00"),
    ],
)
def test_pauses_outside_working_time_return_nothing_and_whole_days_return_days(held: str, resumed: str, due: str) -> None:
    ledger, _ = clocks.start(parse_amount("2wd"), at("2025-03-03T09:00"), office(), ())
    ledger = clocks.resume(clocks.hold(ledger, at(held), office()), at(resumed))
    assert clocks.project(ledger, office(), ()).due_at == at(due)


def test_holding_twice_and_resuming_twice_change_nothing() -> None:
    ledger, _ = clocks.start(parse_amount("2wd"), at("2025-03-03T09:00"), office(), ())
    held = clocks.hold(ledger, at("2025-03-04T10:00"), office())
    assert clocks.hold(held, at("2025-03-05T10:00"), office()) is held
    resumed = clocks.resume(held, at("2025-03-05T10:00"))
    assert clocks.resume(resumed, at("2025-03-05T11:00")) is resumed
    assert clocks.project(held, office(), rungs("due")) == clocks.Projection(None, False, ())


def test_another_class_keeps_what_is_consumed() -> None:
    ledger, _ = clocks.start(parse_amount("15wd"), at("2025-03-03T09:00"), office(), ())
    now = at("2025-03-06T00:00")
    shorter = clocks.rebudget(ledger, parse_amount("10wd"), now, office())
    assert clocks.consumed(shorter, now, office()) == parse_amount("2wd")
    assert clocks.project(shorter, office(), ()).due_at == add(at("2025-03-03T09:00"), parse_amount("10wd"), office()).at


def test_another_unit_measures_the_same_run_anew() -> None:
    ledger, _ = clocks.start(parse_amount("2wd"), at("2025-03-03T09:00"), office(), ())
    hours_now = clocks.rebudget(ledger, parse_amount("4wh"), at("2025-03-03T11:00"), office())
    assert clocks.project(hours_now, office(), ()).due_at == at("2025-03-03T15:00")
    paused = clocks.resume(clocks.hold(ledger, at("2025-03-05T00:00"), office()), at("2025-03-06T08:30"))
    again = clocks.rebudget(paused, parse_amount("20wh"), at("2025-03-06T09:30"), office())
    assert again.consumed == parse_amount("14.5wh")
    assert clocks.project(again, office(), ()).due_at == at("2025-03-06T17:00")


def test_rungs_stand_before_and_after_the_limit_in_the_order_of_time() -> None:
    keys = ["+5wd", "due", "80%", "-1wd", "+1wd", "50%", "+2wh"]
    _, projection = clocks.start(parse_amount("10wd"), at("2025-09-22T10:00"), office(), rungs(*keys))
    found = [(rung.key, shown(rung.at, office()).isoformat()[:16]) for rung in projection.rungs]
    assert found == [
        ("50%", "2025-09-28T23:59"), ("80%", "2025-10-09T23:59"), ("-1wd", "2025-10-10T23:59"), ("due", "2025-10-11T23:59"),
        ("+2wh", "2025-10-13T10:30"), ("+1wd", "2025-10-13T23:59"), ("+5wd", "2025-10-17T23:59"),
    ]  # fmt: skip
    assert projection.rungs[3].at == projection.due_at


def test_half_of_an_odd_number_of_days_falls_into_a_day() -> None:
    _, projection = clocks.start(parse_amount("3wd"), at("2025-03-03T10:00"), office(), rungs("50%"))
    assert projection.rungs[0].at == at("2025-03-05T12:00")


def test_rungs_wait_while_a_clock_is_held_and_those_passed_come_at_the_resumption() -> None:
    steps = rungs("50%", "80%", "due", "+1wd")
    ledger, _ = clocks.start(parse_amount("4wd"), at("2025-03-03T10:00"), office(), steps)
    ledger = clocks.resume(clocks.hold(ledger, at("2025-03-06T00:00"), office()), at("2025-03-12T00:00"))
    found = clocks.project(ledger, office(), steps).rungs
    assert [rung.at for rung in found] == [
        at("2025-03-12T00:00"), at("2025-03-13T09:54"), at("2025-03-14T00:00"), at("2025-03-15T00:00"),
    ]  # fmt: skip


def test_an_overdue_clock_that_is_resumed_says_that_it_was_exhausted() -> None:
    ledger, _ = clocks.start(parse_amount("1wd"), at("2025-03-03T10:00"), office(), ())
    ledger = clocks.resume(clocks.hold(ledger, at("2025-03-06T10:00"), office()), at("2025-03-07T10:00"))
    projection = clocks.project(ledger, office(), ())
    assert (projection.exhausted, projection.due_at) == (True, at("2025-03-07T10:00"))


@given(minutes, st.integers(1, 20), st.lists(minutes, min_size=2, max_size=6))
def test_every_rung_is_passed_once_whenever_one_looks(begin: int, value: int, looks: list[int]) -> None:
    start = BEGIN + timedelta(minutes=begin)
    _, projection = clocks.start(Amount(value, "wd"), start, office(), rungs("50%", "80%", "due", "+1wd", "+5wd"))
    ends = [start, *(start + timedelta(minutes=look) for look in sorted(looks)), datetime(2027, 1, 1, tzinfo=UTC)]
    seen = [rung.key for after, until in pairwise(ends) for rung in clocks.passed(projection, after, until)]
    assert seen == [rung.key for rung in projection.rungs]


def test_an_instant_given_from_above_is_moved_by_no_pause_and_has_rungs_all_the_same() -> None:
    due = at("2025-03-14T23:59:59")
    projection = clocks.project_fixed(at("2025-03-03T08:30"), due, office(), rungs("50%", "-1wd", "due", "+1wd", "+60min"))
    assert projection.due_at == due
    assert [(rung.key, rung.at) for rung in projection.rungs] == [
        ("50%", at("2025-03-07T17:30")), ("-1wd", at("2025-03-14T00:00")), ("due", due),
        ("+60min", due + timedelta(hours=1)), ("+1wd", at("2025-03-18T00:00")),
    ]  # fmt: skip
    past = clocks.project_fixed(at("2025-03-15T10:00"), due, office(), rungs("50%", "due"))
    assert [rung.at for rung in past.rungs] == [due, due]


def facts(**given: object) -> Mapping[str, object]:
    return {"type": "complaint", "urgency": "normal", "source": "city", **given}


@pytest.mark.parametrize(
    ("pack", "clock", "given", "expected"),
    [
        ("gd-2022", "total_clock", {"type": "consult"}, [("district", "2wd", "gd-consult")]),
        ("gd-2022", "total_clock", {"type": "help"}, [("district", "10wd", "gd-help-suggestion")]),
        ("gd-2022", "total_clock", {"type": "tipoff"}, [("district", "15wd", "gd-complaint-tipoff")]),
        ("gd-2022", "total_clock", {"type": "praise"}, []),
        ("gd-2022", "sign_clock", {}, []),
        ("gd-2022", "total_clock", {"labels": ["statute.market_complaint"]}, [("district", "7wd", "statute-market-complaint")]),
        ("demo-district", "total_clock", {}, [("district", "15wd", "gd-complaint-tipoff")]),
        ("demo-district", "total_clock", {"urgency": "critical"}, [("district", "2wd", "demo-total-critical")]),
        ("demo-district", "handle_clock", {}, [("unit", "12wd", "demo-handle-complaint-tipoff")]),
        ("demo-district", "handle_clock", {"labels": {"statute.market_complaint"}}, [("unit", "5wd", "demo-handle-market")]),
        ("demo-district", "handle_clock", {"type": "consult", "urgency": "urgent"}, [("unit", "1wd", "demo-handle-consult")]),
        ("demo-district", "return_window_clock", {}, [("unit", "1wd", "demo-return")]),
        ("sh", "return_window_clock", {}, [("unit", "3wd", "sh-return")]),
        ("sh", "total_clock", {"labels": ["business.general"]}, [("district", "5wd", "sh-business-general")]),
    ],
)
def test_the_row_that_sets_a_limit(pack: str, clock: str, given: Mapping[str, object], expected: list[tuple[str, str, str]]) -> None:
    found = clocks.limits(packs()[pack], clock, facts(**given), date(2026, 3, 2))
    assert [(limit.level, str(limit.amount), limit.row) for limit in found] == expected
    assert all(limit.basis and limit.table == "limits" for limit in found)


def test_a_limit_names_the_pack_that_wrote_its_row() -> None:
    found = clocks.limits(packs()["demo-district"], "total_clock", facts(), date(2026, 3, 2))
    assert [limit.pack for limit in found] == ["gd-2022"]


def test_rungs_of_the_demonstration_district() -> None:
    found = clocks.rungs_for(packs()["demo-district"], "handle_clock", "unit", facts(urgency="urgent"), date(2026, 3, 2))
    assert {rung.key for rung in found} == {"50%", "80%", "due", "+4wh", "+1wd", "+5wd"}
    assert found[0].actions == ("mark", "notify:unit_lead@lead")
    assert found[0].rows == ("handle-50", "handle-50-urgent")
    raised = next(rung for rung in found if rung.key == "+5wd")
    assert raised.actions[-2:] == ("fire:escalate", "fire:yellow_card") and raised.rows == ("handle-5wd", "handle-5wd-card")
    assert clocks.rungs_for(packs()["gd-2022"], "handle_clock", "unit", facts(), date(2026, 3, 2)) == ()


def test_a_day_at_the_end_of_hours_is_due_then() -> None:
    evening = calendar(hours(day_end="hours"))
    _, projection = clocks.start(parse_amount("2wd"), at("2025-03-03T10:00"), evening, rungs("due", "+1wd"))
    assert [rung.at for rung in projection.rungs] == [at("2025-03-05T17:30"), at("2025-03-06T17:30")]
