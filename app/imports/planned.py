"""What a row becomes before anything is written: a planned ticket with its steps, or a rejection with its reason."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Named:
    """A unit, category, street or community as the file names it; `kind` only for units."""

    code: str | None
    name: str
    kind: str | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """One trigger of the road at its legal time. `told_at` is what the file said when that would have run backwards."""

    trigger: str
    at: datetime
    fields: Mapping[str, Any]
    inferred: bool
    told_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a clock stands or ended: `due_at` as told, `late` None while the file does not say and nothing stopped it."""

    clock: str
    level: str
    due_at: datetime | None
    stopped_at: datetime | None
    late: bool | None


@dataclass(frozen=True, slots=True)
class PlannedTicket:
    """`cells` is the row as it was read: a rule may still refuse it when it is replayed."""

    row_number: int
    cells: tuple[Any, ...]
    external_key: str
    digest: bytes
    birth: Mapping[str, Any]
    citizen: Mapping[str, Any]
    location: Mapping[str, Any]
    category: tuple[Named, ...]
    unit: Named | None
    state: str
    steps: tuple[Step, ...]
    outcome: Outcome | None

    @property
    def dispatched(self) -> bool:
        return any(step.trigger == "dispatch" for step in self.steps)


@dataclass(frozen=True, slots=True)
class Repeated:
    """The same key with the same content stands in an earlier row of the file."""

    row_number: int


@dataclass(frozen=True, slots=True)
class Rejected:
    """`cells` is the row as it was read, so that it can be mended and brought again."""

    row_number: int
    cells: tuple[Any, ...]
    zh: str
    en: str


Plan = PlannedTicket | Repeated | Rejected
