"""A promised day as one says it to a neighbour: today, tomorrow, or the date; the hour only when it is not the whole day."""

from __future__ import annotations

from datetime import datetime, timedelta

from app.clock import local
from app.web.look import Look


def said_day(look: Look, at: str) -> str:
    """`at` as a deadline is shown: a day that is meant as a whole ends at 23:59:59."""
    here, today = local(datetime.fromisoformat(at)), local(look.now).date()
    near = {today: look.t("今天", "today"), today + timedelta(days=1): look.t("明天", "tomorrow")}
    date = near.get(here.date()) or look.t(f"{here.month} 月 {here.day} 日", f"{here.day} {here:%B}")
    year = "" if here.year == today.year else look.t(f"{here.year} 年 ", f" {here.year}")
    hour = "" if (here.hour, here.minute) == (23, 59) else f" {here:%H:%M}"
    return f"{year}{date}{hour}" if look.lang == "zh" else f"{date}{year}{hour}"


def past(look: Look, at: str) -> bool:
    return datetime.fromisoformat(at) <= look.now
