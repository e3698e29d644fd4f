"""When a message may leave: not in quiet hours, not as part of a storm, later and later when it failed; and how long an SMS is."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from random import uniform

from app.clock import local

Quiet = tuple[time, time] | None
LEASE = timedelta(minutes=5)
TRIES = 8
FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=30), timedelta(hours=1)
JITTER = 0.2
# One SMS holds so many characters, and each part of a joined one fewer.
ALONE, JOINED = 70, 67
PLAIN_ALONE, PLAIN_JOINED = 160, 153


def after_quiet(at: datetime, quiet: Quiet) -> datetime:
    """The same instant, or the end of the quiet hours in which it lies."""
    if quiet is None:
        return at
    begin, end = quiet
    here = local(at)
    if not is_quiet(here.time(), begin, end):
        return at
    over = here.replace(hour=end.hour, minute=end.minute, second=0, microsecond=0)
    return (over if over > here else over + timedelta(days=1)).astimezone(UTC)


def is_quiet(now: time, begin: time, end: time) -> bool:
    return begin <= now < end if begin < end else now >= begin or now < end


def end_of_window(at: datetime, minutes: int) -> datetime:
    """Windows follow one another on a fixed grid, so that a steady stream becomes one digest a window and not one a message."""
    length = timedelta(minutes=max(minutes, 1))
    begun = (at - datetime(1970, 1, 1, tzinfo=UTC)) // length
    return datetime(1970, 1, 1, tzinfo=UTC) + (begun + 1) * length


def next_try(now: datetime, attempts: int, quiet: Quiet) -> datetime:
    """Half a minute after a first failure, then twice as long each time, up to an hour; a fifth more or less, to keep out of step."""
    wait = min(FIRST_WAIT * 2 ** max(attempts - 1, 0), LONGEST_WAIT)
    return after_quiet(now + wait * uniform(1 - JITTER, 1 + JITTER), quiet)


def segments(text: str) -> int:
    """How many SMS the text is charged as: 70 characters, or 67 in each when joined; plain letters 160 and 153."""
    alone, joined = (PLAIN_ALONE, PLAIN_JOINED) if text.isascii() else (ALONE, JOINED)
    length = len(text.encode("utf-16-le")) // 2
    return 1 if length <= alone else -(-length // joined)
