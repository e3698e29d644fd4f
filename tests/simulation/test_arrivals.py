"""Demands arrive as those of a district do, and each of them is the same whatever the others are."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import datetime

from app.clock import LOCAL
from app.simulation.arrivals import STORM_HOURS, Season
from app.simulation.demand import demand_of, matters, places_of
from rules.packs import shipped_districts

DISTRICT = shipped_districts()["demo-district"]
SEASON = Season(datetime(2025, 9, 1, tzinfo=LOCAL), 28, 200, 3)


def test_as_many_arrive_as_were_asked_for_each_within_the_season() -> None:
    arrivals = list(SEASON.arrivals())
    assert [arrival.n for arrival in arrivals] == list(range(1, 28 * 200 + 1))
    assert all(SEASON.start <= arrival.at < SEASON.end for arrival in arrivals)


def test_mondays_are_busier_than_sundays_and_mornings_than_nights() -> None:
    calm = [arrival.at.astimezone(LOCAL) for arrival in SEASON.arrivals() if (arrival.at - SEASON.start).days not in SEASON.storms()]
    days, hours = Counter(at.weekday() for at in calm), Counter(at.hour for at in calm)
    assert days[0] / days[6] > 1.5
    assert hours[9] > 8 * hours[3]


def test_a_storm_doubles_its_day_and_changes_what_is_told_of() -> None:
    (day,) = SEASON.storms()
    stormy = [arrival for arrival in SEASON.arrivals() if arrival.storm]
    hours = [arrival.at.astimezone(LOCAL).hour for arrival in stormy]
    assert {(arrival.at - SEASON.start).days for arrival in stormy} == {day}
    assert min(hours) >= STORM_HOURS[0] and max(hours) < STORM_HOURS[1]
    counts = Counter((arrival.at - SEASON.start).days for arrival in SEASON.arrivals())
    assert counts[day] > 1.6 * sum(counts.values()) / 28
    of_storms = {matter.category for matter in matters() if matter.storm > 1}
    places = places_of(DISTRICT)
    told = [demand_of(arrival, places).category in of_storms for arrival in stormy]
    calm = [demand_of(arrival, places).category in of_storms for arrival in list(SEASON.arrivals())[:500] if not arrival.storm]
    assert sum(told) / len(told) > 2 * sum(calm) / len(calm)


def test_at_least_nineteen_of_twenty_come_from_the_city_however_few_there_are() -> None:
    for per_day in (1, 7, 40, 946):
        arrivals = list(replace(SEASON, per_day=per_day, days=3).arrivals())
        assert sum(arrival.from_city for arrival in arrivals) >= 0.95 * len(arrivals)


def test_the_same_seed_tells_the_same_and_another_one_tells_something_else() -> None:
    places = places_of(DISTRICT)

    def told(seed: int) -> list[object]:
        return [(arrival.at, demand_of(arrival, places)) for arrival in replace(SEASON, days=1, seed=seed).arrivals()]

    assert told(3) == told(3)
    assert told(3) != told(4)


def test_every_category_of_the_district_is_spoken_of_and_no_other() -> None:
    parents = {row.get("parent") for row in DISTRICT["category"]}
    leaves = {row["code"] for row in DISTRICT["category"]} - parents
    assert {matter.category for matter in matters()} == leaves


def test_words_fit_the_fields_and_leave_no_gap_open() -> None:
    places = places_of(DISTRICT)
    for arrival in replace(SEASON, days=2).arrivals():
        demand = demand_of(arrival, places)
        assert len(demand.fields["title"]) <= 200 and "{" not in demand.fields["content"] + demand.fields["title"]
