"""What the citizen's doors answer, for the API's document: little, and nothing that names a person."""

from __future__ import annotations

from marshmallow import fields

from app.api.values import Body, When


class PublicStep(Body):
    at = When()
    step = fields.String()
    label = fields.String()
    unit = fields.String(allow_none=True)


class PublicDue(Body):
    """`of` says until when what is promised: to say whether it is accepted, or to answer."""

    of = fields.String()
    at = When(due=True)
    provisional = fields.Boolean()


class PublicShown(Body):
    """All that a tracking code opens."""

    number = fields.String()
    tracking_code = fields.String()
    type = fields.String()
    category = fields.List(fields.String())
    state = fields.String()
    label = fields.String()
    says = fields.String()
    due = fields.Nested(PublicDue, allow_none=True)
    steps = fields.List(fields.Nested(PublicStep))
    public_reply = fields.String(allow_none=True)
    public_explanation = fields.String(allow_none=True)
    photos = fields.Integer()
    may_rate = fields.Boolean()
    may_supplement = fields.Boolean()
    may_withdraw = fields.Boolean()
    may_attach = fields.Boolean()
    created_at = When()
    updated_at = When()


class Offered(Body):
    code = fields.String()
    label = fields.String()


class Branch(Offered):
    below = fields.List(fields.Nested(Offered))


class PublicChoices(Body):
    """`GET /public/choices`."""

    centre = fields.String(allow_none=True)
    types = fields.List(fields.Nested(Offered))
    categories = fields.List(fields.Nested(Branch))
    streets = fields.List(fields.String())
    ratings = fields.List(fields.Nested(Offered))
    reasons = fields.List(fields.Nested(Offered))
    most_photos = fields.Integer()
    photo_bytes = fields.Integer()


PUBLIC_SHOWN, PUBLIC_CHOICES = PublicShown(), PublicChoices()
