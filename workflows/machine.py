"""Decide, purely: one shared machine per definition, tried on a throw-away object; the only importer of `transitions`."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import cast

from transitions import EventData, Machine

from workflows.definition import Transition, Workflow
from workflows.effects import EFFECTS, Change, Open
from workflows.guards import GUARDS
from workflows.vocabulary import Facts, Fields, Guard


class Denied(Exception):
    """A request that is refused; nothing has happened."""


class Impossible(Denied):
    """No such trigger from this state."""

    def __init__(self, workflow: str, state: str, trigger: str) -> None:
        super().__init__(f"{workflow}: {trigger} is not possible from {state or 'nothing'}")
        self.workflow, self.state, self.trigger = workflow, state, trigger


class NotYours(Denied):
    """The trigger is possible, but not for this actor."""

    def __init__(self, trigger: str) -> None:
        super().__init__(f"{trigger} is not yours to do")
        self.trigger = trigger


class Missing(Denied):
    """Fields that the trigger needs were not given."""

    def __init__(self, fields: tuple[str, ...]) -> None:
        super().__init__("missing: " + ", ".join(fields))
        self.fields = fields


class Unknown(Denied):
    """Fields were given that the trigger does not take."""

    def __init__(self, fields: tuple[str, ...]) -> None:
        super().__init__("not taken: " + ", ".join(fields))
        self.fields = fields


class Refused(Denied):
    """A guard said no, with its sentence, and the fields of this trigger that it speaks of."""

    def __init__(self, guard: str, zh: str, en: str, fields: tuple[str, ...] = ()) -> None:
        super().__init__(f"{guard}: {en}")
        self.guard, self.zh, self.en, self.fields = guard, zh, en, fields


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was decided: the row that won, the state it leads to, and the changes to apply, in order."""

    transition: Transition
    to: str
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class Action:
    """Something the actor could do now: what every branch open to him needs, and what else any of them takes. Of the weight "end" is
    what brings the case, by one of them, to a final state; all else is "plain"."""

    trigger: str
    label_zh: str
    label_en: str
    needs: tuple[str, ...]
    takes: tuple[str, ...] = ()
    weight: str = "plain"


class _Row:
    """A transition made ready: its words looked up once."""

    __slots__ = ("anywhere", "exact", "guards", "needs", "takes", "transition")

    def __init__(self, transition: Transition) -> None:
        self.transition = transition
        pairs = [entry.partition("@") for entry in transition.who]
        self.exact = frozenset(role + at + relation for role, at, relation in pairs if relation != "any")
        self.anywhere = frozenset(role for role, _, relation in pairs if relation == "any")
        self.needs = transition.needs
        self.takes = frozenset(transition.needs + transition.optional)
        self.guards: tuple[Guard, ...] = tuple(GUARDS[name] for name in transition.guards)

    def open_to(self, who: frozenset[str], roles: Collection[str]) -> bool:
        return not self.exact.isdisjoint(who) or not self.anywhere.isdisjoint(roles)


class _Attempt:
    """The throw-away object: it starts at the case's state, and remembers which row won and which guard refused first."""

    __slots__ = ("candidates", "facts", "fields", "refusal", "state", "won")

    def __init__(self, state: str, facts: Facts, fields: Fields, candidates: list[_Row]) -> None:
        self.state, self.facts, self.fields, self.candidates = state, facts, fields, candidates
        self.refusal: Guard | None = None
        self.won: _Row | None = None


class _Compiled:
    """A definition indexed for deciding."""

    __slots__ = ("actions", "by_edge", "by_state", "facts", "final", "machine", "shown")

    def __init__(self, workflow: Workflow) -> None:
        self.machine = Machine(model=None, states=["", *workflow.states], initial=None, auto_transitions=False, send_event=True)
        self.final = frozenset(name for name, state in workflow.states.items() if state.final)
        self.actions: dict[tuple[_Row, ...], Action] = {}
        self.by_state: dict[str, list[_Row]] = {}
        self.by_edge: dict[tuple[str, str], list[_Row]] = {}
        for transition in workflow.transitions:
            self._add(_Row(transition))
        self.facts = {edge: _facts(rows) for edge, rows in self.by_edge.items()}
        self.shown = {state: _shown(rows) for state, rows in self.by_state.items()}

    def action(self, rows: tuple[_Row, ...]) -> Action:
        """What these branches of one trigger are to who may choose among them; there are few such choices, each made once."""
        if rows not in self.actions:
            self.actions[rows] = _action(rows, self.final)
        return self.actions[rows]

    def _add(self, row: _Row) -> None:
        transition = row.transition
        # dest None keeps the state: no exit, no entry.
        self.machine.add_transition(transition.trigger, [*transition.sources], transition.to, conditions=[_holds(row)])
        for source in transition.sources:
            self.by_state.setdefault(source, []).append(row)
            self.by_edge.setdefault((source, transition.trigger), []).append(row)


