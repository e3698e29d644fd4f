"""All that was answered on a ticket, round by round: for the centre whole, for a unit its own words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import fields

from app.api.doors import Ask, Door
from app.api.paging import envelope, fingerprint, page_of
from app.api.values import Body, When, shown
from app.core.visibility import sees_all
from app.hotline.queries import read_case, reading, run
from app.hotline.reference import reference
from app.hotline.shapes import PersonShown, UnitShown
from app.hotline.shown import hides, person_of, told, unit_of
from workflows.fields import FIELDS, REPLY_FIELDS

# A ticket is answered a few times; one that is answered more often shows its newest.
MOST = 100
REPLIES = f"""SELECT case_id, stage, round, at, actor_id, unit_id, {", ".join(REPLY_FIELDS)} FROM replies
WHERE root_id = %(root)s AND (%(whole)s OR unit_id = ANY(%(units)s)) ORDER BY id DESC LIMIT %(most)s"""
KEYS = ("case", "stage", "round", "at", "actor", "unit", *REPLY_FIELDS)


class ReplyShown(Body):
    """`stage` is submitted, interim, reviewed (the reviewer's own wording) or answered (at once); `case` the share, or the ticket."""

    case = fields.Integer()
    stage = fields.String()
    round = fields.Integer()
    at = When()
    by = fields.Nested(PersonShown, allow_none=True)
    unit = fields.Nested(UnitShown, allow_none=True)
    contacted = fields.Boolean(allow_none=True)
    contact_at = When(allow_none=True)
    contact_way = fields.String(allow_none=True)
    not_contacted_reason = fields.String(allow_none=True)
    facts_true = fields.Boolean(allow_none=True)
    outcome = fields.String(allow_none=True)
    unsolved_reason = fields.String(allow_none=True)
    on_site = fields.Boolean(allow_none=True)
    internal_note = fields.String(allow_none=True)
    reply_text = fields.String(allow_none=True)
    public_reply = fields.String(allow_none=True)


def replies(ask: Ask, id: int) -> Mapping[str, Any]:
    """Newest first."""
    root = read_case(ask.system, ask.actor, "ticket", id)
    named, hidden, whole = reference(ask.system.engine, root.epoch), hides(root.top().data, ask.actor), sees_all(ask.actor)
    with reading(ask.system) as connection:
        rows = run(connection, REPLIES, {"root": id, "whole": whole, "units": sorted(ask.actor.units), "most": MOST})
    items = []
    for row in (dict(zip(KEYS, row, strict=True)) for row in rows):
        by, unit = row.pop("actor"), row.pop("unit")
        words = {name: told(row[name], hidden) if FIELDS[name].private else row[name] for name in REPLY_FIELDS}
        times = {"at": shown(row["at"]), "contact_at": shown(row["contact_at"])}
        items.append({**row, **words, **times, "by": person_of(named, by or None), "unit": unit_of(named, unit)})
    return envelope(items, fingerprint(f"tickets/{id}/replies", {}), None)


def replies_door() -> Door:
    return Door(
        "GET", "/tickets/{id}/replies", replies, "工单的历次答复", "Replies of a ticket", response_schema=page_of(ReplyShown),
        scope="tickets:read", tag="tickets",
    )  # fmt: skip
