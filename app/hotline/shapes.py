"""What the doors answer, for the API's document. Answers are built as plain dicts; a test holds these shapes against them."""

from __future__ import annotations

from marshmallow import fields

from app.api.values import Body, When


class UnitShown(Body):
    id = fields.Integer()
    code = fields.String()
    name = fields.String()


class PersonShown(Body):
    id = fields.Integer()
    name = fields.String(allow_none=True)


class CategoryShown(Body):
    id = fields.Integer()
    code = fields.String()
    name = fields.String()
    path = fields.List(fields.String())


class RemainingShown(Body):
    """`amount` is negative when the limit is over, in the unit of the limit: wd, wh, nd or min."""

    amount = fields.String()
    zh = fields.String()
    en = fields.String()


class ClockShown(Body):
    id = fields.Integer()
    case = fields.Integer()
    name = fields.String()
    level = fields.String()
    due_at = When(due=True, allow_none=True)
    state = fields.String()
    overdue = fields.Boolean()
    provisional = fields.Boolean()
    remaining = fields.Nested(RemainingShown, allow_none=True)


class ActionShown(Body):
    """`needs` is what every branch open to this actor needs, `takes` what else one of them takes; `weight` is `end` for what brings the
    case to a final state, otherwise `plain`."""

    trigger = fields.String()
    label = fields.String()
    needs = fields.List(fields.String())
    takes = fields.List(fields.String())
    weight = fields.String()


class PauseShown(Body):
    """`since` is nothing while the pause is only asked for."""

    ground = fields.String()
    since = When(allow_none=True)
    until = When(due=True, allow_none=True)


# Made from a mapping, since a class cannot have a field that is called `from`.
SuspensionShown = Body.from_dict(
    {
        "level": fields.String(),
        "since": When(allow_none=True),
        "review_at": When(due=True),
        "from": fields.String(allow_none=True),
    },
    name="SuspensionShown",
)


class ShareShown(Body):
    """One line of `assignments`."""

    id = fields.Integer()
    parent = fields.Integer(allow_none=True)
    unit = fields.Nested(UnitShown)
    role = fields.String()
    person = fields.Nested(PersonShown, allow_none=True)
    state = fields.String()
    state_label = fields.String()
    round = fields.Integer()
    attempt = fields.Integer()
    instructions = fields.String(allow_none=True)
    designated = fields.Boolean()
    outcome = fields.String(allow_none=True)
    reply_by = When(allow_none=True)
    assigned_at = When(allow_none=True)
    signed_at = When(allow_none=True)
    contacted_at = When(allow_none=True)
    submitted_at = When(allow_none=True)
    replied_at = When(allow_none=True)
    extended_until = When(allow_none=True)
    due_at = When(due=True, allow_none=True)
    pause = fields.Nested(PauseShown, allow_none=True)
    held_at = When(allow_none=True)


class CitizenShown(Body):
    """Masked: 王**, 138****5678. `POST /tickets/{id}/unmask` opens single values with a reason."""

    name = fields.String(allow_none=True)
    phone = fields.String(allow_none=True)
    calling_number = fields.String(allow_none=True)
    id_number = fields.String(allow_none=True)
    anonymous = fields.Boolean()
    confidential = fields.Boolean()


class LocationShown(Body):
    address = fields.String(allow_none=True)
    street = fields.String(allow_none=True)
    community = fields.String(allow_none=True)
    lon = fields.Float(allow_none=True)
    lat = fields.Float(allow_none=True)
    crs = fields.String(allow_none=True)
    coarse = fields.Boolean(allow_none=True)


class UpstreamShown(Body):
    number = fields.String()
    due_at = When(due=True, allow_none=True)


class ElevationShown(Body):
    """A measure that the pack proposes: circulated, studied, reviewed or called back by a higher level than usual."""

    measure = fields.String()
    pack = fields.String()
    table = fields.String()
    row = fields.String()