def _holds(row: _Row) -> Callable[[EventData], bool]:
    def condition(event: EventData) -> bool:
        attempt = cast(_Attempt, event.model)
        if row not in attempt.candidates:
            return False
        for guard in row.guards:
            if not guard.test(attempt.facts, attempt.fields):
                attempt.refusal = attempt.refusal or guard
                return False
        attempt.won = row
        return True

    return condition


def _action(rows: tuple[_Row, ...], final: frozenset[str]) -> Action:
    first, taken = rows[0].transition, [name for row in rows for name in row.transition.needs + row.transition.optional]
    needs = tuple(name for name in first.needs if all(name in row.needs for row in rows))
    takes = tuple(name for name in dict.fromkeys(taken) if name not in needs)
    weight = "end" if any(row.transition.to in final for row in rows) else "plain"
    return Action(first.trigger, first.label_zh, first.label_en, needs, takes, weight)


def _facts(rows: list[_Row]) -> frozenset[str]:
    named: list[frozenset[str]] = [EFFECTS[name].facts for row in rows for name in row.transition.effects]
    named += [guard.facts for row in rows for guard in row.guards]
    return frozenset().union(*named)


def _shown(rows: list[_Row]) -> frozenset[str]:
    named = [guard.facts for row in rows for guard in row.guards if not guard.fields]
    return frozenset[str]().union(*named)


_COMPILED: dict[str, _Compiled] = {}


def _compiled(workflow: Workflow) -> _Compiled:
    # Two threads may compile the same definition at once; the results are alike and either may stay.
    compiled = _COMPILED.get(workflow.digest)
    if compiled is None:
        compiled = _COMPILED[workflow.digest] = _Compiled(workflow)
    return compiled


def decide(workflow: Workflow, facts: Facts, trigger: str, who: frozenset[str], fields: Fields) -> Outcome:
    """The one answer to a request: an Outcome, or Impossible, NotYours, Unknown, Missing, Refused, asked in this order."""
    compiled = _compiled(workflow)
    state: str = facts["state"]
    rows = compiled.by_edge.get((state, trigger))
    if rows is None:
        raise Impossible(workflow.name, state, trigger)
    roles = {entry.partition("@")[0] for entry in who}
    mine = [row for row in rows if row.open_to(who, roles)]
    if not mine:
        raise NotYours(trigger)
    attempt = _Attempt(state, facts, fields, _fitting(mine, fields))
    compiled.machine.events[trigger].trigger(attempt)
    if attempt.won is None:
        assert attempt.refusal is not None
        raise _refused(attempt.refusal, facts, fields, mine)
    return Outcome(attempt.won.transition, attempt.state, _changes(attempt.won.transition, facts, fields))


def _refused(refusal: Guard, facts: Facts, fields: Fields, mine: list[_Row]) -> Refused:
    # A field that only another branch takes may be spoken of: giving it is the way out.
    taken = frozenset().union(*(row.takes for row in mine))
    beside = tuple(name for name in refusal.beside(facts, fields) if name in taken)
    return Refused(refusal.name, *refusal.said(facts), beside)


def _fitting(mine: list[_Row], fields: Fields) -> list[_Row]:
    given = {name for name, value in fields.items() if value is not None and value != ""}
    fitting = [row for row in mine if row.takes.issuperset(fields) and given.issuperset(row.needs)]
    if fitting:
        return fitting
    taken = frozenset().union(*(row.takes for row in mine))
    unknown = tuple(sorted(fields.keys() - taken)) or tuple(sorted(fields.keys() - mine[0].takes))
    missing = tuple(name for name in mine[0].needs if name not in given)
    if fields.keys() <= taken and missing:
        raise Missing(missing)
    raise Unknown(unknown)


def _changes(transition: Transition, facts: Facts, fields: Fields) -> tuple[Change, ...]:
    changes = [change for name in transition.effects for change in EFFECTS[name].make(facts, fields)]
    if transition.opens is not None:
        changes.append(Open(transition.opens))
    return tuple(changes)


def available(workflow: Workflow, facts: Facts, who: frozenset[str]) -> list[Action]:
    """What the actor could do now; a guard that waits for fields, or for facts not at hand, is taken to hold."""
    roles, compiled = {entry.partition("@")[0] for entry in who}, _compiled(workflow)
    branches: dict[str, tuple[_Row, ...]] = {}
    for row in compiled.by_state.get(facts["state"], ()):
        if row.open_to(who, roles) and _may_hold(row, facts):
            trigger = row.transition.trigger
            branches[trigger] = (*branches.get(trigger, ()), row)
    return [compiled.action(rows) for rows in branches.values()]


def _may_hold(row: _Row, facts: Facts) -> bool:
    return all(guard.test(facts, {}) for guard in row.guards if not guard.fields and guard.facts <= facts.keys())


def facts_needed(workflow: Workflow, state: str, trigger: str) -> frozenset[str]:
    """All that guards and effects of this trigger from this state look at, beside the state itself: gather these and no others."""
    return _compiled(workflow).facts.get((state, trigger), frozenset())


def facts_shown(workflow: Workflow, state: str) -> frozenset[str]:
    """What `available` looks at in this state; it takes a guard to hold when one of its facts is not at hand."""
    return _compiled(workflow).shown.get(state, frozenset())
