"""Doors for the tree of units: founding and reorganising it, and asking what it was."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import fields, validate

from app.api.doors import Ask, Door
from app.api.people_shapes import REORGANISATIONS, UNIT_STORY, UNIT_THEN
from app.api.values import Body, Choice, Flag, Ref, Text, When
from app.api.verbs import ADMIN, TAG, verb
from app.people import governing, queries, reorganise
from app.people.queries import name_at, successor_of
from app.people.units import KINDS, AddUnit, ConfirmUnit


class Founded(Body):
    name = Text(most=100, required=True)
    kind = Choice(*KINDS, required=True)
    code = Text(most=40)
    parent_id = Ref()
    opened_at = When()
    provisional = Flag()


class Confirmed(Body):
    code = Text(most=40)
    kind = Choice(*KINDS)


class Reasoned(Body):
    reason = Text(most=500, required=True)


class Changed(Reasoned):
    """Without `effective_at` the change is in effect at once; a later instant lets it wait."""

    effective_at = When()


class Renamed(Changed):
    name = Text(most=100, required=True)


class Moved(Changed):
    parent_id = Ref(required=True, allow_none=True)


class Merged(Changed):
    unit_ids = fields.List(Ref(), required=True, validate=validate.Length(min=1, max=200))
    into = Ref(required=True)


class Split(Changed):
    into = fields.List(Ref(), required=True, validate=validate.Length(min=2, max=50))
    main = Ref(required=True)


class Closed(Changed):
    successor_id = Ref()


class Decided(Body):
    state = Choice("waiting", "applied", "cancelled", load_default="waiting")


class At(Body):
    at = When(required=True)


def unit_at(ask: Ask, id: int) -> Mapping[str, Any]:
    """What the unit was called at an instant, and who is answerable then for what it had begun."""
    at = ask.query["at"]
    return {"id": id, "at": at, "name": name_at(ask.system, id, at), "answerable": successor_of(ask.system, id, at)}


def story(ask: Ask, id: int) -> Mapping[str, Any]:
    return governing.unit_story(ask.system, ask.actor, id)


def reorganisations(ask: Ask) -> Mapping[str, Any]:
    return {"items": queries.reorganisations(ask.system, ask.actor, ask.query["state"]), "next": None}


DOORS = (
    verb("/units", AddUnit, Founded(), "新增单位", "Found a unit", status=201),
    Door(
        "GET", "/units/{id}", story, "单位的现状与沿革", "A unit, what it was and what it holds", response_schema=UNIT_STORY, scope=ADMIN,
        tag=TAG,
    ),
    Door("GET", "/units/{id}/then", unit_at, "单位沿革", "A unit at an instant", response_schema=UNIT_THEN, query_schema=At(), tag=TAG),
    verb("/units/{id}/confirm", ConfirmUnit, Confirmed(), "核定导入的单位", "Confirm an imported unit", at="unit_id"),
    verb("/units/{id}/rename", reorganise.RenameUnit, Renamed(), "单位更名", "Rename a unit", at="unit_id"),
    verb("/units/{id}/move", reorganise.MoveUnit, Moved(), "调整隶属", "Put a unit under another", at="unit_id"),
    verb("/units/{id}/split", reorganise.SplitUnit, Split(), "单位拆分", "Split a unit", at="unit_id"),
    verb("/units/{id}/close", reorganise.CloseUnit, Closed(), "撤销单位", "Close a unit", at="unit_id"),
    verb("/units/merge", reorganise.MergeUnits, Merged(), "单位合并", "Merge units"),
    Door(
        "GET", "/reorganisations", reorganisations, "机构调整", "Reorganisations", response_schema=REORGANISATIONS, scope=ADMIN,
        query_schema=Decided(), tag=TAG,
    ),
    verb(
        "/reorganisations/{id}/cancel",
        reorganise.CancelReorganisation,
        Reasoned(),
        "撤回机构调整",
        "Take a reorganisation back",
        at="reorganisation_id",
    ),
)  # fmt: skip
