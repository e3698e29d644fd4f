"""A district in memory: applies outcomes as core does, and gives each decision the facts it named and not one more."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from workflows.definition import Transition, Workflow, load_released
from workflows.effects import Fire, Grant, Open, Put, Revoke, Set
from workflows.machine import Action, Denied, Outcome, available, decide, facts_needed

CENTRE, STREET, BUREAU, UTILITY = 1, 2, 3, 4
CENTRE_ROLES = ("agent", "dispatcher", "reviewer", "callback_agent", "supervisor", "leader", "duty_officer", "secretary")
UNIT_ROLES = ("unit_clerk", "handler", "unit_lead")
START = datetime(2025, 9, 30, 2, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Person:
    id: int | None
    role: str
    unit: int | None


PEOPLE = tuple(Person(100 + n, role, CENTRE) for n, role in enumerate(CENTRE_ROLES)) + tuple(
    Person(10 * unit + n, role, unit) for unit in (STREET, BUREAU, UTILITY) for n, role in enumerate(UNIT_ROLES)
)
OTHERS = (Person(None, "citizen", None), Person(None, "system", None), Person(900, "importer", None), Person(901, "admin", CENTRE))


def person(role: str, unit: int = CENTRE) -> Person:
    return next(each for each in (*PEOPLE, *OTHERS) if each.role == role and each.unit in (unit, None))


@dataclass
class Case:
    id: int
    workflow: Workflow
    parent: int | None
    state: str = ""
    row: dict[str, Any] = field(default_factory=dict)
    clocks: dict[str, str] = field(default_factory=dict)
    trail: list[str] = field(default_factory=list)

    def __deepcopy__(self, memo: dict[int, Any]) -> Case:
        return Case(self.id, self.workflow, self.parent, self.state, dict(self.row), dict(self.clocks), list(self.trail))

    @property
    def open(self) -> bool:
        return not self.state or not self.workflow.states[self.state].final


class Strict(dict[str, Any]):
    """Facts that say which one was looked at without having been named."""

    def __missing__(self, name: str) -> Any:
        raise AssertionError(f"looked at fact {name!r}, which no guard or effect of this edge names")


class District:
    def __init__(self) -> None:
        self.now = START
        self.cases: dict[int, Case] = {}
        self.access: set[tuple[int, str]] = set()
        self.records: list[Put] = []
        self.emitted: list[str] = []
        self.taken: list[tuple[str, Transition]] = []
        self.complained_units: frozenset[int] = frozenset()
        self.direct_reply = False
        self.grounds, self.targets = frozenset({"litigation", "petition_pending"}), frozenset({"police", "fire"})
        self.undo_within: timedelta | None = timedelta(minutes=10)
        self.reopen_within: timedelta | None = timedelta(days=30)
        self.callback_attempts: int | None = 3

    def __deepcopy__(self, memo: dict[int, Any]) -> District:
        twin = copy.copy(self)
        twin.cases = {number: copy.deepcopy(case) for number, case in self.cases.items()}
        twin.access, twin.records = set(self.access), list(self.records)
        twin.emitted, twin.taken = list(self.emitted), list(self.taken)
        return twin

    def later(self, **amount: float) -> None:
        self.now += timedelta(**amount)

    @property
    def ticket(self) -> Case:
        return self.cases[1]

    def share(self, unit: int, *, is_open: bool = True) -> Case:
        """The newest assignment of a unit."""
        return next(case for case in reversed(self.cases.values()) if case.row.get("unit_id") == unit and case.open is is_open)

    def open_shares(self) -> list[Case]:
        return [case for case in self.cases.values() if case.parent is not None and case.open]

    def born(self, kind: str, parent: int | None) -> Case:
        case = Case(len(self.cases) + 1, load_released()[kind, 1], parent)
        self.cases[case.id] = case
        return case

    def register(self, who: str = "agent", **fields: Any) -> Case:
        demand = {"type": "help", "channel": "phone", "title": "路灯不亮", "content": "小区门口路灯不亮三天", **fields}
        case = self.born("ticket", None)
        self.do(case, "register", person(who), **demand)
        return case

    def who(self, case: Case, actor: Person) -> frozenset[str]:
        relations = {"any"} | {relation for unit, relation in self.access if unit == actor.unit}
        if case.parent is not None:
            relations = {"any"} | ({case.row["role"]} if case.row and case.row["unit_id"] == actor.unit else set())
        if actor.role in CENTRE_ROLES:
            relations.add("centre")
        if actor.role == "citizen":
            relations.add("self")
        if actor.id is not None and case.row.get("person_id") == actor.id:
            relations.add("holder")
        return frozenset(f"{actor.role}@{relation}" for relation in relations)

    def facts(self, case: Case, actor: Person) -> dict[str, Any]:
        siblings = [each for each in self.cases.values() if each.parent == case.parent and each.id != case.id]
        parent = self.cases[case.parent].state if case.parent else None
        core = {"state": case.state, "now": self.now, "actor_id": actor.id, "actor_unit_id": actor.unit, "case_id": case.id}
        core |= {"root_id": 1, "parent_state": parent, "row": dict(case.row), "clocks": ()}
        core["children"] = tuple(self._child(each) for each in self.cases.values() if each.parent == case.id)
        return core | {
            "active_unit_ids": frozenset({CENTRE, STREET, BUREAU, UTILITY}),
            "complained_unit_ids": self.complained_units,
            "complained_person_ids": frozenset(),
            "unit_person_ids": frozenset(each.id for each in PEOPLE if each.unit == case.row.get("unit_id")),
            "siblings": tuple(self._child(each) for each in siblings),
            "direct_reply_allowed": self.direct_reply,
            "statutory_grounds": self.grounds,
            "transfer_targets": self.targets,
            "undo_until": self._until(case, "dispatched_at", self.undo_within),
            "reopen_until": self._until(case, "closed_at", self.reopen_within),
            "callback_attempts_wanted": self.callback_attempts,
        }

    def _until(self, case: Case, column: str, window: timedelta | None) -> datetime | None:
        began = case.row.get(column)
        return None if began is None or window is None else began + window

    def _child(self, case: Case) -> dict[str, Any]:
        return {**case.row, "id": case.id, "kind": case.workflow.kind, "state": case.state, "open": case.open}

    def actions(self, case: Case, actor: Person) -> list[Action]:
        return available(case.workflow, self.facts(case, actor), self.who(case, actor))

    def do(self, case: Case, trigger: str, actor: Person, **fields: Any) -> Outcome:
        return self._act(case, trigger, actor, self.who(case, actor), fields)

    def _act(self, case: Case, trigger: str, actor: Person, who: frozenset[str], fields: Mapping[str, Any]) -> Outcome:
        whole = self.facts(case, actor)
        named = facts_needed(case.workflow, case.state, trigger) | {"state"}
        outcome = decide(case.workflow, Strict({name: whole[name] for name in named}), trigger, who, fields)
        self._apply(case, outcome, actor)
        return outcome

    def _apply(self, case: Case, outcome: Outcome, actor: Person) -> None:
        row = outcome.transition
        case.trail.append(f"{case.state or '*'} {row.trigger} {outcome.to}")
        case.state = outcome.to
        self.taken.append((case.workflow.name, row))
        if row.emits:
            self.emitted.append(row.emits)
        case.clocks |= dict.fromkeys((*row.starts, *row.resumes), "running") | dict.fromkeys(row.holds, "held")
        for name in row.stops:
            case.clocks.pop(name, None)
        for change in outcome.changes:
            match change:
                case Set(column, value):
                    case.row[column] = value
                case Grant(unit, relation):
                    self.access.add((unit, relation))
                case Revoke(unit, relation):
                    self.access.discard((unit, relation))
                case Put():
                    self.records.append(change)
        for change in outcome.changes:
            self._cause(case, change, actor)

    def _cause(self, case: Case, change: object, actor: Person) -> None:
        caused = frozenset({"system@cause", "system@any"})
        try:
            if isinstance(change, Open):
                child = self.born(change.kind, case.id)
                self._act(child, child.workflow.birth, actor, caused, change.values)
            elif isinstance(change, Fire):
                target = case.parent if change.target == "parent" else change.target
                assert isinstance(target, int)
                self._act(self.cases[target], change.trigger, actor, caused, change.fields)
        except Denied as denied:
            raise AssertionError(f"what {case.workflow.name} set off was refused: {change}: {denied}") from denied
