"""A root case and everything under it, held in memory for the length of one command. Changes collect here and are written once."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from workflows.definition import Workflow


@dataclass(slots=True)
class Case:
    """`data` is the feature's own row; `dirty` names the columns of it that this command changed."""

    id: int
    kind: str
    parent_id: int | None
    root_id: int
    workflow: Workflow
    pack: str
    state: str
    version: int
    seq: int
    head_hash: bytes
    created_at: datetime
    last_at: datetime
    due_at: datetime | None
    open: bool
    data: dict[str, Any] = field(default_factory=dict)
    dirty: set[str] = field(default_factory=set)
    new: bool = False
    touched: bool = False


@dataclass(slots=True)
class Clock:
    """One generation of one limit of one case; see `ClockRow` for the meaning of each field. `reckoned` when more than its end changed."""

    id: int
    case_id: int
    name: str
    level: str
    generation: int
    state: str
    budget: str | None
    consumed: str | None
    fixed_due_at: datetime | None
    anchored_at: datetime
    running_since: datetime | None
    held_at: datetime | None
    due_at: datetime | None
    provisional: bool
    rungs: list[Any]
    rung_next: int
    next_rung_at: datetime | None
    stopped_at: datetime | None
    late: bool | None
    pack: str
    table: str
    row: str
    new: bool = False
    touched: bool = False
    reckoned: bool = False


@dataclass(slots=True)
class Root:
    """`now` is the one instant of the command; `wall` is when it was really written, which differs only under a moved clock."""

    now: datetime
    wall: datetime
    epoch: int
    salt: str
    cases: dict[int, Case] = field(default_factory=dict)
    clocks: list[Clock] = field(default_factory=list)
    access: set[tuple[int, str]] = field(default_factory=set)
    granted: set[tuple[int, str]] = field(default_factory=set)
    revoked: set[tuple[int, str]] = field(default_factory=set)

    def top(self) -> Case:
        return next(case for case in self.cases.values() if case.id == case.root_id)

    def children(self, case: Case) -> list[Case]:
        return [other for other in self.cases.values() if other.parent_id == case.id]

    def running(self, case: Case, name: str | None = None) -> list[Clock]:
        return [
            clock
            for clock in self.clocks
            if clock.case_id == case.id and clock.state != "stopped" and (name is None or clock.name == name)
        ]

    def grant(self, unit_id: int, relation: str) -> None:
        if (unit_id, relation) not in self.access:
            self.access.add((unit_id, relation))
            undone_or_noted((unit_id, relation), self.revoked, self.granted)

    def revoke(self, unit_id: int, relation: str) -> None:
        if (unit_id, relation) in self.access:
            self.access.discard((unit_id, relation))
            undone_or_noted((unit_id, relation), self.granted, self.revoked)


def undone_or_noted(standing: tuple[int, str], opposite: set[tuple[int, str]], noted: set[tuple[int, str]]) -> None:
    """What the same command takes back needs no row to be written or deleted."""
    if standing in opposite:
        opposite.discard(standing)
    else:
        noted.add(standing)
