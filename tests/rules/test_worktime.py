"""Working time is one arithmetic: adding and measuring are inverse, nothing runs backwards, and no calendar leads to a loop."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rules.amounts import UNITS, Amount, Unit, parse_amount
from rules.days import Calendar, Special
from rules.errors import AmountError, CalendarError
from rules.walk import explain
from rules.worktime import add, between, shift, shown
from tests.rules.made import at, calendar, hours, off, office

NEW_YORK = ZoneInfo("America/New_York")
LISBON = ZoneInfo("Europe/Lisbon")
CALENDARS: dict[str, Calendar] = {
    "office": office(),
    "start day counted": calendar(hours(count_start_day=True), off(date(2025, 3, 10))),
    "due at the end of hours": calendar(hours(day_end="hours"), off(date(2025, 3, 10))),
    "nights and weekends": calendar(hours(hours=["00:00-24:00"], sat=["00:00-24:00"], sun=["00:00-24:00"])),
    "summer time": calendar(hours(zone="America/New_York", hours=["00:00-24:00"], sat=["00:00-24:00"], sun=["00:00-24:00"])),
    "one short day a week": calendar(hours(hours=["09:00-17:00"], tue=[], wed=[], thu=[], fri=["09:00-12:00"])),
    "one day a week": calendar(hours(zone="Europe/Lisbon", hours=["09:00-17:00"], tue=[], wed=[], thu=[], fri=[])),
}
BEGIN = datetime(2019, 6, 1, tzinfo=UTC)
instants = st.integers(0, 6 * 366 * 24 * 3600).map(lambda seconds: BEGIN + timedelta(seconds=seconds))
summer = st.integers(0, 90 * 24 * 60).map(lambda minutes: BEGIN + timedelta(minutes=minutes))
units = st.sampled_from(UNITS)
calendars = st.sampled_from(sorted(CALENDARS))
wholes = st.integers(1, 90)


@given(instants, wholes, units, calendars)
def test_measuring_undoes_adding(start: datetime, value: int, unit: Unit, name: str) -> None:
    amount = Amount(value, unit)
    due = add(start, amount, CALENDARS[name])
    assert due.at > start
    assert between(start, due.at, CALENDARS[name], unit) == amount


@given(instants, instants, units, calendars)
def test_adding_what_was_measured_comes_no_later_and_measures_the_same(one: datetime, other: datetime, unit: Unit, name: str) -> None:
    """Also in the middle of a day: the earliest instant with that measure is found, to the microsecond."""
    start, end = min(one, other), max(one, other)
    measured = between(start, end, CALENDARS[name], unit)
    if measured.value:
        due = add(start, measured, CALENDARS[name])
        day_ends_later = unit in ("wd", "nd") and Fraction(measured.value).denominator == 1
        assert due.at <= end or day_ends_later
        assert between(start, due.at, CALENDARS[name], unit) == measured


@given(instants, st.integers(0, 30 * 24 * 3600), wholes, st.integers(0, 40), units, calendars)
def test_more_time_or_a_later_start_is_never_due_earlier(start: datetime, later: int, value: int, more: int, unit: Unit, name: str) -> None:
    due = add(start, Amount(value, unit), CALENDARS[name]).at
    assert due <= add(start, Amount(value + more, unit), CALENDARS[name]).at
    assert due <= add(start + timedelta(seconds=later), Amount(value, unit), CALENDARS[name]).at


@given(instants, st.fractions(1, 30, max_denominator=50), units, calendars)
def test_a_part_is_due_between_its_neighbours(start: datetime, value: Fraction, unit: Unit, name: str) -> None:
    """From one day up: where the start day counts, less than a day may be spent before the start itself."""
    due = add(start, Amount(value, unit), CALENDARS[name]).at
    assert due <= add(start, Amount(int(value) + 1, unit), CALENDARS[name]).at
    measured = between(start, due, CALENDARS[name], unit).value
    assert 0 <= measured - value <= Fraction(1, 50_000_000)


@settings(max_examples=60)
@given(summer, wholes, st.sampled_from(["wd", "wh"]), st.sets(st.integers(0, 150), min_size=1, max_size=12))
def test_an_added_holiday_never_moves_a_deadline_earlier(start: datetime, value: int, unit: Unit, offsets: set[int]) -> None:
    plain = calendar(hours(), years=(2019,))
    longer = calendar(hours(), *(off(date(2019, 6, 1) + timedelta(days=offset)) for offset in offsets), years=(2019,))
    assert add(start, Amount(value, unit), plain).at <= add(start, Amount(value, unit), longer).at


@settings(max_examples=60)
@given(summer, wholes, st.sampled_from(["wd", "wh"]), st.integers(0, 150))
def test_an_added_workday_never_moves_a_deadline_later(start: datetime, value: int, unit: Unit, offset: int) -> None:
    plain = calendar(hours(), years=(2019,))
    worked = calendar(hours(), (date(2019, 6, 1) + timedelta(days=offset), Special("makeup", "made up")), years=(2019,))
    assert add(start, Amount(value, unit), worked).at <= add(start, Amount(value, unit), plain).at


@given(instants, wholes, units, calendars)
def test_the_walk_adds_up_to_the_amount_and_ends_where_adding_ends(start: datetime, value: int, unit: Unit, name: str) -> None:
    amount = Amount(value % 20 + 1, unit)
    walk = explain(start, amount, CALENDARS[name])
    assert walk.due == add(start, amount, CALENDARS[name])
    assert walk.steps[-1].total == amount
    assert all(step.counted.value == 0 for step in walk.steps if unit == "wd" and step.of.kind in ("rest", "holiday"))


@given(instants, wholes, st.integers(1, 9), calendars)
def test_working_days_do_not_depend_on_the_hours_of_the_start_day(start: datetime, value: int, _seed: int, name: str) -> None:
    chosen = CALENDARS[name]
    midnight = start.astimezone(chosen.zone).replace(hour=0, minute=0, second=0, microsecond=0).astimezone(UTC)
    assert add(start, Amount(value, "wd"), chosen) == add(midnight, Amount(value, "wd"), chosen)


def test_whether_the_start_day_counts_is_a_matter_of_the_calendar() -> None:
    start, two = at("2025-03-05T10:00"), parse_amount("2wd")
    assert shown(add(start, two, calendar(hours())).at, office()) == at("2025-03-07T23:59:59")
    assert shown(add(start, two, calendar(hours(count_start_day=True))).at, office()) == at("2025-03-06T23:59:59")
    weekend = at("2025-03-08T10:00")
    assert shown(add(weekend, two, calendar(hours(count_start_day=True))).at, office()) == at("2025-03-11T23:59:59")


def test_when_a_due_day_ends_is_a_matter_of_the_calendar() -> None:
    start, two = at("2025-03-05T10:00"), parse_amount("2wd")
    assert add(start, two, calendar(hours())).at == at("2025-03-08T00:00")
    assert add(start, two, calendar(hours(day_end="hours"))).at == at("2025-03-07T17:30")


@pytest.mark.parametrize(
    ("start", "amount", "due"),
    [
        ("2025-03-05T11:00", "1wh", "2025-03-05T12:00"),
        ("2025-03-05T11:00", "2wh", "2025-03-05T15:00"),
        ("2025-03-05T12:30", "1wh", "2025-03-05T15:00"),
        ("2025-03-05T16:30", "1wh", "2025-03-05T17:30"),
        ("2025-03-05T20:00", "0.5wh", "2025-03-06T09:00"),
        ("2025-03-07T17:00", "1wh", "2025-03-10T09:00"),
        ("2025-01-25T10:00", "1wh", "2025-01-26T09:30"),
    ],
)
def test_lunch_evenings_and_weekends_are_not_working_hours(start: str, amount: str, due: str) -> None:
    assert add(at(start), parse_amount(amount), office()).at == at(due)


def test_a_stretch_of_hours_ends_when_it_is_over_not_when_the_next_begins() -> None:
    assert add(at("2025-03-05T08:30"), parse_amount("3.5wh"), office()).at == at("2025-03-05T12:00")
    assert add(at("2025-03-05T08:30"), parse_amount("7wh"), office()).at == at("2025-03-05T17:30")


def test_summer_time_loses_an_hour_of_the_night_and_no_day() -> None:
    night = CALENDARS["summer time"]
    start = at("2025-03-08T12:00", NEW_YORK)
    assert add(start, parse_amount("24wh"), night).at == at("2025-03-09T13:00", NEW_YORK)
    assert add(start, parse_amount("1wd"), night).at == at("2025-03-10T00:00", NEW_YORK)
    assert add(start, parse_amount("1nd"), night).at == at("2025-03-10T00:00", NEW_YORK)
    assert add(start, parse_amount("1440min"), night).at == start + timedelta(days=1)
    monday = add(at("2025-03-31T08:00", LISBON), parse_amount("8wh"), CALENDARS["one day a week"]).at
    assert monday == at("2025-03-31T17:00", LISBON)


def test_an_hour_that_spring_skips_is_never_worked() -> None:
    vanished = calendar(hours(zone="America/New_York", hours=["09:00-17:00"], sun=["02:00-03:00"]))
    assert add(at("2025-03-08T12:00", NEW_YORK), parse_amount("1wd"), vanished).at == at("2025-03-11T00:00", NEW_YORK)


def test_the_end_of_a_day_stays_the_end_of_a_day_when_it_is_shifted() -> None:
    due = add(at("2025-09-30T10:00"), parse_amount("15wd"), office()).at
    assert shown(shift(due, parse_amount("1wd"), office()).at, office()) == at("2025-10-29T23:59:59")
    assert shown(shift(due, parse_amount("2wd"), office(), back=True).at, office()) == at("2025-10-24T23:59:59")
    told_by_the_city = at("2025-10-28T23:59:59")
    assert shift(told_by_the_city, parse_amount("1wd"), office()).at == at("2025-10-30T00:00")


def test_a_short_day_is_a_whole_working_day_and_few_working_hours() -> None:
    storm = calendar(hours(), (date(2025, 3, 6), Special("short", "storm", ((510, 720),))))
    assert add(at("2025-03-05T10:00"), parse_amount("1wd"), storm).at == at("2025-03-07T00:00")
    assert add(at("2025-03-05T17:30"), parse_amount("4wh"), storm).at == at("2025-03-07T09:00")


def test_an_empty_calendar_is_an_error_and_never_a_loop() -> None:
    with pytest.raises(CalendarError, match="no working time"):
        hours(**dict.fromkeys(("mon", "tue", "wed", "thu", "fri"), []))
    nothing = calendar(hours(), *(off(date(2015, 1, 1) + timedelta(days=day)) for day in range(365 * 20 + 5)))
    assert add(at("2020-01-01T10:00"), parse_amount("1wd"), nothing).at == at("2035-01-02T00:00")


@pytest.mark.parametrize("amount", ["99999wd", "999999wh", "999999999nd"])
def test_beyond_the_horizon_is_an_error(amount: str) -> None:
    with pytest.raises(CalendarError):
        add(at("2020-01-01T10:00"), parse_amount(amount), office())


def test_provisional_is_told_of_both_ends_and_only_of_working_units() -> None:
    assert add(at("2026-12-30T10:00"), parse_amount("2wd"), office()).provisional
    assert not add(at("2026-12-30T10:00"), parse_amount("1wd"), office()).provisional
    assert add(at("2017-12-29T10:00"), parse_amount("1wh"), office()).provisional
    assert not add(at("2030-01-01T10:00"), parse_amount("90min"), office()).provisional
    assert not add(at("2030-01-01T10:00"), parse_amount("9nd"), office()).provisional


READ = [("15wd", 15), ("1.5wd", Fraction(3, 2)), ("19/7wd", Fraction(19, 7)), (" 8 wh", 8), ("0nd", 0)]


@pytest.mark.parametrize(("text", "value"), READ)
def test_amounts_are_read_as_they_are_written(text: str, value: Fraction) -> None:
    amount = parse_amount(text)
    assert amount.value == value
    assert parse_amount(str(amount)) == amount


@pytest.mark.parametrize("text", ["", "wd", "15", "15 days", "-1wd", "1e3wd", "１５wd", "1/0wd", "15wd\n16wd", "9999999999wd"])
def test_what_is_no_amount_is_refused(text: str) -> None:
    with pytest.raises(AmountError):
        parse_amount(text)


def test_amounts_of_different_units_never_mix() -> None:
    with pytest.raises(AmountError):
        parse_amount("1wd").plus(parse_amount("1nd"))
    with pytest.raises(AmountError):
        Amount(-1, "wd")
