"""What a definition that loads may still have wrong: proved over every path, not over samples."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain

from workflows.definition import Transition, Workflow
from workflows.effects import EFFECTS
from workflows.fields import FIELDS
from workflows.guards import GUARDS
from workflows.vocabulary import CORE_FACTS, KIND_FACTS

# A moment in a case's life as far as clocks are concerned: the state, the clocks that run, and those that are held.
Moment = tuple[str, frozenset[str], frozenset[str]]


@dataclass(frozen=True, slots=True)
class Finding:
    """Something wrong: in which definition, where in it, and the sentence."""

    name: str
    where: str
    sentence: str


def check(workflows: Iterable[Workflow]) -> list[Finding]:
    """All findings over the given definitions; none is what a release needs."""
    given = list(workflows)
    each = [Finding(f"{w.name}.v{w.version}", *found) for w in given for found in chain(_states(w), _clocks(w))]
    return each + [Finding("vocabulary", *found) for found in chain(_unused(given), _facts(), _opened(given))]


def _states(workflow: Workflow) -> Iterator[tuple[str, str]]:
    reached, leading_out = _reached(workflow), {source for row in workflow.transitions if row.to for source in row.sources}
    for state in workflow.states.values():
        where = f"state {state.name}"
        if state.name not in reached:
            yield where, "can never be reached"
        if state.final:
            continue
        if state.name not in leading_out:
            yield where, "is a dead end: it is not final and nothing leads out of it"
        elif not _leads_to_an_end(workflow, state.name):
            yield where, "never leads to a final state"
        if state.owner is None:
            yield where, "is open and has no owner"
        if not state.clocks:
            yield where, "is open and has no clock"
        for clock, trigger in state.lapses.items():
            if not _set_off_by_clocks(workflow, state.name, trigger):
                yield where, f"lapses into {trigger!r}, which no clock may set off from here"
            if any(other.lapses.get(clock) != trigger for other in workflow.states.values() if clock in other.clocks):
                yield where, f"lapses {clock} into {trigger!r}, but another state with this clock does not"


def _set_off_by_clocks(workflow: Workflow, state: str, trigger: str) -> bool:
    by_clock = {"system@any", "system@cause"}
    return any(row.trigger == trigger and state in row.sources and by_clock & {*row.who} for row in workflow.transitions)


def _steps(workflow: Workflow, source: str) -> Iterator[tuple[Transition, str]]:
    return ((row, source if row.to is None else row.to) for row in workflow.transitions if source in row.sources)


def _reached(workflow: Workflow, start: str = "") -> set[str]:
    seen, waiting = {start}, [start]
    while waiting:
        for _, to in _steps(workflow, waiting.pop()):
            if to not in seen:
                seen.add(to)
                waiting.append(to)
    return seen


def _leads_to_an_end(workflow: Workflow, start: str) -> bool:
    return any(state and workflow.states[state].final for state in _reached(workflow, start))


def _clocks(workflow: Workflow) -> Iterator[tuple[str, str]]:
    """Walks every path from birth with its clocks; each mistake is told once."""
    born: Moment = ("", frozenset(), frozenset())
    seen, waiting, told = {born}, [born], set[tuple[str, str]]()
    while waiting:
        moment = waiting.pop()
        for row, to in _steps(workflow, moment[0]):
            after, mistakes = _move(row, to, moment)
            told.update(mistakes)
            told.update(_out_of_place(workflow, after))
            if after not in seen:
                seen.add(after)
                waiting.append(after)
    told.update(_in_vain(workflow, seen))
    yield from sorted(told)
    yield from _never_there(workflow, seen)


def _in_vain(workflow: Workflow, moments: set[Moment]) -> Iterator[tuple[str, str]]:
    """Holding what is held, and resuming what runs, changes nothing, nor does either to a limit that may have ended before; what is
    never there when this step is taken is a slip of the pen."""
    for row in workflow.transitions:
        for source in row.sources:
            there = {clock for name, running, held in moments if name == source for clock in running | held}
            for verb, clocks in (("resumes", row.resumes), ("holds", row.holds)):
                yield from ((_place(row, source), f"{verb} {clock}, which is not there") for clock in clocks if clock not in there)


def _place(row: Transition, source: str) -> str:
    return f"transition {row.trigger} from {source or 'birth'}"


def _move(row: Transition, to: str, moment: Moment) -> tuple[Moment, list[tuple[str, str]]]:
    source, running, held = moment
    mistakes = [(_place(row, source), f"starts {clock}, which is already there") for clock in row.starts if clock in running | held]
    gone, paused, resumed = (frozenset(words) for words in ((*row.stops, *row.restarts), row.holds, row.resumes))
    started = frozenset((*row.starts, *row.restarts))
    return (to, (running - gone - paused) | started | (resumed & held), (held - gone - resumed) | (paused & running)), mistakes


def _out_of_place(workflow: Workflow, moment: Moment) -> Iterator[tuple[str, str]]:
    state, running, held = moment
    for clock in running | held:
        if clock not in workflow.states[state].clocks:
            yield f"state {state}", f"can be entered with {clock} still {'running' if clock in running else 'held'}"


def _never_there(workflow: Workflow, moments: set[Moment]) -> Iterator[tuple[str, str]]:
    for state in workflow.states.values():
        there = {clock for name, running, held in moments if name == state.name for clock in running | held}
        for clock in state.clocks:
            if clock not in there:
                yield f"state {state.name}", f"names {clock}, which never runs there"


def _unused(workflows: list[Workflow]) -> Iterator[tuple[str, str]]:
    rows = [row for workflow in workflows for row in workflow.transitions]
    for noun, known, used in (
        ("guard", GUARDS, {name for row in rows for name in row.guards}),
        ("effect", EFFECTS, {name for row in rows for name in row.effects}),
        ("field", FIELDS, {name for row in rows for name in row.needs + row.optional}),
    ):
        for name in known.keys() - used:
            yield f"{noun} {name}", "is used by no definition"


def _facts() -> Iterator[tuple[str, str]]:
    named = chain(((g.name, g.facts) for g in GUARDS.values()), ((e.name, e.facts) for e in EFFECTS.values()))
    for name, facts in named:
        for unknown in sorted(facts - CORE_FACTS - KIND_FACTS):
            yield name, f"looks at an unknown fact {unknown!r}"


def _opened(workflows: list[Workflow]) -> Iterator[tuple[str, str]]:
    """What one definition opens, another must define."""
    kinds = {workflow.kind for workflow in workflows}
    for workflow in workflows:
        for row in workflow.transitions:
            if row.opens is not None and row.opens not in kinds:
                yield f"{workflow.name}.v{workflow.version}", f"{row.trigger} opens {row.opens!r}, a kind that no definition has"
