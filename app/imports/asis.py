"""History is replayed on the same edges with nobody told, and with clocks only where our limits applied to it.

An edge keeps its states, its roles, its needs, its guards and its effects. No reaction hears of it, so nobody is notified of what
happened years ago; and where the file is another city's, the clocks are taken off too, so that no limit of ours judges its work.
"""

from __future__ import annotations

from dataclasses import replace

from app.core.system import System
from workflows.model import Transition, Workflow


def retold(system: System, clocks: bool) -> System:
    """The same system as a replay sees it: definitions that tell nobody and, unless `clocks`, move no clock."""
    known = system.registry
    workflows = known.workflows if clocks else {key: _without_clocks(workflow) for key, workflow in known.workflows.items()}
    return replace(system, registry=replace(known, workflows=workflows, reactions=()))


def _without_clocks(workflow: Workflow) -> Workflow:
    transitions = tuple(_still(edge) for edge in workflow.transitions)
    # A definition is compiled once for each digest, so a copy that differs needs a digest that differs.
    return replace(workflow, transitions=transitions, digest=f"{workflow.digest} without clocks")


def _still(edge: Transition) -> Transition:
    return replace(edge, starts=(), stops=(), holds=(), resumes=(), rebudgets=False)
