"""The released definitions as anybody may read them: what may happen is no secret."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from marshmallow import fields

from app.api.doors import Ask, Door
from app.api.paging import page_of
from app.api.values import Body, Whole
from app.core.registry import Registry
from app.errors import Unseen
from app.people.roles import ROLES
from workflows.definition import Transition, Workflow
from workflows.diagram import mermaid
from workflows.fields import FIELDS
from workflows.guards import GUARDS
from workflows.words import WORDS

# Who acts beside the people of an account.
OTHERS: Mapping[str, tuple[str, str]] = {"system": ("系统", "System"), "citizen": ("诉求人", "Citizen"), "importer": ("导入", "Import")}


class Which(Body):
    """Which version; the newest when it is not said."""

    version = Whole(least=1, most=10_000, text=True, load_default=None)


class WorkflowItem(Body):
    """The newest version of each; `digest` is that of the file it was released with."""

    name = fields.String()
    version = fields.Integer()
    kind = fields.String()
    digest = fields.String()


class StateShown(Body):
    name = fields.String()
    label = fields.String()
    final = fields.Boolean()
    clocks = fields.List(fields.String())


class EdgeWords(Body):
    """The same for people."""

    who = fields.List(fields.String())
    needs = fields.List(fields.String())
    optional = fields.List(fields.String())
    guards = fields.List(fields.String())


class EdgeClocks(Body):
    starts = fields.List(fields.String())
    stops = fields.List(fields.String())
    holds = fields.List(fields.String())
    resumes = fields.List(fields.String())


# Made from a mapping, since a class cannot have a field that is called `from`.
EdgeShown = EdgeWords.from_dict(
    {
        "trigger": fields.String(), "label": fields.String(), "from": fields.List(fields.String()), "to": fields.String(allow_none=True),
        "effects": fields.List(fields.String()), "clocks": fields.Nested(EdgeClocks), "emits": fields.String(allow_none=True),
        "quiet": fields.Boolean(), "said": fields.Nested(EdgeWords),
    },
    name="EdgeShown",
)  # fmt: skip


class WorkflowShown(WorkflowItem):
    versions = fields.List(fields.Integer())
    states = fields.List(fields.Nested(StateShown))
    transitions = fields.List(fields.Nested(EdgeShown))
    mermaid = fields.String()


def shown_edge(edge: Transition, english: bool) -> dict[str, Any]:
    return {
        "trigger": edge.trigger,
        "label": edge.label_en if english else edge.label_zh,
        "from": sorted(edge.sources),
        "to": edge.to,
        "who": list(edge.who),
        "needs": list(edge.needs),
        "optional": list(edge.optional),
        "guards": list(edge.guards),
        "effects": list(edge.effects),
        "clocks": {"starts": edge.starts, "stops": edge.stops, "holds": edge.holds, "resumes": edge.resumes},
        "emits": edge.emits,
        "quiet": edge.quiet,
        "said": said_of(edge, english),
    }


def said_of(edge: Transition, english: bool) -> dict[str, Any]:
    """The same for people: who by role and relation, fields by their names, guards by the sentence of their refusal."""
    return {
        "who": [who_said(each, english) for each in edge.who],
        "needs": [FIELDS[name].en if english else FIELDS[name].zh for name in edge.needs],
        "optional": [FIELDS[name].en if english else FIELDS[name].zh for name in edge.optional],
        "guards": [GUARDS[name].en if english else GUARDS[name].zh for name in edge.guards],
    }


def who_said(entry: str, english: bool) -> str:
    role, _, relation = entry.partition("@")
    actor = {**ROLES, **OTHERS}.get(role, (role, role))[english]
    beside = WORDS["relation"].get(relation, ("", ""))[english]
    return f"{actor}（{beside}）" if beside and not english else f"{actor} ({beside})" if beside else actor


def shown(flow: Workflow, versions: Sequence[int], lang: str) -> dict[str, Any]:
    english = lang == "en"
    states = [
        {"name": name, "label": state.label_en if english else state.label_zh, "final": state.final, "clocks": list(state.clocks)}
        for name, state in flow.states.items()
    ]
    return {
        "name": flow.name,
        "version": flow.version,
        "versions": list(versions),
        "kind": flow.kind,
        "digest": flow.digest,
        "states": states,
        "transitions": [shown_edge(edge, english) for edge in flow.transitions],
        "mermaid": mermaid(flow),
    }


def doors(registry: Registry) -> list[Door]:
    """`/workflows` and `/workflows/{name}`."""

    def listed(ask: Ask) -> Mapping[str, Any]:
        newest = {flow.name: flow for _, flow in sorted(registry.workflows.items())}
        items = [{"name": f.name, "version": f.version, "kind": f.kind, "digest": f.digest} for f in newest.values()]
        return {"items": items, "next": None}

    def one(ask: Ask, name: str) -> Mapping[str, Any]:
        versions = sorted(version for found, version in registry.workflows if found == name)
        wanted = ask.query["version"] or (versions[-1] if versions else 0)
        if wanted not in versions:
            raise Unseen()
        return shown(registry.workflows[name, wanted], versions, ask.lang)

    return [
        Door("GET", "/workflows", listed, "流程列表", "Released workflows", response_schema=page_of(WorkflowItem), tag="reference"),
        Door("GET", "/workflows/{name}", one, "流程定义与图", "A workflow and its diagram", None, WorkflowShown(), query_schema=Which(),
             tag="reference"),
    ]
