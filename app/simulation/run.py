"""One simulation from an empty database, or from where the last one ended, to its last step and the check of every invariant."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from app.clock import LOCAL, local
from app.core.actors import SYSTEM
from app.core.bus import transaction
from app.core.system import System
from app.simulation import crowds, matters
from app.simulation.arrivals import Season
from app.simulation.callers import callers_of
from app.simulation.calls import work_through
from app.simulation.clock import ClockHand
from app.simulation.crew import Build, crew, drain
from app.simulation.demand import places_of
from app.simulation.desk import number_of
from app.simulation.drive import Drive, Progress, Ways
from app.simulation.found import found
from app.simulation.invariants import Finding, Planned, check
from app.simulation.learning import founded, looked_after
from app.simulation.mapping import mapped
from app.simulation.office import Office
from app.simulation.people import read_district
from app.simulation.photos import photographed
from app.simulation.rates import Rate, rates
from app.simulation.shard import Part
from app.simulation.staging import ended, staged
from app.simulation.twins import twins_of
from rules.packs import shipped_districts

PACK = "demo-district"
# A Monday; the season that begins here meets the Mid-Autumn and National Day holidays and their make-up workdays.
START = datetime(2025, 9, 15, tzinfo=LOCAL)
# Units are there, and people have come, before the first demand.
FOUNDED_BEFORE = timedelta(days=30)
BY_STATE = "SELECT state, count(*) AS n FROM cases WHERE kind = 'ticket' GROUP BY 1"
WRITTEN = """SELECT (SELECT count(*) FROM history WHERE trigger <> 'rung') AS transitions, (SELECT count(*) FROM fires) AS rungs,
(SELECT count(*) FROM cases WHERE kind = 'assignment') AS assignments"""

QUIET, MOMENT = timedelta(hours=6), timedelta(seconds=1)
# What the centre looks at each morning, in this order.
MORNING = (
    matters.begun_for_the_year, matters.supervised, matters.advanced, matters.instructed, matters.conferred,
    crowds.watched, crowds.taken_over, crowds.restricted, looked_after,
)  # fmt: skip


@dataclass(frozen=True)
class Report:
    """What came of it. `states` counts tickets, `written` everything that the histories hold."""

    season: Season
    progress: Progress
    states: Mapping[str, int]
    written: Mapping[str, int]
    findings: list[Finding] = field(default_factory=list)
    rates: list[Rate] = field(default_factory=list)

    @property
    def broken(self) -> list[Finding]:
        return [finding for finding in self.findings if finding.broken]


def simulate(system: System, build: Build, days: int, per_day: int, seed: int, ways: Ways) -> Report:
    """Raises Refused on a database that holds anything but simulations."""
    with ClockHand(system.config) as clock:
        clock.take("simulation")
        last = clock.last()
        start = START if last is None else midnight_after(last)
        season = Season(start, days, per_day, seed)
        if clock.is_founded():
            clock.freeze(start)
        else:
            establish(system, clock, start)
        progress = drive(system, clock, build, season, ways)
        clock.run_on_from(progress.now)
    return report(system, season, progress)


def midnight_after(last: datetime) -> datetime:
    day = local(last).replace(hour=0, minute=0, second=0, microsecond=0)
    return day + timedelta(days=1)


def establish(system: System, clock: ClockHand, start: datetime) -> None:
    """The demonstration's units, people and categories, as if they had always been there."""
    clock.freeze(start - FOUNDED_BEFORE)
    found(system, shipped_districts()[PACK], start - FOUNDED_BEFORE)
    founded(system, read_district(system), start)
    clock.freeze(start)


def drive(system: System, clock: ClockHand, build: Build, season: Season, ways: Ways) -> Progress:
    places = places_of(shipped_districts()[PACK])
    part = Part(season, places, run_of(season), twins=twins_of(season), callers=callers_of(season))
    first = min((arrival.at for arrival in season.arrivals()), default=season.end)
    office = office_of(system, season)
    clock.hurry()
    with crew(system, build, part, ways.processes) as workers:
        return Drive(system, clock, workers, office, ways).run(season.start, season.end + ways.tail, first)


def office_of(system: System, season: Season) -> Office:
    pack = system.settings.current_pack
    quiet = season.end - QUIET if season.shown else None
    morning = (*MORNING, photographed) if season.shown else MORNING
    return Office(system, read_district(system), system.settings.calendar(pack), season.seed, season.start, work_through, morning, quiet)


def finished(system: System, clock: ClockHand, season: Season, progress: Progress) -> Office:
    """The map comes into force; what chance has not brought about is brought about now, at the end of a demonstration's season, and what is
    owed for it is done."""
    mapped(system, shipped_districts()[PACK])
    office = office_of(system, season)
    office.now, office.arrivals = progress.now, {case_id: n for n, case_id in progress.born.items()}
    staged(office)
    office.now += MOMENT
    clock.freeze(office.now)
    ended(office)
    drain(system)
    return office


def run_of(season: Season) -> str:
    return f"{local(season.start):%Y%m%d}"


def report(system: System, season: Season, progress: Progress) -> Report:
    with transaction(system, SYSTEM) as tx:
        states = {row["state"]: row["n"] for row in tx.query(BY_STATE)}
        written = tx.query(WRITTEN)[0]
    numbers = {arrival.n: number_of(arrival, run_of(season)) for arrival in season.arrivals() if arrival.at <= progress.now}
    refused = "; ".join(f"{sentence} ({count} times)" for sentence, count in progress.refused.most_common(3))
    findings = [Finding("nobody was refused what the district's people do every day", refused)]
    return Report(season, progress, states, written, findings + check(system, Planned(season.start, numbers, progress.born)), rates(system))
