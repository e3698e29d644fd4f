"""What citizens say when they are asked, how calls end, and at which hours of the day the queue of callbacks is worked through."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random
from typing import Any

from app.clock import local
from app.simulation.demand import pick

# By round: most are content the first time; who was not is harder to please the second time.
RATINGS = (
    {"very_satisfied": 38, "satisfied": 36, "basically_satisfied": 16, "dissatisfied": 7, "very_dissatisfied": 3},
    {"very_satisfied": 20, "satisfied": 38, "basically_satisfied": 24, "dissatisfied": 12, "very_dissatisfied": 6},
)
MANNERS = {"very_satisfied": 50, "satisfied": 38, "basically_satisfied": 9, "dissatisfied": 3}
UNHAPPY = ("dissatisfied", "very_dissatisfied")
REASONS = {"not_solved": 45, "slow": 20, "attitude": 8, "not_contacted": 10, "untrue_reply": 5, "recurred": 6, "policy": 6}
OUTCOMES = {"reached": 800, "no_answer": 165, "call_later": 18, "dead_number": 8, "refused": 9}
MANNER_ASKED, RECORDED = 0.8, 0.9
# The hours at which agents work through the queue, every day.
CALLING_HOURS = (timedelta(hours=10), timedelta(hours=15), timedelta(hours=19))


def answers_of(rng: Random, round_: int) -> dict[str, Any]:
    """The answers to a callback, as its fields."""
    rating = pick(rng, RATINGS[min(round_, len(RATINGS)) - 1])
    unhappy = rating in UNHAPPY
    told: dict[str, Any] = {"contacted": rng.random() < 0.95, "solved": rng.random() < (0.25 if unhappy else 1.0), "rating": rating}
    if rng.random() < MANNER_ASKED:
        told["manner_rating"] = pick(rng, MANNERS)
    if unhappy:
        told["reasons"] = sorted({pick(rng, REASONS) for _ in range(rng.randint(1, 2))})
    return told


def next_call(now: datetime) -> datetime:
    """The next hour at which the queue is worked through, later than now."""
    midnight = local(now).replace(hour=0, minute=0, second=0, microsecond=0)
    days = (midnight, midnight + timedelta(days=1))
    return next(at for day in days for at in (day + hour for hour in CALLING_HOURS) if at > now)
