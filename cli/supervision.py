"""A part that ends without being asked is started again, later each time, and it is said aloud."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, Protocol, TypeVar

from app.errors import Unavailable
from cli.servers.process import end

FIRST_DELAY = 0.5
LONGEST_DELAY = 30.0
# A part that lived this long has recovered: its next ending counts as a first one.
HEALTHY = 60.0


class Running(Protocol):
    """Something that runs as one process of ours."""

    @property
    def process(self) -> subprocess.Popen[bytes]: ...

    def stop(self) -> None: ...


Kind = TypeVar("Kind", bound=Running)


@dataclass(frozen=True, slots=True)
class Program:
    """A part of our own: asked by SIGTERM, it finishes what it has begun."""

    process: subprocess.Popen[bytes]

    def stop(self) -> None:
        end(self.process, signal.SIGTERM, 15.0)


@dataclass
class Part(Generic[Kind]):
    """A named process and how to start it again. Times are those of the monotonic clock."""

    name: str
    start: Callable[[], Kind]
    running: Kind = field(init=False)
    failures: int = 0
    began: float = 0.0
    due: float | None = None

    def __post_init__(self) -> None:
        self._begin()

    def _begin(self) -> None:
        self.running = self.start()
        self.began = time.monotonic()
        self.due = None

    def look(self) -> None:
        """Start it again when its time has come."""
        if self.due is None:
            code = self.running.process.poll()
            if code is not None:
                self._postpone(f"{self.name} ended by itself ({_ending(code)})")
        elif time.monotonic() >= self.due:
            try:
                self._begin()
            except Unavailable as refusal:
                self._postpone(refusal.en)

    def _postpone(self, why: str) -> None:
        now = time.monotonic()
        self.failures = 1 if now - self.began > HEALTHY else self.failures + 1
        delay = min(FIRST_DELAY * 2 ** (self.failures - 1), LONGEST_DELAY)
        self.due = now + delay
        say(f"{why}; starting it again in {delay:g} s")

    def ask(self) -> None:
        """Ask it to end, without waiting."""
        if self.running.process.poll() is None:
            self.running.process.send_signal(signal.SIGTERM)

    def stop(self) -> None:
        self.running.stop()


def stop_all(parts: Sequence[Part[Any]]) -> None:
    """All are asked at once, so that the slowest one is the whole wait."""
    for part in parts:
        part.ask()
    for part in parts:
        part.stop()


def say(sentence: str) -> None:
    print(f"citydesk: {sentence}", file=sys.stderr, flush=True)


def _ending(code: int) -> str:
    return f"signal {signal.Signals(-code).name}" if code < 0 else f"exit {code}"
