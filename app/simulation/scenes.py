"""What every demonstration shows, whatever hour it is: work waiting at each desk, some of it long overdue, and each kind of end."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from app.simulation.arrivals import Shown
from app.simulation.drive import Pace, Ways


def minutes(n: int) -> timedelta:
    return timedelta(minutes=n)


def hours(n: int) -> timedelta:
    return timedelta(hours=n)


def natural(n: int) -> timedelta:
    return timedelta(days=n)


@dataclass(frozen=True)
class Size:
    """How large a demonstration is: its days, its demands a day beside those that are shown, and how many are shown of each at most."""

    days: int
    per_day: int
    each: int
    ways: Ways


# Coarse for what is long past; of the last days people see the minute, and are told within the hours.
FULL = Size(42, 7, 99, Ways(pace=Pace(minutes(37), minutes(23), hours(20)), last=(natural(2), Pace(minutes(3), minutes(3), hours(2)))))
# For those who test against a demonstration: everything is there, of most things only a few.
SMALL = Size(36, 1, 2, Ways(pace=Pace(minutes(119), minutes(59), hours(47)), last=(hours(8), Pace(minutes(17), minutes(17), hours(4)))))

# By state, the most telling first.
WAITING: Mapping[str, tuple[timedelta, ...]] = {
    "registered": (minutes(35), hours(9), minutes(70), hours(3), natural(2)),
    "accepted": (hours(5), natural(3), hours(2), hours(20), natural(1), minutes(50), minutes(95), hours(7)),
    "dispatched": (natural(6), hours(8), natural(5), hours(4), natural(1), natural(3)),
    "handling": (
        natural(33), natural(9), natural(5), natural(6), natural(4), natural(26), *(hours(100 + 7 * n) for n in range(8)), natural(22),
        natural(8), natural(10), natural(3),
    ),  # fmt: skip
    "return-request": (natural(2), natural(1), natural(4)),
    "extension": (natural(13), natural(17), natural(11), natural(20)),
    "suspended": (natural(8), natural(6), natural(13), natural(4)),
    "replied": (natural(20), natural(28), natural(12), natural(25)),
    "completed": (natural(26), natural(30), natural(14), natural(21)),
    "closed": (natural(35), natural(31), natural(25)),
}
# Answered at the desk since, so that they wait to be called back; alarms that nobody has answered; many citizens about one fact.
TO_BE_CALLED = (minutes(70), minutes(100), minutes(130), minutes(170), hours(4))
ALARMS = (minutes(35), minutes(80), hours(5))
CROWD = 12
# Of late so many in one street told of one kind of thing that it rises, and nobody has looked at it yet: all since the supervisor's last
# morning, at whatever hour the demonstration is filled.
RISING = 11
ENDED = {"declined": "decline", "transferred": "transfer_emergency", "withdrawn": "withdraw", "void": "void", "terminated": "terminate"}


def shown(size: Size) -> tuple[Shown, ...]:
    waiting = [Shown(before, state, "accept") for state, befores in WAITING.items() for before in befores[: needed(size, state)]]
    waiting += [Shown(natural(days), state, decision) for state, decision in ENDED.items() for days in (2, 6)[: size.each]]
    waiting += [Shown(before, "completed", "answer") for before in TO_BE_CALLED]
    waiting += [Shown(before, "alarm") for before in ALARMS]
    first = len(waiting)
    crowd = min(CROWD, 4 * size.each)
    waiting += [Shown(hours(150 - 2 * n), "" if n else "handling", "accept", first if n else None) for n in range(crowd)]
    second = len(waiting)
    waiting += [Shown(minutes(30 * (RISING - n)), "accepted", "accept", second if n else None, nearby=n > 0) for n in range(RISING)]
    return tuple(waiting)


def needed(size: Size, state: str) -> int:
    """Some are the stage on which the rest is shown: of these there have to be enough."""
    return max(size.each, {"accepted": 6, "handling": 18, "suspended": 3}.get(state, 0))
