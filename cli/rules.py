"""Who, how long, how urgent: list the packs, prove them, and ask a table which row decides and why."""

from collections.abc import Mapping
from datetime import date, datetime
from zoneinfo import ZoneInfo

import click

from app.clock import local, wall
from app.core.settings import prove
from app.errors import Refused
from cli.foretold import foretold
from cli.rulebook import known_kinds, pack_called, refusing
from rules.amounts import Amount
from rules.derived import FACTS, fact_of, with_derived
from rules.packs import Pack, load_shipped_packs
from rules.tables import Row, Table, choose, collect


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
    choice = None if table.policy == "collect" else choose(table, facts, on)
    decided = collect(table, facts, on) if table.policy == "collect" else [choice] if choice else []
    chosen = {one.row_id for one in decided}
    for row in table.rows:
        why = _why_not(table, row, facts, on)
        beaten = "matches, but a smaller one decides" if table.policy == "min" else "matches, but another row comes first"
        mark = "decides" if row.id in chosen else why or beaten
        print(f"{'=>' if row.id in chosen else '  '} {row.id}  [{row.pack}]  {mark}")
    for one in decided:
        print(f"{one.pack}/{one.table}/{one.row_id}: {_spoken(one.result)}  {one.row.basis}")
    if not decided:
        print("no row decides")


def _why_not(table: Table, row: Row, facts: Mapping[str, object], on: date) -> str:
    if not row.in_force(on):
        return f"not in force: {row.valid_from or '…'} – {row.valid_to or '…'}"
    known = with_derived(facts, table.derived)
    failed = [
        f"{column} is {known.get(column, 'not given')}, asked {condition}"
        for column, condition in row.when.items()
        if known.get(column) is None or not condition.holds(known[column])
    ]
    return "; ".join(failed)


def _spoken(result: Mapping[str, object]) -> str:
    return ", ".join(f"{key} = {_value(value)}" for key, value in result.items())


def _value(value: object) -> str:
    if value is None:
        return "unlimited"
    if isinstance(value, Amount):
        return str(value)
    return "[" + ", ".join(map(str, value)) + "]" if isinstance(value, tuple) else str(getattr(value, "key", value))


def _fact(written: str) -> tuple[str, object]:
    """`type=complaint`, `labels=a,b`, `enterprise=true`, `round=2`, `registered_at=2026-03-01T10:00`."""
    name, given, text = written.partition("=")
    fact = fact_of(name)
    if not given or fact is None:
        known = ", ".join(FACTS)
        raise Refused(f"没有事实“{name}”；可用：{known}。", f"There is no fact '{name}'; there are: {known}.")
    try:
        return name, _read(fact.kind, text)
    except ValueError as error:
        raise Refused(f"“{text}”不是“{name}”的值。", f"'{text}' is no value of '{name}', a {fact.kind}.") from error


def _read(kind: str, text: str) -> object:
    if kind == "number":
        return float(text) if "." in text else int(text)
    if kind == "flag":
        if text not in ("true", "false"):
            raise ValueError(text)
        return text == "true"
    if kind == "date":
        return date.fromisoformat(text)
    if kind == "datetime":
        at = datetime.fromisoformat(text)
        return at if at.tzinfo else at.replace(tzinfo=ZoneInfo("Asia/Shanghai"))
    return frozenset(text.split(",")) if kind == "set" else text
