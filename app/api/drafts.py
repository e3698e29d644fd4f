"""Doors for drafts: a person's own, by the name of the form, and nobody else's."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import fields

from app.api.doors import Ask, Door
from app.api.values import Body, Text, When, shown
from app.api.verbs import told
from app.core.bus import execute
from app.people.drafts import DropDraft, SaveDraft, read_draft

WRITE = "tickets:write"
TAG = "drafts"


class Fields(Body):
    """What was typed, by the name of the field; a field that stands several times has several values."""

    typed = fields.Dict(
        keys=Text(most=60), values=fields.List(Text(most=20_000, lines=True, blank=True)), required=True, data_key="fields",
    )  # fmt: skip


class Draft(Fields):
    form = fields.String()
    saved_at = When()


class Kept(Body):
    form = fields.String()
    state = fields.String()
    saved_at = When()


class Dropped(Body):
    form = fields.String()
    state = fields.String()


def save(ask: Ask, form: str) -> Mapping[str, Any]:
    result = told(execute(ask.system, SaveDraft(ask.actor, form, ask.body["typed"])))
    return {"form": form, "state": result["state"], "saved_at": shown(result["saved_at"])}


def read(ask: Ask, form: str) -> Mapping[str, Any]:
    found = read_draft(ask.system, ask.actor, form)
    return {**found, "saved_at": shown(found["saved_at"])}


def drop(ask: Ask, form: str) -> Mapping[str, Any]:
    return {"form": form, "state": told(execute(ask.system, DropDraft(ask.actor, form)))["state"]}


DOORS = (
    Door("PUT", "/drafts/{form}", save, "保存草稿", "Keep what was typed", request_schema=Fields(), response_schema=Kept(), scope=WRITE,
         tag=TAG),
    Door("GET", "/drafts/{form}", read, "我的草稿", "One's own draft", response_schema=Draft(), scope=WRITE, tag=TAG),
    Door("DELETE", "/drafts/{form}", drop, "删除草稿", "Throw a draft away", response_schema=Dropped(), scope=WRITE, tag=TAG),
)  # fmt: skip