class StandsShown(Body):
    """`waiting` while a dissatisfaction of this round waits for somebody's decision."""

    round = fields.Integer()
    dissatisfactions = fields.Integer()
    studied = fields.Boolean()
    supervised = fields.Boolean()
    waiting = fields.Boolean()


class NextRungShown(Body):
    """The rung of the dissatisfaction that stands, or of the one that may come; by which row of which pack."""

    step = fields.String()
    who = fields.String()
    zh = fields.String()
    en = fields.String()
    by = When(due=True, allow_none=True)
    clock = fields.Integer(allow_none=True, metadata={"description": "此期限的时限编号 / the limit that says by when"})
    within = fields.String(allow_none=True)
    pack = fields.String()
    table = fields.String()
    row = fields.String()


class LadderShown(Body):
    stands = fields.Nested(StandsShown)
    next = fields.Nested(NextRungShown, allow_none=True)


class LinkedShown(Body):
    id = fields.Integer()
    number = fields.String()
    title = fields.String()
    state = fields.String()


class LinkShown(Body):
    """One line of `links`. `role` is what this ticket is in it: main, joined, or the later one of two."""

    id = fields.Integer()
    kind = fields.String()
    role = fields.String()
    ticket = fields.Nested(LinkedShown)
    since = When()
    followed_at = When(allow_none=True)
    ended_at = When(allow_none=True)


class RestrictedShown(Body):
    """What is decided of the caller, in words; for the centre only."""

    code = fields.String()
    zh = fields.String()
    en = fields.String()


class CallbackLine(Body):
    """The callback of the present round."""

    id = fields.Integer()
    state = fields.String()
    state_label = fields.String()
    round = fields.Integer()
    attempts = fields.Integer()
    next_call_at = When(allow_none=True)
    expires_at = When(due=True, allow_none=True)
    rating = fields.String(allow_none=True)
    manner_rating = fields.String(allow_none=True)
    way = fields.String(allow_none=True)


class TicketShown(Body):
    id = fields.Integer()
    kind = fields.String()
    number = fields.String()
    tracking_code = fields.String(allow_none=True)
    type = fields.String()
    channel = fields.String()
    source = fields.String()
    category = fields.Nested(CategoryShown, allow_none=True)
    title = fields.String()
    content = fields.String()
    purpose = fields.String(allow_none=True)
    subject = fields.String(allow_none=True)
    occurred_at = When(allow_none=True)
    reply_by = When(allow_none=True)
    urgency = fields.String()
    enterprise = fields.Boolean()
    labels = fields.List(fields.String())
    state = fields.String()
    state_label = fields.String()
    round = fields.Integer()
    version = fields.Integer()
    lead_unit = fields.Nested(UnitShown, allow_none=True)
    first_unit = fields.Nested(UnitShown, allow_none=True)
    assignments = fields.List(fields.Nested(ShareShown))
    badges = fields.List(fields.String())
    location = fields.Nested(LocationShown)
    citizen = fields.Nested(CitizenShown, allow_none=True)
    upstream = fields.Nested(UpstreamShown, allow_none=True)
    rating = fields.String(allow_none=True)
    solved = fields.Boolean(allow_none=True)
    dissatisfactions = fields.Integer()
    no_further_ground = fields.String(allow_none=True)
    callback = fields.Nested(CallbackLine, allow_none=True)
    claimed_by = fields.Nested(PersonShown, allow_none=True)
    due_at = When(due=True, allow_none=True)
    clocks = fields.List(fields.Nested(ClockShown))
    elevations = fields.List(fields.String())
    elevation_proposed = fields.List(fields.Nested(ElevationShown))
    ladder = fields.Nested(LadderShown)
    suspension = fields.Nested(SuspensionShown, allow_none=True)
    actions = fields.List(fields.Nested(ActionShown))
    links = fields.List(fields.Nested(LinkShown))
    restricted_caller = fields.List(fields.Nested(RestrictedShown))
    created_at = When()
    updated_at = When()


TICKET_SHOWN = TicketShown()
