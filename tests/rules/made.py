"""Calendars and packs for the tests of the rules, made from the shipped ones or from a few words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from rules.calendars import assemble, load_shipped_calendars
from rules.days import Calendar, Special, WorkingHours, Year
from rules.hours import read_working_hours
from rules.packs import Pack, load_shipped_packs

SHANGHAI = ZoneInfo("Asia/Shanghai")
OFFICE = {"series": "cn", "zone": "Asia/Shanghai", "hours": ["08:30-12:00", "14:00-17:30"]}


def hours(**changed: Any) -> WorkingHours:
    return read_working_hours({**OFFICE, **changed})


@cache
def office() -> Calendar:
    """Seven hours a day with a lunch break, and every shipped year."""
    return assemble(hours(), load_shipped_calendars().values())


@cache
def packs() -> Mapping[str, Pack]:
    return load_shipped_packs()


def calendar(working: WorkingHours, *days: tuple[date, Special], years: Iterable[int] = range(2015, 2035)) -> Calendar:
    """Every one of the years published, with these days apart from the week."""
    published = [
        Year(working.series, year, "", ("a notice",), {day: special for day, special in days if day.year == year}, "")
        for year in years
    ]
    return assemble(working, published)


def at(text: str, zone: ZoneInfo = SHANGHAI) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone).astimezone(UTC)


def off(day: date) -> tuple[date, Special]:
    return day, Special("holiday", "a holiday")
