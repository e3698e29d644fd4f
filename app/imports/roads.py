"""A row's state and times become the steps that led there: told ones with their time, the others inferred, never backwards."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from app.imports.getters import BadRowCell, Getter, Header, Row, getter
from app.imports.mapping import Mapping, OutcomeCells
from app.imports.planned import Outcome, Step
from app.imports.vocabulary import ASIDE, NEEDED, NEEDED_WORDS, NOT_TOLD, ROADS, STRAIGHT
from workflows.fields import FIELDS

# The steps with which the handling of a ticket is over and its clock stands still; the first that was walked counts.
STOPS = ("reply", "decline", "transfer_emergency", "void", "withdraw", "terminate", "close")
# What is not told of the way in happened with the step before it; what is not told of the way out, with the step after it:
# so handling is never made shorter than the file tells.
WAY_OUT = frozenset(STOPS) | {"approve", "record_callback", "archive"}


class Roads:
    """The steps of one file's rows, by one mapping."""

    def __init__(self, mapping: Mapping, header: Header) -> None:
        self._state = getter(mapping.state, header) if mapping.state else None
        self._at: dict[str, Getter] = {}
        self._fields: dict[str, list[tuple[str, Getter]]] = {}
        for trigger, step in mapping.steps.items():
            if step.at:
                self._at[trigger] = getter(step.at, header)
            self._fields[trigger] = [(name, getter(cell, header)) for name, cell in step.fields.items()]
        self._roads = {state: _with_asides(road, mapping) for state, road in ROADS.items()}
        self._outcome = _outcome_reader(mapping.outcome, header) if mapping.outcome else None

    def walk(self, row: Row) -> tuple[str, tuple[Step, ...], Outcome | None]:
        """The row's state, the steps to it, and how its clock ended."""
        state = self._state(row) if self._state else self._furthest(row)
        told = [(trigger, self._told_at(trigger, row), self._told_fields(trigger, row)) for trigger in self._roads[state]]
        steps = _steps([each for each in told if each[0] not in ASIDE or NEEDED[each[0]] in each[2]])
        outcome = self._outcome(row, steps) if self._outcome else None
        return state, steps, outcome

    def _furthest(self, row: Row) -> str:
        """Without a column for the state, the last step of the straight road whose time is told says how far it came."""
        return next(state for trigger, state in reversed(STRAIGHT) if trigger in self._at and self._at[trigger](row) is not None)

    def _told_at(self, trigger: str, row: Row) -> datetime | None:
        return self._at[trigger](row) if trigger in self._at else None

    def _told_fields(self, trigger: str, row: Row) -> dict[str, Any]:
        read = ((name, get(row)) for name, get in self._fields.get(trigger, ()))
        told = {name: value for name, value in read if value is not None}
        if trigger in NEEDED_WORDS:
            told.setdefault(NEEDED_WORDS[trigger], NOT_TOLD)
        if trigger in NEEDED and NEEDED[trigger] not in told and trigger not in ASIDE:
            raise BadRowCell(f"状态需要“{FIELDS[NEEDED[trigger]].zh}”，原件未载", f"the state needs the {FIELDS[NEEDED[trigger]].en}")
        return told


def _steps(told: list[tuple[str, datetime | None, dict[str, Any]]]) -> tuple[Step, ...]:
    """Give every step its time: told times are kept in order, the others are taken from a neighbour that is told."""
    after: list[datetime | None] = []
    following: datetime | None = None
    for _, told_at, _ in reversed(told):
        after.append(following)
        following = told_at or following
    after.reverse()
    steps: list[Step] = []
    for (trigger, told_at, fields), next_told in zip(told, after, strict=True):
        before = steps[-1].at if steps else told_at
        at = told_at or (next_told if trigger in WAY_OUT else None) or before
        # Registration always has its time, so there is a step before.
        assert at is not None and before is not None
        moved = max(at, before)
        steps.append(Step(trigger, moved, fields, told_at is None, told_at if told_at and told_at != moved else None))
    return tuple(steps)


def _with_asides(road: tuple[str, ...], mapping: Mapping) -> tuple[str, ...]:
    steps: list[str] = []
    for trigger in road:
        steps += [aside for aside, stands_before in ASIDE.items() if stands_before == trigger and aside in mapping.steps]
        steps.append(trigger)
    return tuple(steps)


def _stopped_at(steps: tuple[Step, ...]) -> datetime | None:
    """When handling ended, if the file tells any time at or after its end."""
    end = next((index for index, step in enumerate(steps) if step.trigger in STOPS), len(steps))
    return steps[end].at if any(not step.inferred for step in steps[end:]) else None


def _outcome_reader(cells: OutcomeCells, header: Header) -> Callable[[Row, tuple[Step, ...]], Outcome | None]:
    due_of = getter(cells.due, header) if cells.due else None
    late_of = getter(cells.late, header) if cells.late else None

    def get(row: Row, steps: tuple[Step, ...]) -> Outcome | None:
        due_at = due_of(row) if due_of else None
        late: Any = late_of(row) if late_of else None
        if due_at is None and late is None:
            return None
        stopped_at = _stopped_at(steps)
        if late is None and stopped_at is not None and due_at is not None:
            late = stopped_at > due_at
        return Outcome(cells.clock, cells.level, due_at, stopped_at, late)

    return get
