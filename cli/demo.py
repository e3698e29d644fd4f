"""An empty database becomes a demonstration: a district, its accounts, and some weeks of tickets in every state, up to this minute."""

from __future__ import annotations

import secrets
import string
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

import click

from app.core.actors import SYSTEM
from app.core.bus import execute
from app.core.system import System
from app.main import build
from app.simulation.arrivals import Season, Shown
from app.simulation.clock import ClockHand
from app.simulation.found import GiveDemoPassword
from app.simulation.people import CENTRE_ACCOUNTS, District, read_district
from app.simulation.run import Ways, drive, establish

DAYS, PER_DAY, SEED = 42, 7, 2026
GRID, RUNG_GRID = timedelta(minutes=30), timedelta(minutes=10)
MINUTES, HOURS, NATURAL = (lambda n: timedelta(minutes=n)), (lambda n: timedelta(hours=n)), (lambda n: timedelta(days=n))
# What every demonstration shows, whatever hour it is: work waiting at each desk, some of it long overdue, and each kind of end.
WAITING: Mapping[str, tuple[timedelta, ...]] = {
    "registered": (MINUTES(35), MINUTES(70), HOURS(3), HOURS(9), NATURAL(2)),
    "accepted": (HOURS(2), HOURS(5), HOURS(20), NATURAL(1), NATURAL(3)),
    "dispatched": (HOURS(4), HOURS(8), NATURAL(1), NATURAL(3), NATURAL(5), NATURAL(6)),
    "handling": (NATURAL(3), NATURAL(9), NATURAL(22), NATURAL(26), NATURAL(33)),
    "return-request": (NATURAL(1), NATURAL(2), NATURAL(4)),
    "extension": (NATURAL(11), NATURAL(13), NATURAL(17), NATURAL(20)),
    "suspended": (NATURAL(4), NATURAL(6), NATURAL(8)),
    "replied": (NATURAL(12), NATURAL(20), NATURAL(25), NATURAL(28)),
    "completed": (NATURAL(14), NATURAL(21), NATURAL(26), NATURAL(30)),
    "closed": (NATURAL(25), NATURAL(31), NATURAL(35)),
}
# Answered at the desk since, so that they wait to be called back; an alarm that nobody has answered; many citizens about one fact.
TO_BE_CALLED = (MINUTES(70), MINUTES(130), HOURS(4))
ALARMS = (MINUTES(35),)
CROWD = 12
ENDED = {"declined": "decline", "transferred": "transfer_emergency", "withdrawn": "withdraw", "void": "void", "terminated": "terminate"}
LETTERS = string.ascii_letters + string.digits


@dataclass(frozen=True)
class Accounts:
    """Who can sign in, with the one password that is said now and stored nowhere."""

    password: str
    district: District


def fill(system: System) -> Accounts | None:
    """None when the database is not empty: then it is left as it is."""
    with ClockHand(system.config) as clock:
        if not clock.is_empty():
            clock.thaw("demo")
            return None
        clock.take("demo")
        try:
            return filled(system, clock)
        finally:
            clock.run_true()


def filled(system: System, clock: ClockHand) -> Accounts:
    end = clock.wall().replace(second=0, microsecond=0)
    season = Season(end - timedelta(days=DAYS), DAYS, PER_DAY, SEED, shown())
    establish(system, clock, season.start)
    clock.run_true()
    password = new_password()
    execute(system, GiveDemoPassword(SYSTEM, password))
    drive(system, clock, build, season, Ways(processes=1, grid=GRID, rung_grid=RUNG_GRID))
    return Accounts(password, read_district(system))


def shown() -> tuple[Shown, ...]:
    waiting = [Shown(before, state, "accept") for state, befores in WAITING.items() for before in befores]
    ended = [Shown(NATURAL(days), state, decision) for state, decision in ENDED.items() for days in (2, 6)]
    waiting += [Shown(before, "completed", "answer") for before in TO_BE_CALLED]
    waiting += [Shown(before, "alarm") for before in ALARMS]
    first = len(waiting) + len(ended)
    crowd = [Shown(HOURS(150 - 2 * n), "" if n else "handling", "accept", first if n else None) for n in range(CROWD)]
    return (*waiting, *ended, *crowd)


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
