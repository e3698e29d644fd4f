"""Doors for the calendar: a year drawn day by day, what a new text would change, its publication, and a limit reckoned step by step."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from itertools import groupby
from typing import Any

from app.api.doors import Ask, Door
from app.api.problems import ill_formed
from app.api.rule_shapes import LIMIT, YEAR, YEAR_TRIED, YEARS
from app.api.values import Body, Source, Text, When, Whole, shown_due
from app.api.verbs import ADMIN, verb
from app.api.words import Words
from app.core import works
from app.core.bus import transaction
from app.core.publishing import PUBLISHING, PublishYear
from app.core.reproject import AFFECTED, newest, read
from app.errors import Unseen
from app.people.roles import require
from app.people.who import actor_name
from rules.amounts import parse_amount
from rules.days import Calendar, Special, Year
from rules.errors import RuleError
from rules.walk import Step, explain

TAG = "rules"
MOST_TEXT, MOST_STEPS = 60_000, 800
INSTALLED = f"""SELECT name, version, digest, installed_at, installed_by, {actor_name("installed_by")} AS installed_by_name, reason
FROM installed WHERE kind = 'calendar'
ORDER BY name DESC, version DESC"""
BODY = "SELECT body FROM installed WHERE kind = 'calendar' AND name = %s ORDER BY version DESC LIMIT 1"


class YearTried(Body):
    text = Source(most=MOST_TEXT, lines=True, required=True)


class YearNew(YearTried):
    reason = Text(most=500, required=True)
    against = Whole(least=0, most=100_000, load_default=None, metadata={"description": "所见的最新版本，无则 0 / the newest one seen"})


class LimitAsked(Body):
    """`amount` as 15wd, 8wh, 7nd or 30min."""

    start = When(required=True)
    amount = Text(most=40, required=True)


def calendar_of(ask: Ask) -> Calendar:
    return ask.system.settings.calendar(ask.system.settings.current_pack)


def listed(ask: Ask) -> Mapping[str, Any]:
    with transaction(ask.system, ask.actor) as tx:
        rows = tx.query(INSTALLED)
    years = groupby(rows, lambda row: row["name"])
    items = [{"name": name, "year": int(name.rpartition("-")[2]), "versions": list(versions)} for name, versions in years]
    return {"items": items, "next": None, "works": works.listed(ask.system, ask.actor, PUBLISHING, 5)}


def one(ask: Ask, name: str) -> Mapping[str, Any]:
    """The year as the pack in force counts it; one that is not published follows the week."""
    if not name.isdecimal() or not 1990 <= int(name) <= 2199:
        raise Unseen()
    calendar, year = calendar_of(ask), int(name)
    published = calendar.years.get(year)
    with transaction(ask.system, ask.actor) as tx:
        rows = tx.query(BODY, (f"{calendar.hours.series}-{year}",))
    return {
        "year": year, "series": calendar.hours.series, "published": published is not None, "title": published.title if published else None,
        "notices": list(published.notices) if published else [], "text": rows[0]["body"] if rows else None,
        "months": [list(days) for _, days in groupby(days_of(calendar, year), lambda day: day["day"].month)],
    }  # fmt: skip


def days_of(calendar: Calendar, year: int) -> Iterator[dict[str, Any]]:
    day = date(year, 1, 1)
    while day.year == year:
        known = calendar.day(day)
        yield {"day": day, "weekday": day.weekday(), "kind": known.kind, "name": known.name}
        day += timedelta(days=1)


def check(ask: Ask) -> Mapping[str, Any]:
    """What the text would change in the year that is in force, and how many running limits would be reckoned anew."""
    require(ask.actor, "admin")
    year = read(ask.system, ask.body["text"])
    name = f"{year.series}-{year.year}"
    known = newest(ask.system, ask.actor, name)
    before = next((each for each in ask.system.settings.years() if (each.series, each.year) == (year.series, year.year)), None)
    window = {"start": datetime(year.year, 1, 1, tzinfo=UTC), "end": datetime(year.year + 1, 1, 1, tzinfo=UTC)}
    with transaction(ask.system, ask.actor) as tx:
        running = tx.query(f"SELECT count(*) AS n FROM ({AFFECTED}) affected", window)[0]["n"]
    same = known is not None and known["digest"] == year.digest
    return {
        "name": name, "year": year.year, "title": year.title, "against": known["version"] if known else None, "same": same,
        "running": running, "changes": list(changes(before, year)), "days": len(year.days),
    }  # fmt: skip


def changes(before: Year | None, after: Year) -> Iterator[dict[str, Any]]:
    old = before.days if before else {}
    for day in sorted(old.keys() | after.days.keys()):
        if old.get(day) != after.days.get(day):
            yield {"day": day, "before": special(old.get(day)), "after": special(after.days.get(day))}


def special(given: Special | None) -> Mapping[str, str] | None:
    return {"kind": given.kind, "name": given.name} if given else None


def reckoned(ask: Ask) -> Mapping[str, Any]:
    """When a limit that starts then is due, and the walk that leads there."""
    try:
        amount = parse_amount(ask.body["amount"])
        walk = explain(ask.body["start"], amount, calendar_of(ask))
    except RuleError as error:
        raise ill_formed({"amount": [Words(error.zh, error.en)]}) from error
    assert walk.due is not None  # nothing is paused here
    steps = [step_of(step, ask.lang) for step in walk.steps[:MOST_STEPS]]
    spoken = amount.spoken()[ask.lang == "en"]
    return {"start": walk.start, "amount": spoken, "due_at": shown_due(walk.due.at), "provisional": walk.due.provisional, "steps": steps}


def step_of(step: Step, lang: str) -> dict[str, Any]:
    words = step.en if lang == "en" else step.zh
    return {"day": step.day, "weekday": step.day.weekday(), "kind": step.of.kind, "counted": bool(step.counted.value), "said": words}


DOORS = (
    Door("GET", "/calendars", listed, "已公布的日历年", "Years of the calendar", None, YEARS, tag=TAG),
    Door("GET", "/calendars/{name}", one, "某年的日历", "A year of the calendar", None, YEAR, tag=TAG),
    Door("POST", "/calendars/check", check, "检查日历文本", "Try the text of a year", YearTried(), YEAR_TRIED, scope=ADMIN, tag=TAG),
    verb("/calendars", PublishYear, YearNew(), "公布日历年", "Publish a year", status=201),
    Door("POST", "/deadlines", reckoned, "推算时限", "Reckon a limit", LimitAsked(), LIMIT, tag=TAG),
)
