"""Reports for the operator, over whatever is in the database; every share stands beside the number it is a share of."""

from __future__ import annotations

from datetime import datetime

import click

from app.clock import LOCAL, local
from app.hotline.overdue import BY, Group, Overdue, overdue
from cli import stores
from rules.derived import TYPES

TYPE_WORDS = dict(zip(TYPES, ("咨询", "求助", "投诉", "举报", "建议", "表扬", "其他"), strict=True))
LEAST = 30


@click.group(help="Figures over the tickets in the database.")
def command() -> None:
    pass


@command.command("overdue", help="Which units, types or categories are overdue worst: late when they ended, or past due and still open.")
@click.option("--by", type=click.Choice(BY), required=True)
@click.option("--from", "begin", type=click.DateTime(["%Y-%m-%d"]), help="Registered on this day or later.")
@click.option("--to", "end", type=click.DateTime(["%Y-%m-%d"]), help="Registered before this day.")
@click.option("--top", default=20, show_default=True, type=click.IntRange(1, 1000), help="How many lines.")
@click.option("--least", default=LEAST, show_default=True, type=click.IntRange(1), help="Groups with fewer judged tickets are set apart.")
@click.option("--depth", default=3, show_default=True, type=click.IntRange(1, 9), help="With --by category: how far down the tree.")
def overdue_(by: str, begin: datetime | None, end: datetime | None, top: int, least: int, depth: int) -> None:
    with stores.system("report") as system:
        tell(overdue(system, by, day(begin), day(end), least, depth), by, top, least)


def day(given: datetime | None) -> datetime | None:
    """A day begins in the district."""
    return None if given is None else given.replace(tzinfo=LOCAL)


def tell(found: Overdue, by: str, top: int, least: int) -> None:
    whole = found.whole
    print(f"截至 as of {local(found.at):%Y-%m-%d %H:%M}；工单 tickets {found.tickets:,}，有时限结论 judged {whole.judged:,}", end="")
    print(f"，登记于 registered {local(found.first):%Y-%m-%d} – {local(found.last):%Y-%m-%d}" if found.first and found.last else "")
    print(f"{'超期率':>5}  {'超期/判定':>12}  {'办结超期':>6}  {'在办超期':>6}  {by}")
    for group in found.groups[:top]:
        print(line_of(group, TYPE_WORDS.get(group.name, "") + f" {group.name}" if by == "type" else group.name))
    print(line_of(whole, "合计 / all"))
    if found.set_apart:
        print(line_of(found.small, f"其中 {found.set_apart} 组不足 {least} 件，未单列 / of these, {found.set_apart} groups below {least}"))


def line_of(group: Group, name: str) -> str:
    counts = f"{group.missed:,}/{group.judged:,}"
    return f"{group.share:>7.1%}  {counts:>14}  {group.late:>8,}  {group.overdue:>8,}  {name}"
