"""What the composition root has put together: the kinds of case, the verbs and the reactions. Core asks it and never imports a feature."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

from workflows.definition import Workflow

if TYPE_CHECKING:
    from app.core.actors import Actor
    from app.core.gather import Gather
    from app.core.root import Case, Root
    from app.core.system import System
    from app.core.tx import Tx

Loader = Callable[["Gather"], Any]


def no_relations(root: Root, case: Case, actor: Actor) -> frozenset[str]:
    return frozenset()


def no_due(root: Root, case: Case) -> datetime | None:
    return None


@dataclass(frozen=True)
class Kind:
    """`family` is the kind of the root that this kind lives under. `columns` are the columns of `table` that facts may ask;
    `rule_facts` is what rows of a pack may ask. `ready` names the facts that are found without a statement and soon: showing the open
    actions looks at these too, not only deciding. `fixed` are the clocks whose end a person has
    set, each with the column that holds it."""

    name: str
    family: str
    plural: str
    table: str
    columns: tuple[str, ...]
    facts: Mapping[str, Loader]
    rule_facts: Callable[[Root, Case], Mapping[str, object]]
    relations: Callable[[Root, Case, Actor], frozenset[str]] = no_relations
    upstream_due: Callable[[Root, Case], datetime | None] = no_due
    instants: frozenset[str] = frozenset()
    ready: frozenset[str] = frozenset()
    fixed: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Reaction:
    """`react(system, row)` runs after the commit with one outbox row and must be safe to repeat."""

    name: str
    events: frozenset[str]
    react: Callable[..., None]


@dataclass(frozen=True)
class Chore:
    """`run(system)` is called again and again with so many seconds between, in every tick process at once: it takes its own turns."""

    name: str
    every_seconds: float
    run: Callable[[System], object]


@dataclass(frozen=True)
class Registry:
    """`gauges` are numbers for `/readyz` and `/metrics`, each as SQL that gives one value."""

    kinds: Mapping[str, Kind]
    workflows: Mapping[tuple[str, int], Workflow]
    handlers: Mapping[type, Callable[[Tx, Any], Any]]
    reactions: Sequence[Reaction]
    chores: Sequence[Chore] = ()
    gauges: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def latest(self) -> Mapping[str, Workflow]:
        """For each kind the newest released definition: what a new case is pinned to."""
        return {flow.kind: flow for _, flow in sorted(self.workflows.items())}

    @cached_property
    def reactions_to(self) -> Mapping[str, tuple[str, ...]]:
        events = {event for reaction in self.reactions for event in reaction.events}
        return {event: tuple(r.name for r in self.reactions if event in r.events) for event in events}

    @cached_property
    def reaction(self) -> Mapping[str, Reaction]:
        return {reaction.name: reaction for reaction in self.reactions}

    def family(self, name: str) -> list[Kind]:
        family = self.kinds[name].family
        return [kind for kind in self.kinds.values() if kind.family == family]
