"""What lists answer, for the API's document: one shape for each kind of item. Tests hold them against real answers."""

from __future__ import annotations

from marshmallow import fields

from app.api.paging import page_of
from app.api.values import Body, Day, When
from app.hotline.shapes import ActionShown, ClockShown, ShareShown, TicketShown, UnitShown


class ClockItem(ClockShown):
    class Meta(Body.Meta):
        exclude = ("remaining",)


class ShareItem(ShareShown):
    class Meta(Body.Meta):
        exclude = ("pause", "held_at", "attempt", "instructions", "designated", "outcome", "reply_by", "contacted_at", "submitted_at")


class TicketItem(TicketShown):
    """A ticket without what only its own page tells; clocks that have stopped are left out."""

    class Meta(Body.Meta):
        exclude = (
            "tracking_code", "purpose", "subject", "occurred_at", "reply_by", "suspension",
            "first_unit", "elevation_proposed", "ladder", "actions", "links", "restricted_caller",
            "dissatisfactions", "no_further_ground", "callback",
        )  # fmt: skip

    assignments = fields.List(fields.Nested(ShareItem))
    clocks = fields.List(fields.Nested(ClockItem))


class TicketLine(Body):
    """What whoever works on a share needs to know of its ticket."""

    id = fields.Integer()
    number = fields.String()
    title = fields.String()
    type = fields.String()
    urgency = fields.String()
    state = fields.String()


class ReplyBelow(Body):
    at = When()
    stage = fields.String()
    outcome = fields.String(allow_none=True)
    reply_text = fields.String(allow_none=True)
    internal_note = fields.String(allow_none=True)
    public_reply = fields.String(allow_none=True)


class ShareBelow(Body):
    """A share that was handed down from this one, with its newest words."""

    id = fields.Integer()
    unit = fields.Nested(UnitShown)
    state = fields.String()
    state_label = fields.String()
    instructions = fields.String(allow_none=True)
    due_at = When(due=True, allow_none=True)
    clock = fields.Integer(allow_none=True, metadata={"description": "此期限的时限编号 / the limit that says by when"})
    signed_off = fields.Boolean()
    reply = fields.Nested(ReplyBelow, allow_none=True)


class AssignmentShown(ShareShown):
    """`reply` is the unit's newest, to the centre once it is signed off; `joined_reply` a draft of what the units below have signed off."""

    kind = fields.String()
    version = fields.Integer()
    ticket = fields.Nested(TicketLine)
    clocks = fields.List(fields.Nested(ClockShown))
    reply = fields.Nested(ReplyBelow, allow_none=True)
    below = fields.List(fields.Nested(ShareBelow))
    joined_reply = fields.String(allow_none=True)
    actions = fields.List(fields.Nested(ActionShown))
    created_at = When()
    updated_at = When()


class AssignmentItem(AssignmentShown):
    class Meta(Body.Meta):
        exclude = ("instructions", "designated", "reply_by", "pause", "held_at", "reply", "below", "joined_reply", "actions")

    clocks = fields.List(fields.Nested(ClockItem))


class ActorShown(Body):
    """`id` is user:7, system or importer; the name is told to those who may know it."""

    id = fields.String()
    name = fields.String(allow_none=True)


# Made from a mapping, since a class cannot have fields that are called `from` and `fields`.
HistoryItem = Body.from_dict(
    {
        "seq": fields.Integer(),
        "case": fields.Integer(),
        "kind": fields.String(),
        "at": When(metadata={"description": "法定时间 / when it counts"}),
        "recorded_at": When(metadata={"description": "写入时间 / when it was written"}),
        "actor": fields.Nested(ActorShown),
        "unit": fields.Nested(UnitShown, allow_none=True),
        "trigger": fields.String(),
        "label": fields.String(),
        "from": fields.String(),
        "to": fields.String(),
        "fields": fields.Dict(metadata={"description": "不可见的文字只给摘要 / of words that are hidden only the digest"}),
        "note": fields.String(allow_none=True),
        "inferred": fields.Boolean(),
        "cause": fields.String(allow_none=True),
        "clocks": fields.Dict(
            keys=fields.String(), values=fields.List(fields.String()),
            metadata={"description": "此步启动、停止、暂停、恢复的时限 / limits that this step starts, stops, holds, resumes"},
        ),
        "hash": fields.String(),
    },
    name="HistoryItem",
)


class AttachmentItem(Body):
    """A file as far as it is known without being taken. `size` in bytes."""

    id = fields.Integer()
    case = fields.Integer()
    kind = fields.String()
    name = fields.String()
    media_type = fields.String()
    size = fields.Integer()
    attached_by = fields.String()
    attached_at = When()


class CategoryItem(Body):
    """In use from `valid_from` (included) to `valid_to` (excluded), `selectable` today; `provisional` came with a file and waits to be
    confirmed. `path` are the names from the top of the tree down to its own."""

    id = fields.Integer()
    code = fields.String()
    name = fields.String()
    parent = fields.Integer(allow_none=True)
    path = fields.List(fields.String())
    selectable = fields.Boolean()
    valid_from = Day(allow_none=True)
    valid_to = Day(allow_none=True)
    provisional = fields.Boolean()


class SuggestedUnit(Body):
    """A row of the directory that matches, with its reason."""

    unit = fields.Nested(UnitShown)
    co_units = fields.List(fields.Nested(UnitShown))
    pack = fields.String()
    table = fields.String()
    row = fields.String()
    basis = fields.String()
    valid_from = Day(allow_none=True)
    valid_to = Day(allow_none=True)
    record = fields.Dict(
        allow_none=True,
        metadata={"description": "最近 of 件同类诉求中：办复 replied、超期 late、评价 rated、满意 satisfied / of the newest such"},
    )


SuggestionPage = type(page_of(SuggestedUnit)).from_dict(
    {
        "suggestion": fields.Nested(SuggestedUnit, allow_none=True),
        "others": fields.List(fields.Nested(SuggestedUnit)),
        "precedents": fields.List(fields.Dict(), metadata={"description": "同类退单的裁定 / decided returns of the same branch"}),
    },
    name="SuggestionPage",
)

ASSIGNMENT_SHOWN = AssignmentShown()
TICKET_PAGE, ASSIGNMENT_PAGE, HISTORY_PAGE = page_of(TicketItem), page_of(AssignmentItem), page_of(HistoryItem)
ATTACHMENT_PAGE = page_of(AttachmentItem)
CATEGORY_PAGE, SUGGESTION_PAGE = page_of(CategoryItem), SuggestionPage()
