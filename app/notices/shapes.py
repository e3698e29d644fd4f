"""What the doors of the inbox answer, for the API's document; a test holds these shapes against the answers."""

from __future__ import annotations

from marshmallow import fields

from app.api.paging import page_of
from app.api.values import Body, When


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


INBOX, UNREAD = page_of(NoticeShown), UnreadShown()
