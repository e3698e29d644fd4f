"""A command on people as a door: the body's fields are the command's own, the path may name one more, the answer says what came of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from marshmallow import Schema
from marshmallow.fields import Integer, String

from app.api.doors import Answer, Ask, Door
from app.api.values import Body
from app.core.bus import Result, execute
from app.errors import IllFormed

ADMIN = "admin"
TAG = "people"


class DoneShown(Body):
    """What came of it; a verb may add what only it has to tell."""

    id = Integer()
    kind = String()
    state = String()


DONE = DoneShown()


def verb(
    path: str, command: Any, schema: Schema | None, zh: str, en: str, at: str | None = None, status: int = 200, method: str = "POST"
) -> Door:
    """`at` is the field of the command that the path's `{id}` gives. The idempotency key is honoured where the command has one."""
    keyed = any(field.name == "key" and field.init for field in fields(command))

    def view(ask: Ask, **named: int) -> Answer:
        given = {name: tuple(value) if isinstance(value, list) else value for name, value in ask.body.items()}
        if at is not None:
            given[at] = named["id"]
        if keyed:
            given["key"] = ask.key
        elif ask.key is not None:
            raise IllFormed("此操作不接受幂等键。", "This operation takes no idempotency key.")
        return Answer(told(execute(ask.system, command(ask.actor, **given))), status)

    return Door(method, path, view, zh, en, schema, DONE, scope=ADMIN, tag=TAG, status=status)


def told(result: Result) -> Mapping[str, Any]:
    return {"id": result.case_id, "kind": result.kind, "state": result.state, **(result.detail or {})}
