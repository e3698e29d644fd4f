"""What the doors for administrators and auditors answer, for the API's document; a test holds these shapes against the answers."""

from __future__ import annotations

from marshmallow import fields

from app.api.paging import page_of
from app.api.values import Body, When


class FileLogItem(Body):
    """What was done with a file; its name is sealed."""

    id = fields.Integer()
    at = When()
    actor = fields.String()
    actor_name = fields.String(allow_none=True)
    event = fields.String()
    reason = fields.String(allow_none=True)
    root_id = fields.Integer()
    root_kind = fields.String()
    number = fields.String(allow_none=True)
    kind = fields.String(allow_none=True)


class KeyItem(Body):
    """`seals`: the one that new values are sealed with; `named`: something is still sealed with it."""

    id = fields.Integer()
    seals = fields.Boolean()
    named = fields.Boolean()


class Provisional(Body):
    units = fields.Integer()
    clocks = fields.Integer()
    reorganisations = fields.Integer()


class Attention(Body):
    health = fields.Dict(metadata={"description": "同 /readyz / as /readyz says it"})
    provisional = fields.Nested(Provisional)
    pack = fields.String()
    years = fields.List(fields.Integer())
    key = fields.Integer()
    keys = fields.Integer()


class VerificationItem(Body):
    """`position` of `total` are done; `counts` holds who asked, what was looked at and what was found."""

    name = fields.String()
    total = fields.Integer(allow_none=True)
    position = fields.Integer()
    counts = fields.Dict()
    started_at = When()
    updated_at = When()
    done_at = When(allow_none=True)
    by_name = fields.String(allow_none=True)


class AnchorItem(Body):
    id = fields.Integer()
    at = When()
    heads = fields.Integer()
    cases = fields.Integer()
    digest = fields.String()


Verifications = type(page_of(VerificationItem)).from_dict({"anchors": fields.List(fields.Nested(AnchorItem))}, name="Verifications")
FILE_LOG, KEYS, ATTENTION, VERIFICATIONS = page_of(FileLogItem), page_of(KeyItem), Attention(), Verifications()
