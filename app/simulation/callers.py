"""Some citizens call again and again about different things, so that a demonstration has callers with a history."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.simulation.arrivals import Season
from app.simulation.demand import GIVEN, SURNAMES

# Of so many arrivals one is by a citizen who is known already; each of them is heard of about so many times.
KNOWN_EVERY, EACH = 9, 5


def callers_of(season: Season) -> Mapping[int, dict[str, Any]]:
    """Who tells an arrival, for those told by somebody known; in a season that is nobody's demonstration all are strangers."""
    if not season.shown:
        return {}
    told = range(KNOWN_EVERY, season.total + 1, KNOWN_EVERY)
    people = max(2, len(told) // EACH)
    return {n: regular(place % people) for place, n in enumerate(told)}


def regular(number: int) -> dict[str, Any]:
    """The same name and phone each time; the phones lie in the block that is dealt to nobody."""
    name = SURNAMES[number * 7 % len(SURNAMES)] + GIVEN[number * 5 % len(GIVEN)]
    return {"name": name, "phone": f"190001{number * 137 % 100000:05d}"}
