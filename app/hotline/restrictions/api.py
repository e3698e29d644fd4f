"""The doors of restricted callers: masked for those who may open the list, the number itself only for a reason that is kept."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from marshmallow import fields

from app.api.doors import Ask, Door
from app.api.values import Body, Ref, Text, When
from app.core.bus import Result, execute
from app.core.root import Case
from app.core.secrets import place
from app.core.system import System
from app.hotline.cases import WRITE, CaseDoors, Showing, case_doors
from app.hotline.citizens import raw
from app.hotline.restrictions.access import may_open
from app.hotline.restrictions.commands import TABLE, OpenRestricted, ProposeRestriction
from app.hotline.restrictions.words import spelt


class RestrictionIn(Body):
    """`POST /caller-restrictions`."""

    ticket = Ref(required=True)
    ground = Text(most=40, required=True)
    effect = Text(most=40, required=True)
    until = When(required=True)
    reason = Text(most=2_000, least=4, lines=True, required=True)


class OpenedNumber(Body):
    phone = fields.String()


class OpenIn(Body):
    reason = Text(most=500, least=4, required=True)


def told(showing: Showing, case: Case) -> Mapping[str, Any]:
    """The masked number, and what the restriction does in words."""
    blob = raw(case.data["shown_sealed"])
    words = {name: spelt(showing.system, case.pack, f"restriction_{name}s", [case.data[name]])[0] for name in ("ground", "effect")}
    return {"phone": showing.system.keyring.open_text(blob, place(TABLE, "shown_sealed", case.id)), **words}


def born(ask: Ask) -> Result:
    body = ask.body
    asked = ProposeRestriction(ask.actor, body["ticket"], body["ground"], body["effect"], body["until"], body["reason"], ask.key)
    result: Result = execute(ask.system, asked)
    return result


# On its page a code stands with its words.
SPELT = {name: fields.Raw() for name in ("ground", "effect")}
DOORS = CaseDoors(
    kind="caller-restriction", zh="限制来电", en="caller restriction", more=told, birth=RestrictionIn(), born=born, told=SPELT
)
OPEN_IN, OPENED = OpenIn(), OpenedNumber()


def doors(system: System) -> list[Door]:
    tag = "caller-restrictions"
    ours = [replace(door, view=only_named(door.view)) for door in case_doors(system.registry, DOORS)]
    return [*ours, Door("POST", f"/{tag}/{{id}}/unmask", unmask, "查看限制号码", "See a restricted number", OPEN_IN, OPENED, scope=WRITE,
                        tag=tag)]  # fmt: skip


def only_named(view: Callable[..., Any]) -> Callable[..., Any]:
    def guarded(ask: Ask, **path: Any) -> Any:
        may_open(ask.actor)
        return view(ask, **path)

    return guarded


def unmask(ask: Ask, id: int) -> Mapping[str, Any]:
    result: Result = execute(ask.system, OpenRestricted(ask.actor, id, ask.body["reason"]))
    return result.detail or {}
