"""When the demands of a district arrive: by the hour, the day of the week and one storm; the same for the same seed, whatever runs it."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import accumulate
from random import Random

from app.clock import LOCAL

# Shares of a day's calls by its hours: quiet nights, a peak in the morning, another in the afternoon and a small one after supper.
HOURS = (
    0.9, 0.6, 0.4, 0.3, 0.3, 0.5, 1.2, 3.0, 6.2, 8.4, 8.6, 6.8, 4.6, 4.4, 6.6, 7.4, 7.2, 5.8, 4.6, 5.0, 5.4, 4.8, 3.2, 1.8,
)  # fmt: skip
# Monday first: what was kept over the weekend is told on Monday.
WEEKDAYS = (1.28, 1.08, 1.02, 1.0, 0.98, 0.76, 0.68)
STORM = 2.2
STORM_HOURS = (6, 22)
# A storm every so many days on average, and none in a life too short to show it.
CALM = 15
OWN_DESK = 0.04


@dataclass(frozen=True, slots=True)
class Arrival:
    """One planned demand. `n` counts from 1; everything else about it is drawn from `rng`, which belongs to it alone.

    For a demonstration the desk's `decision` may be given, and the state,
    or the kind of case beside it, at which nobody touches it any more.
    `nearby`: of the same kind as the one it is `about`, but at another place of that street.
    """

    n: int
    at: datetime
    from_city: bool
    storm: bool
    rng: Random
    decision: str = ""
    stops_at: str = ""
    about: int = 0
    nearby: bool = False


@dataclass(frozen=True, slots=True)
class Shown:
    """A demand that a demonstration wants to show in a state: told so long before the season ends."""

    before_end: timedelta
    stops_at: str
    decision: str = ""
    # The place among those shown, from 0, of the one about whose fact this is.
    about: int | None = None
    # The same kind of thing at another place of that street, instead of the same fact.
    nearby: bool = False


@dataclass(frozen=True)
class Season:
    """The arrivals of `days` days from `start`, `per_day` a day on average and exactly `days * per_day` in all, then those to be shown."""

    start: datetime
    days: int
    per_day: int
    seed: int
    shown: tuple[Shown, ...] = ()

    @property
    def total(self) -> int:
        return self.days * self.per_day + len(self.shown)

    @property
    def end(self) -> datetime:
        return self.start + timedelta(days=self.days)

    def storms(self) -> frozenset[int]:
        """The days, counted from 0, on which it storms."""
        many = self.days // CALM
        return frozenset(Random(f"{self.seed}:storms").sample(range(self.days), many))

    def arrivals(self) -> Iterator[Arrival]:
        """In the order of `n`, not of time: each is drawn for itself, so that leaving one out moves no other."""
        storms = self.storms()
        reached = list(accumulate(weight(self.start, hour, storms) for hour in range(self.days * 24)))
        drawn = self.days * self.per_day
        for n in range(1, drawn + 1):
            rng = Random(f"{self.seed}:{n}")
            at = self.start + _placed(rng.random() * reached[-1], reached)
            storm = (at - self.start).days in storms and STORM_HOURS[0] <= at.astimezone(LOCAL).hour < STORM_HOURS[1]
            yield Arrival(n, at, self._from_city(n), storm, rng)
        for n, shown in enumerate(self.shown, drawn + 1):
            at = self.end - shown.before_end
            told = (shown.decision, shown.stops_at, self._about(shown), shown.nearby)
            yield Arrival(n, at, self._from_city(n), False, Random(f"{self.seed}:{n}"), *told)

    def _about(self, shown: Shown) -> int:
        return 0 if shown.about is None else self.days * self.per_day + 1 + shown.about

    def _from_city(self, n: int) -> bool:
        """Spread evenly, so that the share of the city never falls below its least, however few there are."""
        return n % round(1 / OWN_DESK) != 0


def weight(start: datetime, hour: int, storms: frozenset[int]) -> float:
    """How busy the n-th hour is, compared with other hours."""
    local = (start + timedelta(hours=hour)).astimezone(LOCAL)
    busy = HOURS[local.hour] * WEEKDAYS[local.weekday()]
    return busy * STORM if hour // 24 in storms and STORM_HOURS[0] <= local.hour < STORM_HOURS[1] else busy


def _placed(level: float, reached: list[float]) -> timedelta:
    """The instant at which the sum of all weights reaches `level`."""
    hour = min(bisect_right(reached, level), len(reached) - 1)
    before = reached[hour - 1] if hour else 0.0
    share = (level - before) / (reached[hour] - before)
    return timedelta(seconds=int((hour + share) * 3600))
