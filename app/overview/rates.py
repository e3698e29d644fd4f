"""The three rates and what was on time, by unit, from the first of a month to now: plain counts over counts, no score."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final

from app.clock import local
from app.core.actors import Actor
from app.core.system import System
from app.hotline.callbacks.statistics import HALF_CONTENT, rate
from app.hotline.queries import now_of, reading
from app.hotline.reference import Reference, reference
from app.hotline.shown import unit_of
from app.overview.counting import DAILY
from app.overview.days import daily
from app.overview.scope import WHOLE, Scope, scope_of

RATES: Final = ("contact_rate", "solve_rate", "satisfaction_rate", "on_time_rate")
# A unit with fewer valid callbacks stands in the list, and in no order.
LEAST: Final = 5
SHOWN: Final = 5
Counts = Mapping[str, int]


def rates(system: System, actor: Actor, month: date | None = None) -> dict[str, Any]:
    return told(system, scope_of(actor), month)


def told(system: System, scope: Scope, month: date | None = None) -> dict[str, Any]:
    """`month` is any day of it, by default today. Rates are None where nothing was counted. Who could not be reached was not asked, and is
    in no rate. The whole line is counted over all, also over what the centre answered itself; `mean` is the plain mean of the units."""
    with reading(system) as connection:
        now, epoch = now_of(system, connection)
        named = reference(system.engine, epoch)
        first, last = span_of(month or local(now).date(), local(now).date())
        days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
        found = daily(system, connection, days, None if scope.whole else scope.units)
    counts = {unit: {name: found.get((unit, name), 0) for name in DAILY} for unit in {unit for unit, _ in found}}
    lines = [line_of(named, unit, counts[unit]) for unit in sorted(counts) if unit != WHOLE]
    return {
        "as_of": now, "scope": scope.name, "from": first, "to": last, "least": LEAST,
        "whole": with_rates(counts.get(WHOLE, dict.fromkeys(DAILY, 0))) if scope.whole else None,
        "mean": {name: mean([line[name] for line in lines]) for name in RATES} if scope.whole else None,
        "units": lines,
        **ends_of(lines),
    }  # fmt: skip


def span_of(month: date, today: date) -> tuple[date, date]:
    first = month.replace(day=1)
    following = date(first.year + first.month // 12, first.month % 12 + 1, 1)
    return first, max(first, min(following - timedelta(days=1), today))


def line_of(named: Reference, unit: int, counts: Counts) -> dict[str, Any]:
    return {"unit": unit_of(named, unit), **with_rates(counts)}


def with_rates(counts: Counts) -> dict[str, Any]:
    """Satisfaction counts a basically satisfied answer as nine tenths (facts §2.1)."""
    content = counts["satisfied"] + HALF_CONTENT * counts["basically_satisfied"]
    parts = ((Decimal(counts["contacted"]), "valid"), (Decimal(counts["solved"]), "valid"), (content, "valid"),
             (Decimal(counts["on_time"]), "judged"))  # fmt: skip
    return {**counts, **{name: rate(part, counts[of]) if counts[of] else None for name, (part, of) in zip(RATES, parts, strict=True)}}


def mean(found: Sequence[Decimal | None]) -> Decimal | None:
    known = [each for each in found if each is not None]
    return rate(sum(known, Decimal(0)), len(known)) if known else None


def ends_of(lines: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The best and the worst by satisfaction, of units with enough valid callbacks; no unit is both."""
    ranked = sorted((line for line in lines if line["valid"] >= LEAST), key=lambda line: (-line["satisfaction_rate"], -line["valid"]))
    half = min(SHOWN, len(ranked) // 2)
    return {"best": ranked[:half], "worst": ranked[: -half - 1 : -1] if half else []}
