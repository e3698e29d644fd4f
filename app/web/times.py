"""How a time is shown: local, with the exact instant on hover; what is late by colour and word and time left."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from markupsafe import Markup, escape

from app.clock import local
from app.web.look import Look
from rules.days import Calendar
from rules.worktime import between

DAY_HOURS = 8
SOON = timedelta(hours=24)
Instant = datetime | str | None


def instant(value: Instant) -> datetime | None:
    """Doors say instants as text with a zone; what memory holds is an instant already."""
    return datetime.fromisoformat(value) if isinstance(value, str) and value else value or None


def full(at: datetime) -> str:
    return f"{local(at):%Y-%m-%d %H:%M:%S} UTC+8"


def when(look: Look, value: Instant, day_only: bool = False, whole: bool = False) -> Markup:
    """A past or future instant, short, with the whole of it on hover; `whole` for paper, which knows no today and no hover."""
    at = instant(value)
    if at is None:
        return Markup('<span class="quiet">—</span>')
    here, today = local(at), local(look.now)
    words = f"{here:%m-%d}" if day_only else f"{here:%H:%M}" if here.date() == today.date() else f"{here:%m-%d %H:%M}"
    words = words if here.year == today.year and not whole else f"{here:%Y-%m-%d}" if day_only else f"{here:%Y-%m-%d %H:%M}"
    return Markup(f'<time datetime="{escape(here.isoformat())}" title="{escape(full(at))}">{escape(words)}</time>')


@dataclass(frozen=True, slots=True)
class Left:
    """What is left until an instant, as a reader counts it. `tone` is late, soon, calm."""

    tone: str
    zh: str
    en: str


def left_until(now: datetime, due: datetime, calendar: Calendar, soon: timedelta = SOON) -> Left:
    """Under a day in hours and minutes of the wall; else in working days and hours of one. `soon` is from when on it must be seen."""
    over, begin, end = due <= now, min(now, due), max(now, due)
    zh, en = _wall(end - begin) if end - begin < SOON else _worked(begin, end, calendar)
    if over:
        return Left("late", f"超期 {zh}", f"{en} late")
    return Left("soon" if due - now < soon else "calm", f"剩 {zh}", f"{en} left")


def _wall(span: timedelta) -> tuple[str, str]:
    hours, minutes = divmod(int(span.total_seconds()) // 60, 60)
    if hours:
        return f"{hours} 小时 {minutes} 分" if minutes else f"{hours} 小时", f"{hours} h {minutes} min" if minutes else f"{hours} h"
    return f"{minutes} 分钟", f"{minutes} min"


def _worked(begin: datetime, end: datetime, calendar: Calendar) -> tuple[str, str]:
    spent = float(between(begin, end, calendar, "wd").value)
    days, hours = int(spent), int((spent - int(spent)) * DAY_HOURS)
    hours_zh = f"{hours} 小时" if days else f"{hours} 工作小时"
    zh = " ".join(part for part in (f"{days} 工作日" if days else "", hours_zh if hours else "") if part)
    en = " ".join(part for part in (f"{days} wd" if days else "", f"{hours} working h" if hours else "") if part)
    return zh or "不足 1 工作小时", en or "under one working hour"


def left(look: Look, due: Instant, **link: Any) -> Markup:
    """The chip of a deadline: colour, word and time left; the instant itself on hover. `href` leads to how it came about, or `clocks` do,
    of which one has this deadline, first of them one of the case `of`; `soon_minutes` before its end a short one turns amber."""
    at = instant(due)
    if at is None:
        return Markup('<span class="quiet">—</span>')
    soon = timedelta(minutes=link["soon_minutes"]) if "soon_minutes" in link else SOON
    found = left_until(look.now, at, look.system.settings.calendar(look.system.settings.current_pack), soon)
    title, words = f"{look.t('到期', 'due')} {full(at)}", look.t(found.zh, found.en)
    chip = Markup(f'<span class="due due-{escape(found.tone)}" title="{escape(title)}">{escape(words)}</span>')
    href = link.get("href") or walk_of(due, link.get("clocks") or (), link.get("of"))
    return Markup(f'<a class="due-link" href="{escape(href)}">{chip}</a>') if href else chip


def walk_of(due: Instant, clocks: Sequence[Mapping[str, Any]], case: int | None = None) -> str:
    """Where the walk of this deadline is printed; nowhere when no limit set it, but a person."""
    found = [clock for clock in clocks if clock["due_at"] and instant(clock["due_at"]) == instant(due) and clock["state"] == "running"]
    own = [clock for clock in found if case is not None and clock.get("case") == case]
    return f"/clocks/{(own or found)[0]['id']}" if found else ""


def day(value: Instant | date) -> str:
    """A calendar day as a form's date field wants it."""
    if isinstance(value, date) and not isinstance(value, datetime):
        return value.isoformat()
    at = instant(value)
    return f"{local(at):%Y-%m-%d}" if at else ""


def seconds(value: Instant) -> str:
    """The time of day, to the second."""
    at = instant(value)
    return f"{local(at):%H:%M:%S}" if at else ""


def for_input(value: Instant) -> str:
    """An instant as a form's local date-and-time field wants it."""
    at = instant(value)
    return f"{local(at):%Y-%m-%dT%H:%M}" if at else ""
