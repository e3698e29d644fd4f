"""History is replayed on the same edges with nobody told, and with clocks only where our limits applied to it."""

# Of each definition a replay sees the edges that are open to a file and to what they cause, with their states, needs, guards and effects.
# Of the reactions only the index of words hears of them, so nobody is notified of what happened years ago; and where the file is another
# city's, the clocks are taken off too, so that no limit of ours judges its work. An alarm that a live file raises is of now: it is told.

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from app.core import bus
from app.core.actors import IMPORTER
from app.core.ids import IdBlocks
from app.core.system import System
from workflows.model import Transition, Workflow

FILES = frozenset({"importer", "system"})
IDS = "id_blocks"
AT_ONCE = 32
BLOCKS = "SELECT nextval(%s) AS block FROM generate_series(1, %s)"
TELLS_NOBODY = frozenset({"index_ticket"})
ALARMS = frozenset({"AlarmRaised", "AlarmHitAgain"})


def retold(system: System, clocks: bool, live: bool = False) -> System:
    """The same system as a replay sees it: definitions with a file's edges only, that tell nobody and, unless `clocks`, move no clock."""
    known = system.registry
    workflows = {key: _for_files(workflow, clocks) for key, workflow in known.workflows.items()}
    heard = tuple(
        reaction if reaction.name in TELLS_NOBODY else replace(reaction, events=reaction.events & ALARMS)
        for reaction in known.reactions
        if reaction.name in TELLS_NOBODY or (live and reaction.events & ALARMS)
    )
    return replace(system, registry=replace(known, workflows=workflows, reactions=heard), ids=IdBlocks(_stocked(system)))


def _stocked(system: System) -> Callable[[str], int]:
    """Blocks of ids are fetched many at a time; those of ticket numbers are not, so that numbers stay dense."""
    stock: list[int] = []

    def fetch(sequence: str) -> int:
        if sequence != IDS:
            return next_blocks(system, sequence, 1)[0]
        if not stock:
            stock.extend(next_blocks(system, sequence, AT_ONCE))
        return stock.pop(0)

    return fetch


def next_blocks(system: System, sequence: str, count: int) -> list[int]:
    with bus.transaction(system, IMPORTER) as tx:
        return [row["block"] for row in tx.query(BLOCKS, (sequence, count))]


def _for_files(workflow: Workflow, clocks: bool) -> Workflow:
    transitions = tuple(edge if clocks else _still(edge) for edge in workflow.transitions if _open_to_files(edge))
    # A definition is compiled once for each digest, so a copy that differs needs a digest that differs.
    return replace(workflow, transitions=transitions, digest=f"{workflow.digest} for files {'with' if clocks else 'without'} clocks")


def _open_to_files(edge: Transition) -> bool:
    return any(entry.partition("@")[0] in FILES for entry in edge.who)


def _still(edge: Transition) -> Transition:
    return replace(edge, starts=(), stops=(), holds=(), resumes=(), restarts=(), rebudgets=False)
