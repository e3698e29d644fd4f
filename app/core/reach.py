"""A rung that no definition can follow is refused: its clock runs nowhere, no clock may set its trigger off, or all is over by then."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from app.core.rungs import FIRE, TABLE, open_to_clocks
from rules.lint import Finding
from rules.packs import Pack
from rules.runglint import named
from rules.shapes import RungSpec
from rules.tables import Row
from workflows.definition import Transition, Workflow


def unreachable(pack: Pack, latest: Mapping[str, Workflow], family: Mapping[str, str]) -> list[Finding]:
    """Errors of the pack's escalation table. `latest` are the definitions that new cases are pinned to, `family` tells for each kind the
    kind of the root that it lives under."""
    table = pack.tables.get(TABLE)
    rows = table.rows if table else ()
    return [Finding("error", TABLE, row.id, zh, en) for row in rows for zh, en in wrong(row, latest, family)]


def wrong(row: Row, latest: Mapping[str, Workflow], family: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Each clock is looked at alone, and said only where what is wrong is so of every definition that has it."""
    for clock in named(row, "clock"):
        flows = [flow for flow in latest.values() if any(clock in state.clocks for state in flow.states.values())]
        if not flows:
            yield f"没有流程会走时限 {clock}，节点永远不会触发。", f"{clock} runs in no definition: the rung can never fire."
        elif after_due(row.give["rung"]) and all(ends_with(flow, clock) for flow in flows):
            yield (
                f"时限 {clock} 到期即自行了结，其后的节点 {row.give['rung'].key} 永远不会触发。",
                f"{clock} ends by itself when it is due: the rung {row.give['rung'].key} after it can never fire.",
            )
        for trigger in triggers(row) if flows else ():
            if not any(possible(flow, clock, trigger, latest, family) for flow in flows):
                yield (
                    f"时限 {clock} 走着的时候，没有流程允许时钟触发 {trigger}。",
                    f"While {clock} runs no definition lets a clock set off {trigger}, there or in the case above.",
                )


def triggers(row: Row) -> list[str]:
    return [action.removeprefix(FIRE) for action in row.give["actions"] if action.startswith(FIRE)]


def possible(flow: Workflow, clock: str, trigger: str, latest: Mapping[str, Workflow], family: Mapping[str, str]) -> bool:
    """The case whose clock it is knows the trigger and may follow it while the clock runs; if it does not know it, the case above may."""
    if any(edge.trigger == trigger for edge in flow.transitions):
        return any(
            clock in flow.states[source].clocks
            for edge in edges(flow, trigger)
            for source in edge.sources
            if source
        )
    above = [other for other in latest.values() if other.kind != flow.kind and family.get(other.kind) == family.get(flow.kind)]
    return family.get(flow.kind, flow.kind) != flow.kind and any(edges(other, trigger) for other in above)


def edges(flow: Workflow, trigger: str) -> list[Transition]:
    return [edge for edge in flow.transitions if edge.trigger == trigger and open_to_clocks(edge)]


def after_due(spec: RungSpec) -> bool:
    return spec.offset is not None and not spec.before


def ends_with(flow: Workflow, clock: str) -> bool:
    """Whether the clock stops by its own lapse, wherever it runs, and no guard can prevent it."""
    return all(lapses(flow, state.name, clock) for state in flow.states.values() if clock in state.clocks)


def lapses(flow: Workflow, state: str, clock: str) -> bool:
    trigger = flow.states[state].lapses.get(clock)
    found = [edge for edge in edges(flow, trigger) if state in edge.sources] if trigger else []
    return any(not edge.guards and (clock in edge.stops or stands_still(flow, edge)) for edge in found)


def stands_still(flow: Workflow, edge: Transition) -> bool:
    """Where an edge leads to an end, every clock stops."""
    return edge.to is not None and flow.states[edge.to].final
