"""A definition as a Mermaid state diagram: what the code follows and what people look at are the same rows."""

from workflows.definition import Workflow


def mermaid(workflow: Workflow) -> str:
    """The states with both labels, one arrow for each pair of states with the triggers that lead along it; `[*]` is birth and end."""
    lines = ["stateDiagram-v2"]
    for state in workflow.states.values():
        lines.append(f'    state "{state.label_zh} {state.label_en}" as {_id(state.name)}')
    arrows: dict[tuple[str, str], list[str]] = {}
    for row in workflow.transitions:
        for source in ("", *workflow.states):
            if source in row.sources:
                triggers = arrows.setdefault((source, source if row.to is None else row.to), [])
                if row.trigger not in triggers:
                    triggers.append(row.trigger)
    lines += [f"    {_id(source)} --> {_id(to)}: {', '.join(triggers)}" for (source, to), triggers in arrows.items()]
    lines += [f"    {_id(state.name)} --> [*]" for state in workflow.states.values() if state.final]
    return "\n".join(lines) + "\n"


def _id(state: str) -> str:
    # A trailing underscore keeps words such as `state` or `end`, which Mermaid reads as its own, from being used bare.
    return f"{state}_" if state else "[*]"
