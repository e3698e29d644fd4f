"""Which arrivals are about the same fact as an earlier one, or repeat it: planned for the season, so that no chance of a run decides."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from app.simulation.arrivals import Season

SAME_FACT, REPEATED = 0.02, 0.006
# A twin is always driven by the process that drives its main one, with any of these numbers of processes.
LANES = 12
# How many arrivals of the lane lie between, so that the main one is with a unit by then.
BEHIND = 4
# In the first lane now and then so many citizens come about one fact: a collective complaint.
CROWD_AT, CROWD_EVERY, CROWD = 8, 250, 5
REPEATS_AFTER = timedelta(days=12)


@dataclass(frozen=True, slots=True)
class Twin:
    """`main` is the number of the earlier arrival; `repeat` when the same citizen tells it again after the reply; `nearby` when another
    tells of the same kind of thing at another place of that street."""

    main: int
    repeat: bool = False
    nearby: bool = False


def twins_of(season: Season) -> dict[int, Twin]:
    lanes: dict[int, list[tuple[datetime, int]]] = defaultdict(list)
    for arrival in season.arrivals():
        if not arrival.decision:
            lanes[arrival.n % LANES].append((arrival.at, arrival.n))
    found = {arrival.n: Twin(arrival.about, nearby=arrival.nearby) for arrival in season.arrivals() if arrival.about}
    for lane, arrivals in lanes.items():
        arrivals.sort()
        for place, (at, n) in enumerate(arrivals):
            twin = twin_of(arrivals, place, at, Random(f"{season.seed}:{n}:twin"), lane, found)
            if twin:
                found[n] = twin
    return found


def twin_of(
    arrivals: list[tuple[datetime, int]], place: int, at: datetime, rng: Random, lane: int, found: dict[int, Twin]
) -> Twin | None:
    """Never of one that is a twin itself: what it follows is followed."""
    crowd = (place - CROWD_AT) % CROWD_EVERY if lane == 0 and place >= CROWD_AT else CROWD
    chance = rng.random()
    if crowd < CROWD:
        return Twin(arrivals[place - crowd - BEHIND][1])
    if chance < SAME_FACT and place >= BEHIND:
        main = arrivals[place - BEHIND][1]
        return None if main in found else Twin(main)
    if chance < SAME_FACT + REPEATED:
        earlier = [n for told, n in arrivals[:place] if told <= at - REPEATS_AFTER and n not in found]
        return Twin(earlier[-1], True) if earlier else None
    return None
