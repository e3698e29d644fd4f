"""What a mapping says, once read: which columns tell each of our fields, and which steps of a ticket's life a row tells."""

from __future__ import annotations

from collections.abc import Mapping as Table
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from app.imports.cells import Cell
from app.imports.rows import Layout


@dataclass(frozen=True, slots=True)
class NamedCells:
    """A thing that a row names: by its code, its name, or both."""

    code: Cell | None
    name: Cell


@dataclass(frozen=True, slots=True)
class UnitCells:
    """The handling unit. `unknown` is the name under which a unit stands that the row does not tell; `kinds` go by suffix."""

    told: NamedCells | None
    unknown: str
    kinds: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class StepCells:
    at: Cell | None
    fields: Table[str, Cell]


@dataclass(frozen=True, slots=True)
class OutcomeCells:
    """How a clock ended, as the file tells: its due time, its words for late, or both."""

    clock: str
    level: str
    due: Cell | None
    late: Cell | None


@dataclass(frozen=True, slots=True)
class Mapping:
    """`namespace` is where the keys are unique: two mappings that share it speak of the same tickets.

    `ours` says that the file tells of this district: of its own units and categories, under its own limits.
    """

    name: str
    title: str
    namespace: str
    ours: bool
    zone: ZoneInfo
    layout: Layout
    missing: frozenset[str]
    time_formats: tuple[str, ...]
    html: bool
    key: tuple[str, ...]
    ticket: Table[str, Cell]
    labels: tuple[Cell, ...]
    category: tuple[NamedCells, ...]
    citizen: Table[str, Cell]
    location: Table[str, Cell]
    crs: str | None
    street: NamedCells | None
    community: NamedCells | None
    unit: UnitCells
    state: Cell | None
    steps: Table[str, StepCells]
    outcome: OutcomeCells | None
