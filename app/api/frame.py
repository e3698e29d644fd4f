"""The frame as a whole: refusals, the outer ring, doors and their document are put on a Flask application here, once, at the start."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from weakref import ref

import orjson
from flask import Flask, Response

from app.api import accounts, audits, calendars, definitions, drafts, ops, packs, persons, problems, refusals, sessions, units
from app.api.doors import Ask, Door
from app.api.edge import Edge
from app.api.limits import Limiter, Rates
from app.api.meters import Meters
from app.api.openapi import Document
from app.api.porter import Authenticate, Porter, hang
from app.api.pulse import Pulse
from app.core.health import probe
from app.core.system import System
from app.people.signin import authenticate_token

TITLE = "Citydesk 12345"
VERSION = "1"


@dataclass(frozen=True, slots=True)
class Hung:
    """What stands after the frame is hung: who stops the app may stop the pulse; pages share the limiter and ask the doors from inside."""

    pulse: Pulse
    limiter: Limiter
    doors: Sequence[Door]


def install(
    app: Flask,
    system: System,
    doors: Iterable[Door] = (),
    rates: Rates | None = None,
    authenticate: Authenticate = authenticate_token,
) -> Hung:
    """Hangs the features' doors and the frame's own, and the door of their document."""
    limiter, meters = Limiter(rates or Rates()), Meters()
    pulse = Pulse(lambda: system.redis, (limiter.sync, meters.sync), owner=ref(app))
    problems.install(app)
    porter = Porter(system, authenticate, limiter)
    people = (*persons.DOORS, *sessions.DOORS, *accounts.DOORS, *units.DOORS, *drafts.DOORS)
    rules = (*packs.DOORS, *calendars.DOORS, *audits.DOORS)
    all_doors = [*doors, *definitions.doors(system.registry), *people, *rules, *refusals.DOORS]
    hang(app, porter, [*all_doors, document_door(all_doors)])
    ops.install(app, system, probe, meters, pulse)
    app.wsgi_app = Edge(app.wsgi_app, meters, pulse.start)  # type: ignore[method-assign]
    return Hung(pulse, limiter, all_doors)


def describe(doors: Sequence[Door]) -> bytes:
    """The OpenAPI document, packed. A transitions door brings its triggers, which are described one by one."""
    document = Document(TITLE, VERSION)
    for door in doors:
        shown = document.triggers(door.triggers) if door.triggers is not None else door.request_shown
        document.add(replace(door, request_shown=shown))
    return orjson.dumps(document.result)


def document_door(doors: Sequence[Door]) -> Door:
    """Describing all doors takes longer than hanging them: it is done when somebody asks first, and kept."""
    packed = cache(lambda: describe(doors))

    def view(ask: Ask) -> Response:
        return Response(packed(), mimetype="application/json")

    return Door("GET", "/openapi.json", view, "接口说明", "This document", public=True)
