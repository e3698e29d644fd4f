"""What has happened today, hour by hour, beside what usually happens on such a day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final

from app.clock import local
from app.core.actors import Actor
from app.core.system import System
from app.hotline.queries import now_of, reading
from app.overview.counting import HOURLY
from app.overview.days import Hour, hourly, usual_days
from app.overview.scope import Scope, scope_of

LABELS: Final[Mapping[str, tuple[str, str]]] = {
    "registered": ("受理登记", "Registered"),
    "dispatched": ("派单", "Dispatched"),
    "replied": ("答复", "Replied"),
    "closed": ("结案", "Closed"),
    "late": ("新增超期", "Became late"),
}
DAY_KINDS: Final[Mapping[str, tuple[str, str]]] = {
    "workday": ("工作日", "Workday"), "makeup": ("调休上班日", "Make-up workday"), "short": ("半日工作日", "Short workday"),
    "holiday": ("节假日", "Holiday"), "rest": ("休息日", "Day of rest"),
}  # fmt: skip
TENTH: Final = Decimal("0.1")
Row = Sequence[int]


def today(system: System, actor: Actor) -> dict[str, Any]:
    return told(system, scope_of(actor))


def told(system: System, scope: Scope) -> dict[str, Any]:
    """`hours` are the hours of today up to this one; `usual` has all 24. `so_far` compares what ended with the last full hour."""
    calendar = system.settings.calendar(system.settings.current_pack)
    with reading(system) as connection:
        now, _ = now_of(system, connection)
        day = local(now).date()
        days = usual_days(calendar, day)
        found = hourly(system, connection, [day, *days], scope)
    this = calendar.day(day)
    zh, en = DAY_KINDS[this.kind]
    measures = [name for name in HOURLY if scope.whole or name != "registered"]
    return {
        "as_of": now, "scope": scope.name, "day": day, "usual_days": days,
        "day_kind": {"code": this.kind, "zh": this.name and f"{this.name}{zh}" or zh, "en": en, "published": this.published},
        "measures": [measure_of(found, name, day, days, now) for name in measures],
    }  # fmt: skip


def measure_of(found: Mapping[Hour, int], name: str, day: date, days: Sequence[date], now: datetime) -> dict[str, Any]:
    hour = local(now).hour
    own, before = row_of(found, name, day), [row_of(found, name, each) for each in days]
    zh, en = LABELS[name]
    return {
        "code": name, "zh": zh, "en": en, "total": sum(own), "hours": own[: hour + 1],
        "so_far": {"hours": hour, "count": sum(own[:hour]), "usual": spread([sum(row[:hour]) for row in before])},
        "usual": {
            "days": len(days), "total": spread([sum(row) for row in before]),
            "hours": [spread([row[n] for row in before]) for n in range(24)],
        },
    }  # fmt: skip


def row_of(found: Mapping[Hour, int], name: str, day: date) -> Row:
    return [found.get((day, name, hour), 0) for hour in range(24)]


def spread(counts: Sequence[int]) -> dict[str, Any] | None:
    """None when there is nothing to compare with."""
    if not counts:
        return None
    mean = (Decimal(sum(counts)) / len(counts)).quantize(TENTH, ROUND_HALF_UP)
    return {"mean": float(mean), "least": min(counts), "most": max(counts)}
