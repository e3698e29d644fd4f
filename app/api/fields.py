"""What a trigger's `fields` may hold: the vocabulary's types as marshmallow fields, made once for each trigger of a kind."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from marshmallow import Schema, fields, validate

from app.api.body import check
from app.api.problems import ill_formed
from app.api.values import Body, Choice, Flag, Ref, Text, When, Whole
from app.api.words import Words
from workflows.definition import Transition, Workflow
from workflows.fields import FIELDS, Field

MOST_IN_LIST = 50
ONE_LINE_UP_TO = 200
_ENVELOPE = frozenset({"trigger", "fields"})
_SEVERAL = validate.Length(min=1, max=MOST_IN_LIST)

# How each type of the vocabulary is read. A type without a reader stops the start.
_READERS: Mapping[str, Callable[[Field, dict[str, Any]], fields.Field[Any]]] = {
    "text": lambda f, more: Text(most=f.max_length or 2000, lines=(f.max_length or 2000) > ONE_LINE_UP_TO, **more),
    "choice": lambda f, more: Choice(*f.choices, **more),
    "choices": lambda f, more: fields.List(Choice(*f.choices), validate=_SEVERAL, **more),
    "bool": lambda f, more: Flag(**more),
    "instant": lambda f, more: When(**more),
    "id": lambda f, more: Ref(**more),
    "ids": lambda f, more: fields.List(Ref(), validate=_SEVERAL, **more),
    "code": lambda f, more: Text(most=f.max_length or 40, **more),
    "codes": lambda f, more: fields.List(Text(most=f.max_length or 40), validate=_SEVERAL, **more),
    "number": lambda f, more: Whole(least=0, most=2**31 - 1, **more),
}


def reader(name: str) -> fields.Field[Any]:
    """The marshmallow field of one name of the vocabulary."""
    entry = FIELDS[name]
    return _READERS[entry.type](entry, {"metadata": {"description": f"{entry.zh} / {entry.en}"}})


@dataclass(frozen=True, slots=True)
class Trigger:
    """`schema` reads every field that any edge of this trigger takes. `needs` is what all of them need: shown in the document and
    left to the definition to enforce, so that "not possible from here" and "not yours" are said before "you forgot a field"."""

    name: str
    label_zh: str
    label_en: str
    schema: Schema
    needs: tuple[str, ...]


@cache
def trigger_of(edges: tuple[Transition, ...], stem: str) -> Trigger:
    """Made once for the same rows, however many applications there are in this process."""
    known = {field for edge in edges for field in (*edge.needs, *edge.optional)}
    needs = frozenset.intersection(*(frozenset(edge.needs) for edge in edges))
    newest = edges[-1]
    name = stem + "".join(part.title() for part in newest.trigger.split("_")) + "Fields"
    schema = Body.from_dict({field: reader(field) for field in sorted(known)}, name=name)()
    return Trigger(newest.trigger, newest.label_zh, newest.label_en, schema, tuple(sorted(needs)))


class Triggers:
    """All triggers of one kind over all its released definitions: cases pinned to an old one stay within reach."""

    def __init__(self, kind: str, workflows: Iterable[Workflow]) -> None:
        edges: dict[str, list[Transition]] = {}
        for flow in sorted(workflows, key=lambda flow: flow.version):
            for edge in flow.transitions:
                edges.setdefault(edge.trigger, []).append(edge)
        stem = "".join(part.title() for part in kind.replace("_", "-").split("-"))
        self.known = {trigger: trigger_of(tuple(rows), stem) for trigger, rows in edges.items()}

    def read(self, body: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
        """`{trigger, fields}` checked: who sends what we do not know is told so by name."""
        unknown = body.keys() - _ENVELOPE
        if unknown:
            raise ill_formed({name[:100]: [Words("没有这个字段。", "Unknown field.")] for name in sorted(unknown)})
        trigger = body.get("trigger")
        if trigger is None:
            raise ill_formed({"trigger": [Words("必须填写。", "Missing data for required field.")]})
        known = self.known.get(trigger) if isinstance(trigger, str) else None
        if known is None:
            raise ill_formed({"trigger": [Words("没有这个操作。", "There is no such action.")]})
        given = body.get("fields", {})
        if not isinstance(given, dict):
            raise ill_formed({"fields": [Words("必须是一个对象。", "Must be an object.")]})
        return known.name, check(known.schema, given, "fields")
