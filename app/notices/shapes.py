"""What the doors of the inbox answer, for the API's document; a test holds these shapes against the answers."""

from __future__ import annotations

from marshmallow import fields

from app.api.paging import page_of
from app.api.values import Body, When
from app.hotline.shapes import PersonShown


class NoticeShown(Body):
    """One thing told; `ticket` and `case` are what it is about."""

    id = fields.Integer()
    kind = fields.String()
    kind_label = fields.String()
    text = fields.String()
    critical = fields.Boolean()
    via = fields.String()
    via_label = fields.String()
    ticket = fields.Integer()
    case = fields.Integer()
    case_kind = fields.String()
    event = fields.String()
    created_at = When()
    read_at = When(allow_none=True)


class UnreadGroup(Body):
    kind = fields.String()
    label = fields.String()
    unread = fields.Integer()
    critical = fields.Integer()


class UnreadShown(Body):
    """`newest` is what `POST /inbox/read-all` is told to read up to."""

    unread = fields.Integer()
    critical = fields.Integer()
    newest = fields.Integer(allow_none=True)
    groups = fields.List(fields.Nested(UnreadGroup))


class RuleShown(Body):
    pack = fields.String()
    table = fields.String()
    row = fields.String()


class DeliveryShown(Body):
    """One notice to one recipient by one way, and what became of it; `why` nothing left, or why it was given up."""

    id = fields.Integer()
    event = fields.String()
    kind = fields.String()
    text = fields.String()
    critical = fields.Boolean()
    channel = fields.String()
    channel_label = fields.String()
    recipient = fields.Dict(metadata={"description": "id、name；诉求人为遮掩的 phone / id and name; of a citizen the masked phone"})
    via = fields.String()
    via_label = fields.String()
    status = fields.String()
    why = fields.String(allow_none=True)
    why_label = fields.String(allow_none=True)
    attempts = fields.Integer()
    segments = fields.Integer(allow_none=True)
    rule = fields.Nested(RuleShown)
    created_at = When()
    next_try_at = When(allow_none=True)
    sent_at = When(allow_none=True)
    read_at = When(allow_none=True)


class FailureShown(Body):
    """A delivery that was given up; whoever administers sees no ticket by it."""

    id = fields.Integer()
    kind = fields.String()
    kind_label = fields.String()
    channel = fields.String()
    channel_label = fields.String()
    recipient = fields.Nested(PersonShown, allow_none=True)
    critical = fields.Boolean()
    status = fields.String()
    why = fields.String(allow_none=True)
    why_label = fields.String(allow_none=True)
    attempts = fields.Integer()
    created_at = When()


class KindShown(Body):
    kind = fields.String()
    label = fields.String()


class AddressesShown(Body):
    """Masked; null for none."""

    phone = fields.String(allow_none=True)
    mail = fields.String(allow_none=True)
    chat = fields.String(allow_none=True)


class SettingsShown(Body):
    """`channels` are the ways that were chosen, by kind of notice; `configured` tells which ways lead out of this house."""

    channels = fields.Dict(keys=fields.String(), values=fields.List(fields.String()))
    addresses = fields.Nested(AddressesShown)
    kinds = fields.List(fields.Nested(KindShown))
    configured = fields.Dict(keys=fields.String(), values=fields.Boolean())


INBOX, UNREAD, SETTINGS = page_of(NoticeShown), UnreadShown(), SettingsShown()
DELIVERIES, FAILURES = page_of(DeliveryShown), page_of(FailureShown)
