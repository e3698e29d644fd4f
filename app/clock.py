"""The only place that reads the machine's clock. Commands take their `now` from the database; this is for what has no command."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

LOCAL = ZoneInfo("Asia/Shanghai")


def wall() -> datetime:
    """The machine's time, aware UTC: for log lines and file names, never for a decision about a case."""
    return datetime.now(UTC)


def local(instant: datetime) -> datetime:
    """An instant as the district reads it."""
    return instant.astimezone(LOCAL)


def end_of_day_shown(instant: datetime) -> datetime:
    """A half-open local midnight is shown as 23:59:59 of the day that it ends."""
    shown = local(instant)
    if (shown.hour, shown.minute, shown.second, shown.microsecond) == (0, 0, 0, 0):
        return shown - timedelta(seconds=1)
    return shown
