"""The shipped years equal two independent sources day by day; a year with a slip of the pen is refused with a sentence."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from rules.calendars import load_shipped_calendars, parse, shipped_calendars
from rules.errors import CalendarError
from rules.timeline import micros
from tests.rules.made import at, hours, office

# One line a year, one digit a day, 1 is worked: written from chinesecalendar 1.11.0 and equal to holiday-cn of August 2026.
WORKDAYS = {int(line[:4]): line[5:] for line in (Path(__file__).parent / "workdays.txt").read_text("utf-8").splitlines()}


@pytest.mark.parametrize("year", sorted(WORKDAYS))
def test_every_day_of_every_published_year(year: int) -> None:
    days = [date(year, 1, 1) + timedelta(days=number) for number in range(len(WORKDAYS[year]))]
    assert days[-1] == date(year, 12, 31)
    found = "".join("1" if office().day(day).hours else "0" for day in days)
    assert [day for day, ours, theirs in zip(days, found, WORKDAYS[year], strict=True) if ours != theirs] == []


@pytest.mark.parametrize(("year", "count"), [(2024, 251), (2025, 248), (2026, 248)])
def test_working_days_of_the_facts(year: int, count: int) -> None:
    assert WORKDAYS[year].count("1") == count


def test_published_years_and_nothing_else() -> None:
    assert sorted(shipped_calendars()) == sorted(WORKDAYS) == list(range(2018, 2027))
    for year in load_shipped_calendars().values():
        assert all("国办发明电" in notice for notice in year.notices)


def test_a_day_says_why() -> None:
    assert (office().day(date(2026, 2, 14)).kind, office().day(date(2026, 2, 14)).name) == ("makeup", "春节")
    assert (office().day(date(2026, 2, 17)).kind, office().day(date(2026, 2, 17)).name) == ("holiday", "春节")
    assert office().day(date(2026, 2, 28)).hours == office().day(date(2026, 2, 27)).hours
    assert office().day(date(2027, 10, 1)).kind == "workday"
    assert not office().day(date(2027, 10, 1)).published


GOOD = shipped_calendars()[2026]


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("2026-01-04", "2026-01-05", "is a normal workday already"),
        ("date = 2026-01-04", "date = 2027-01-09", "does not lie in 2026"),
        ("date = 2026-02-28", "date = 2026-02-14", "is named twice"),
        ("from = 2026-04-04", "from = 2026-02-20", "too long to be true"),
        ("from = 2026-05-01", "from = 2026-05-06", "ends before it begins"),
        ("from = 2026-05-01", "from = 2026-05-02", "does not contain 2026-05-01"),
        ('name = "端午节"', 'name = "龙舟节"', "lacks the statutory holiday '端午节'"),
        ("to = 2026-01-03", "to = 2026-01-04", "is named twice"),
        ('for = "元旦"', 'for = "圣诞"', "there is no such holiday"),
        ('series = "cn"', 'series = "cn"\nholidays = []', "Unknown keys"),
        ("year = 2026", 'year = "2026"', "lacks 'year'"),
        ("year = 2026", "year = 2025", "does not lie in 2025"),
        ("date = 2026-01-04", 'date = "2026-01-04"', "is not a date"),
        ("date = 2026-01-04", "day = 2026-01-04", "lacks or has too much"),
        ("[[makeup]]\ndate = 2026-01-04", "[[makeup]\ndate = 2026-01-04", "not valid TOML"),
    ],
)
def test_a_slip_of_the_pen_is_refused(before: str, after: str, said: str) -> None:
    assert before in GOOD
    with pytest.raises(CalendarError) as refused:
        parse(GOOD.replace(before, after, 1))
    assert said in refused.value.en
    assert refused.value.zh


def test_a_holiday_with_a_hole_is_refused() -> None:
    whole = 'name = "春节"\nfrom = 2026-02-15\nto = 2026-02-23'
    holed = 'name = "春节"\nfrom = 2026-02-15\nto = 2026-02-18\n\n[[holiday]]\nname = "春节"\nfrom = 2026-02-20\nto = 2026-02-23'
    assert whole in GOOD
    with pytest.raises(CalendarError, match="with a hole between"):
        parse(GOOD.replace(whole, holed))


def test_an_unpublished_year_must_not_be_written_as_a_plain_one() -> None:
    with pytest.raises(CalendarError, match="leave it unpublished"):
        parse('series = "cn"\nyear = 2027\ntitle = "2027"\nnotices = ["none"]')


def test_a_short_day_is_worked_in_part() -> None:
    text = GOOD + '\n[[short]]\ndate = 2026-09-24\nname = "台风停工"\nhours = ["08:30-12:00"]\n'
    day = parse(text).days[date(2026, 9, 24)]
    assert (day.kind, day.name, day.hours) == ("short", "台风停工", ((510, 720),))


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"hours": []}, "Write working hours"),
        ({"hours": ["08:30-12:00", "11:00-17:30"]}, "overlap"),
        ({"hours": ["12:00-08:30"]}, "do not end after they begin"),
        ({"hours": ["8-12"]}, "is not a stretch"),
        ({"hours": ["08:30-24:01"]}, "do not end after they begin"),
        ({"zone": "Asia/Yunling"}, "no time zone"),
        ({"zone": "../etc"}, "no time zone"),
        ({"day_end": "noon"}, "day_end"),
        ({"count_start_day": 1}, "must be true or false"),
        ({"holidays": []}, "Unknown keys"),
        (dict.fromkeys(("mon", "tue", "wed", "thu", "fri"), []), "no working time"),
    ],
)
def test_working_hours_that_could_not_be_reckoned_with(changed: dict[str, object], said: str) -> None:
    with pytest.raises(CalendarError, match=said):
        hours(**changed)


def test_an_instant_without_a_zone_is_refused() -> None:
    with pytest.raises(CalendarError, match="without a zone"):
        micros(at("2026-01-01T00:00").replace(tzinfo=None))
