"""Who, how long, how urgent: list the packs, prove them, and ask a table which row decides and why."""

from collections.abc import Mapping
from datetime import date, datetime

import click

from app.clock import local, wall
from app.core.settings import prove
from app.errors import Refused
from cli.foretold import foretold
from cli.rulebook import known_kinds, pack_called, refusing
from rules.explaining import Reason, read_fact, reasons, written
from rules.packs import Pack, load_shipped_packs
from rules.tables import Table


@click.group(help="The packs of limits, routes and escalation: list, check, explain.")
def command() -> None:
    pass


@command.command("list", help="Every shipped pack: version, digest, dates, and the rows of each table.")
def list_() -> None:
    with refusing():
        packs = load_shipped_packs()
    for name, pack in packs.items():
        dates = f"{pack.valid_from or '…'} – {pack.valid_to or '…'}"
        print(f"{name}@{pack.version}  {pack.title}  {'' if pack.official else '示范 / demonstration  '}{dates}  {pack.digest[:12]}")
        for table in pack.tables.values():
            print(f"  {table.name}  {table.policy}  {len(table.rows)} rows")


@command.command(help="Read every pack as strictly as installation does; exit 1 at the first that must not come into force.")
def check() -> None:
    with refusing():
        packs = load_shipped_packs()
        kinds = known_kinds()
        for pack in packs.values():
            prove(pack, kinds)
    for name, pack in packs.items():
        for finding in pack.findings:
            print(f"{name}: {finding}")
    print(f"{len(packs)} packs, {sum(len(pack.tables) for pack in packs.values())} tables, no error")


@command.command(help="Which row of TABLE decides for facts such as clock=sign_clock level=unit type=help, and why the others do not.")
@click.argument("table")
@click.argument("facts", nargs=-1, metavar="KEY=VALUE ...")
@click.option("--pack", "pack_name", default="demo-district", show_default=True)
@click.option("--on", type=click.DateTime(["%Y-%m-%d"]), help="The day of the decision; today if not given.")
@click.option("--ticket", "number", help="With the table `escalation`: what would fire when for the ticket of this number.")
def explain(table: str, facts: tuple[str, ...], pack_name: str, on: datetime | None, number: str | None) -> None:
    if number is not None:
        if table != "escalation" or facts:
            raise click.UsageError("--ticket goes with the table escalation, and without facts")
        foretold(number)
        return
    with refusing():
        pack = pack_called(pack_name)
    if table not in pack.tables:
        known = ", ".join(pack.tables)
        raise Refused(f"规则包 {pack_name} 没有表 {table}；现有：{known}。", f"{pack_name} has no table {table}; there are: {known}.")
    given = dict(_fact(written) for written in facts)
    _print(pack, pack.tables[table], given, on.date() if on else local(wall()).date())


def _print(pack: Pack, table: Table, facts: Mapping[str, object], on: date) -> None:
    print(f"{pack.name}@{pack.version} {table.name} ({table.policy}) {on}")
    told = reasons(table, facts, on)
    for one in told:
        print(f"{'=>' if one.decides else '  '} {one.row.id}  [{one.row.pack}]  {_why(table, one)}")
    decided = [one.row for one in told if one.decides]
    for row in decided:
        print(f"{row.pack}/{table.name}/{row.id}: {_spoken(row.give)}  {row.basis}")
    if not decided:
        print("no row decides")


def _why(table: Table, one: Reason) -> str:
    if one.decides:
        return "decides"
    if not one.in_force:
        return f"not in force: {one.row.valid_from or '…'} – {one.row.valid_to or '…'}"
    beaten = "matches, but a smaller one decides" if table.policy == "min" else "matches, but another row comes first"
    return "; ".join(f"{each.column} is {each.given or 'not given'}, asked {each.asked}" for each in one.failed) or beaten


def _spoken(result: Mapping[str, object]) -> str:
    return ", ".join(f"{key} = {_value(value)}" for key, value in result.items())


def _value(value: object) -> str:
    return f"[{written(value)}]" if isinstance(value, tuple) else written(value)


def _fact(text: str) -> tuple[str, object]:
    """`type=complaint`, `labels=a,b`, `enterprise=true`, `round=2`, `registered_at=2026-03-01T10:00`."""
    name, given, value = text.partition("=")
    if not given:
        raise Refused(f"“{text}”须写成 名称=值。", f"'{text}' is to be written as name=value.")
    with refusing():
        return name, read_fact(name, value)
