"""Who may try what from where, asked of `decide` itself; run as a module to write the golden files after a new version."""

from __future__ import annotations

from pathlib import Path

from workflows.definition import Workflow, load_released
from workflows.machine import Impossible, NotYours, Unknown, decide
from workflows.vocabulary import RELATIONS, ROLES

GOLDEN = Path(__file__).parent / "golden"
EVERY_RELATION = sorted(RELATIONS)


def golden_file(workflow: Workflow) -> Path:
    return GOLDEN / f"{workflow.name}.v{workflow.version}.txt"


def matrix(workflow: Workflow) -> str:
    """One line for each state and trigger: the destinations of its rows, then every role@relation that is not turned away."""
    triggers = sorted({row.trigger for row in workflow.transitions})
    lines = []
    for state in ("", *workflow.states):
        for trigger in triggers:
            allowed = [entry for role in sorted(ROLES) for entry in _entries(workflow, state, trigger, role)]
            if allowed:
                rows = [row for row in workflow.transitions if row.trigger == trigger and state in row.sources]
                to = "|".join(dict.fromkeys(row.to or "=" for row in rows))
                lines.append(f"{state or '*'} {trigger} -> {to}: {' '.join(allowed)}\n")
    return "".join(lines)


def _entries(workflow: Workflow, state: str, trigger: str, role: str) -> list[str]:
    relations = [relation for relation in EVERY_RELATION if may_try(workflow, state, trigger, f"{role}@{relation}")]
    return [f"{role}@*"] if relations == EVERY_RELATION else [f"{role}@{relation}" for relation in relations]


def may_try(workflow: Workflow, state: str, trigger: str, who: str) -> bool:
    """Whether this standing alone gets past the edge and the role. A field that nobody takes stops the question before the guards."""
    try:
        decide(workflow, {"state": state}, trigger, frozenset({who}), {"no such field": 1})
    except (Impossible, NotYours):
        return False
    except Unknown:
        return True
    raise AssertionError("a field that no row takes was taken")


if __name__ == "__main__":
    for each in load_released().values():
        golden_file(each).write_text(matrix(each), encoding="utf-8")
