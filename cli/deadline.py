"""When a limit is due, with the walk that leads there: each working day counted, each holiday skipped and why."""

from datetime import datetime

import click

from app.errors import Refused
from cli.rulebook import pack_called, refusing
from rules.amounts import parse_amount
from rules.calendars import assemble, load_shipped_calendars
from rules.days import Calendar
from rules.walk import Walk, explain
from rules.worktime import shown

WEEKDAYS = "一二三四五六日"


@click.command(help="When AMOUNT (15wd, 8wh, 7nd, 30min) that starts at START (2025-09-30T10:00, in the zone of the pack) is due.")
@click.argument("start")
@click.argument("amount")
@click.option("--pack", "pack_name", default="gd-2022", show_default=True, help="Whose working hours and day count apply.")
def command(start: str, amount: str, pack_name: str) -> None:
    with refusing():
        pack = pack_called(pack_name)
        calendar = assemble(pack.hours, load_shipped_calendars().values())
        walk = explain(_instant(start, calendar), parse_amount(amount), calendar)
    print_walk(walk, calendar)


def _instant(text: str, calendar: Calendar) -> datetime:
    try:
        at = datetime.fromisoformat(text)
    except ValueError as error:
        raise Refused(f"看不懂起算时间“{text}”，应如 2025-09-30T10:00。", f"'{text}' is not an instant: write 2025-09-30T10:00.") from error
    return at if at.tzinfo else at.replace(tzinfo=calendar.zone)


def print_walk(walk: Walk, calendar: Calendar) -> None:
    print(f"start {walk.start.astimezone(calendar.zone).isoformat(timespec='seconds')} {walk.amount}")
    for step in walk.steps:
        print(f"{step.day} 周{WEEKDAYS[step.day.weekday()]} {step.zh} / {step.en}")
    if walk.due is not None:
        at = shown(walk.due.at, calendar).isoformat(timespec="seconds")
        print(f"due {at}{' provisional' if walk.due.provisional else ''}")
