"""Gathering the facts that the guards and effects of one edge name, and no others: a guard never queries."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from app.core.actors import Actor
from app.core.root import Case, Root
from app.core.visibility import CENTRE
from workflows.machine import facts_needed, facts_shown

if TYPE_CHECKING:
    from app.core.tx import Tx


@dataclass(frozen=True, slots=True)
class Gather:
    """What a fact loader may look at: the case, all under its root, the fields given, the actor, and reads of this transaction."""

    tx: Tx
    root: Root
    case: Case
    fields: Mapping[str, Any]
    actor: Actor


def child_facts(case: Case) -> dict[str, Any]:
    return {**case.data, "id": case.id, "kind": case.kind, "state": case.state, "open": case.open}


def parent_state(gather: Gather) -> str:
    parent = gather.root.cases.get(gather.case.parent_id or 0)
    return parent.state if parent else ""


def clock_facts(gather: Gather) -> tuple[dict[str, Any], ...]:
    clocks = (clock for clock in gather.root.clocks if clock.case_id == gather.case.id)
    return tuple({"name": c.name, "level": c.level, "due_at": c.due_at, "state": c.state, "held_at": c.held_at} for c in clocks)


ALWAYS: Mapping[str, Callable[[Gather], Any]] = {
    "state": lambda g: g.case.state,
    "now": lambda g: g.root.now,
    "actor_id": lambda g: g.actor.id,
    "actor_unit_id": lambda g: g.actor.unit_id,
    "actor_roles": lambda g: g.actor.roles,
    "case_id": lambda g: g.case.id,
    "root_id": lambda g: g.case.root_id,
    "parent_state": parent_state,
    "root_state": lambda g: g.root.top().state,
    "row": lambda g: g.case.data,
    "children": lambda g: tuple(child_facts(child) for child in g.root.children(g.case)),
    "clocks": clock_facts,
}


def facts_for(gather: Gather, trigger: str) -> dict[str, Any]:
    """What is always known, and whatever else the edges of this trigger ask for."""
    facts = known_facts(gather)
    kind = gather.tx.system.registry.kinds[gather.case.kind]
    for name in facts_needed(gather.case.workflow, gather.case.state, trigger):
        if name not in facts:
            facts[name] = kind.facts[name](gather)
    return facts


def known_facts(gather: Gather) -> dict[str, Any]:
    """The facts that every decision is given without asking."""
    return {name: loader(gather) for name, loader in ALWAYS.items()}


def ready_facts(gather: Gather) -> dict[str, Any]:
    """What showing the open actions looks at: no statement is sent for it."""
    facts, kind = known_facts(gather), gather.tx.system.registry.kinds[gather.case.kind]
    for name in facts_shown(gather.case.workflow, gather.case.state) & kind.ready:
        facts[name] = kind.facts[name](gather)
    return facts


def who_of(gather: Gather) -> frozenset[str]:
    """Every "role@relation" that the actor has on this case."""
    kind = gather.tx.system.registry.kinds[gather.case.kind]
    relations = {"any", *kind.relations(gather.root, gather.case, gather.actor)}
    if not gather.actor.roles.isdisjoint(CENTRE):
        relations.add("centre")
    return frozenset(f"{role}@{relation}" for role in gather.actor.roles for relation in relations)
