"""The doors of links: what a ticket is linked to, and what it may be about the same fact as."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError, validates_schema

from app.api.doors import Ask, Door
from app.api.values import Body, Flag, Real, Text
from app.api.words import Words
from app.core.system import System
from app.core.visibility import CENTRE
from app.errors import Forbidden
from app.hotline.coordinates import BadCoordinate, check
from app.hotline.links import candidates, queries
from app.hotline.naming import Named
from app.hotline.read_shapes import CANDIDATES, DRAFT_CANDIDATES, LINKS
from app.hotline.restrictions.queries import of_number
from app.hotline.schemas import Phone

READ, WRITE, TAG = "tickets:read", "tickets:write", "tickets"


class DraftIn(Body):
    """`POST /tickets/candidates`: a demand still being typed."""

    title = Text(most=200)
    content = Text(most=20_000, lines=True)
    category = Named()
    street = Text(most=100)
    community = Text(most=100)
    lon = Real(least=-1e6, most=1e6)
    lat = Real(least=-1e6, most=1e6)
    crs = Text(most=20)
    phone = Phone()
    confidential = Flag()

    @validates_schema
    def on_the_earth(self, data: Mapping[str, Any], **more: Any) -> None:
        try:
            check(data.get("lon"), data.get("lat"), data.get("crs"))
        except BadCoordinate as bad:
            raise ValidationError({bad.field: [Words(bad.zh, bad.en)]}) from bad


DRAFT_IN = DraftIn()


def doors(system: System) -> list[Door]:
    return [
        Door("GET", "/tickets/{id}/links", links, "工单的关联", "Links of a ticket", response_schema=LINKS, scope=READ, tag=TAG),
        Door(
            "GET", "/tickets/{id}/candidates", for_ticket, "可能同一事实的工单", "What may be about the same fact",
            response_schema=CANDIDATES, scope=READ, tag=TAG,
        ),
        Door(
            "POST", "/tickets/candidates", for_draft, "登记前查重", "Look for the same fact before registering", DRAFT_IN,
            DRAFT_CANDIDATES, scope=READ, tag=TAG,
        ),
    ]  # fmt: skip


def links(ask: Ask, id: int) -> Mapping[str, Any]:
    return {"items": queries.linked(ask.system, ask.actor, id), "next": None}


def for_ticket(ask: Ask, id: int) -> Mapping[str, Any]:
    return {"items": candidates.for_ticket(ask.system, ask.actor, id, ask.lang), "next": None}


def for_draft(ask: Ask) -> Mapping[str, Any]:
    """Whether a number has spoken before, and what is decided of it, is told to the centre only."""
    if ask.body.get("phone") and ask.actor.roles.isdisjoint(CENTRE):
        raise Forbidden("按电话查重只向热线中心开放。", "Looking for a telephone number is open to the centre only.")
    phone = ask.body.get("phone")
    items = candidates.for_draft(ask.system, ask.actor, ask.body, ask.lang)
    return {"items": items, "next": None, "restricted_caller": of_number(ask.system, phone) if phone else []}
