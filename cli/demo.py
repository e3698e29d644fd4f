"""An empty database becomes a demonstration: a district, its accounts, and some weeks of tickets in every state, up to this minute."""

from __future__ import annotations

import secrets
import string
from collections import defaultdict
from dataclasses import dataclass
from datetime import timedelta

import click

from app.core.actors import SYSTEM
from app.core.bus import execute
from app.core.system import System
from app.main import build
from app.simulation.arrivals import Season
from app.simulation.clock import ClockHand
from app.simulation.found import GiveDemoPassword
from app.simulation.people import CENTRE_ACCOUNTS, District, read_district
from app.simulation.run import drive, establish, finished
from app.simulation.scenes import FULL, Size, shown

SEED = 2026
LETTERS = string.ascii_letters + string.digits


@dataclass(frozen=True)
class Accounts:
    """Who can sign in, with the one password that is said now and stored nowhere."""

    password: str
    district: District


def fill(system: System, size: Size = FULL) -> Accounts | None:
    """None when the database is not empty: then it is left as it is."""
    with ClockHand(system.config) as clock:
        if not clock.is_empty():
            clock.thaw("demo")
            return None
        clock.take("demo")
        try:
            return filled(system, clock, size)
        finally:
            clock.run_true()


def filled(system: System, clock: ClockHand, size: Size) -> Accounts:
    end = clock.wall().replace(second=0, microsecond=0)
    season = Season(end - timedelta(days=size.days), size.days, size.per_day, SEED, shown(size))
    establish(system, clock, season.start)
    clock.run_true()
    password = new_password()
    execute(system, GiveDemoPassword(SYSTEM, password))
    progress = drive(system, clock, build, season, size.ways)
    finished(system, clock, season, progress)
    return Accounts(password, read_district(system))


def new_password() -> str:
    """Letters, digits and a sign, so that every policy's classes are there."""
    return "".join(secrets.choice(LETTERS) for _ in range(12)) + "-" + str(secrets.randbelow(90) + 10) + "aZ"


def tell(accounts: Accounts | None) -> None:
    if accounts is None:
        say("数据库非空，未填充演示数据。 / The database is not empty: it was left as it is.")
        return
    say(f"演示口令（只显示这一次） / demo password, said only now: {accounts.password}")
    say("账号 account   角色 role")
    for username, (_, name) in CENTRE_ACCOUNTS.items():
        say(f"  {username:<12} {name}")
    say("  clerk.CODE 热线联络员, handler.CODE 承办人, lead.CODE 单位审核人; CODE:")
    for codes in rows(accounts.district):
        say(f"    {' '.join(codes)}")
    say("接口令牌 API token: ./citydesk token USERNAME")


def rows(district: District) -> list[list[str]]:
    """Codes of the units, those of one street's communities beside it."""
    by_head: dict[str, list[str]] = defaultdict(list)
    for code in sorted(district.units):
        if code != "centre":
            by_head[code.split(".")[0]].append(code)
    alone = [codes[0] for codes in by_head.values() if len(codes) == 1]
    return [alone, *(codes for codes in by_head.values() if len(codes) > 1)]


def say(line: str) -> None:
    click.echo(line)
