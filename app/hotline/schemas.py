"""What a client may send about a ticket. Each wrong value gets its own sentence, which names the field and the rule."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema

from app.api.fields import reader
from app.api.paging import Paged
from app.api.values import Body, Choice, Day, Flag, Real, Ref, Text, When, Whole
from app.api.words import Words
from app.core.masking import NotAPhone, normalise_phone
from app.hotline.badge_filters import SHARE_BADGES, SHARE_WAITS, TICKET_BADGES, TICKET_WAITS
from app.hotline.citizens import SEALED
from app.hotline.coordinates import BadCoordinate, check
from app.hotline.naming import Named
from app.hotline.registration import NOT_A_PHONE
from workflows.fields import CHANNELS, RATINGS, SOURCES, TICKET_TYPES, URGENCIES

NOT_BOTH = Words("按关键词查找时不能按到期先后排列。", "What is searched by words cannot be put in the order of its limits.")
BIRTH = ("purpose", "urgency", "occurred_at", "subject", "enterprise", "reply_by")


class Phone(fields.String):
    """A telephone number in its one spelling: half-width digits, without +86, separators and extension."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **more: Any) -> Any:
        text = Text(most=40).deserialize(value)
        try:
            return normalise_phone(text)
        except NotAPhone as error:
            raise ValidationError(NOT_A_PHONE) from error


class CitizenIn(Body):
    name = Text(most=100)
    phone = Phone()
    calling_number = Phone()
    id_number = fields.String(
        validate=validate.Regexp(
            r"[0-9A-Za-z()\-]{5,20}\Z", error=Words("证件号只能是 5 到 20 位字母、数字。", "An ID number is 5 to 20 letters and digits.")
        )
    )
    anonymous = Flag()
    confidential = Flag()


class LocationIn(Body):
    address = Text(most=300)
    street = Text(most=100)
    community = Text(most=100)
    lon = Real(least=-1e6, most=1e6)
    lat = Real(least=-1e6, most=1e6)
    crs = Text(most=20)

    @validates_schema
    def on_the_earth(self, data: Mapping[str, Any], **more: Any) -> None:
        try:
            check(data.get("lon"), data.get("lat"), data.get("crs"))
        except BadCoordinate as bad:
            raise ValidationError({bad.field: [Words(bad.zh, bad.en)]}) from bad


class TicketIn(Body):
    """`POST /tickets`."""

    type = Choice(*TICKET_TYPES, required=True)
    channel = Choice(*CHANNELS, required=True)
    title = Text(most=200, required=True)
    content = Text(most=20_000, lines=True, required=True)
    purpose = reader("purpose")
    urgency = reader("urgency")
    category = Named(metadata={"description": "事项分类的编号或代码 / id or code of a category"})
    occurred_at = reader("occurred_at")
    subject = reader("subject")
    enterprise = reader("enterprise")
    labels = fields.List(Text(most=40), validate=validate.Length(max=50))
    reply_by = reader("reply_by")
    citizen = fields.Nested(CitizenIn, load_default=dict)
    location = fields.Nested(LocationIn, load_default=dict)


class PublicTicketIn(TicketIn):
    """`POST /public/tickets`: a citizen writes by himself, so the channel is one of those without a person at the desk."""

    channel = Choice("web", "wechat", "mini_program", "app", "mailbox", load_default="web")


class RatingIn(Body):
    """`POST /public/tickets/{tracking_code}/rating`: what the page behind a link sends on confirming; opening it rates nothing."""

    rating = Choice(*RATINGS, required=True)
    manner_rating = Choice(*RATINGS)
    way = Choice("web", "sms")
    confirm = Flag(metadata={"description": "诉求人已确认；false 不计评价 / the citizen confirms; false rates nothing"})
    contacted = Flag()
    solved = Flag()
    reasons = fields.List(Text(most=40), validate=validate.Length(min=1, max=50))
    note = reader("note")


class SupplementIn(Body):
    """`POST /public/tickets/{tracking_code}/supplements`."""

    kind = Choice("addition", "urge", required=True)
    text = Text(most=2_000, lines=True)


class WithdrawalIn(Body):
    """`POST /public/tickets/{tracking_code}/withdrawal`."""

    reason = Text(most=500, lines=True, required=True)
    confirm = Flag(required=True, metadata={"description": "诉求人已确认 / the citizen confirms"})


class PhotosIn(Body):
    """`POST /public/tickets/{tracking_code}/photos`: the files stand beside, each under the name `file`."""


HIDDEN = fields.List(Choice(*SEALED), required=True, validate=validate.Length(min=1, max=4))
# Made from a mapping, since a class cannot have a field that is called `fields`.
UnmaskIn = Body.from_dict({"fields": HIDDEN, "reason": Text(most=500, least=4, required=True)}, name="UnmaskIn")


class AttachIn(Body):
    kind = Choice("identity", "contact_proof", "site", "handling", "other", required=True)


class SuggestAsked(Body):
    """`GET /directory`: for a ticket that is there, or for a category and a place still being typed."""

    ticket = Ref(text=True)
    category = Text(most=64)
    street = Text(most=100)
    type = Choice(*TICKET_TYPES)
    subject = Text(most=500)
    record = Flag(text=True, metadata={"description": "附各单位同类诉求的办理情况 / with how each unit has done with this matter"})


class CategoriesAsked(Body):
    """`GET /categories`."""

    q = Text(most=64, load_default=None, metadata={"description": "名称、代码或拼音，最多 20 条 / name, code or pinyin; 20 at most"})


class TicketFilters(Paged):
    """`GET /tickets`. Units, categories and people by id or code; lists of states are separated by commas or repeated."""

    state = Text(most=300)
    unit = Text(most=64)
    person = Text(most=64)
    category = Text(most=64)
    type = Choice(*TICKET_TYPES)
    channel = Choice(*CHANNELS)
    source = Choice(*SOURCES)
    urgency = Choice(*URGENCIES)
    label = Text(most=40)
    round = Whole(least=1, most=100, text=True)
    open = Flag(text=True)
    badge = Choice(*TICKET_BADGES, metadata={"description": "状态之外的标记 / what it is beside its state"})
    overdue = Flag(text=True)
    due_before = When()
    created_from = When()
    created_to = When()
    mine = Flag(text=True, metadata={"description": "本人登记的 / registered by whoever asks"})
    dispatched_from = When(metadata={"description": "此后派出、未收回的 / sent out since, and not taken back"})
    dispatched_by = Text(most=64, metadata={"description": "派单人：编号、姓名或 me / who sent it out: an id, a name, or `me`"})
    closed_from = When()
    closed_to = When()
    upstream_number = Text(most=64)
    phone = Text(most=40)
    q = Text(most=200)
    waits = Choice(*TICKET_WAITS, metadata={"description": "等待作出的决定 / the decision that it waits for"})
    order = Choice("due", metadata={"description": "due：未结的，先到期的在前 / open ones, the first to be due first"})

    @validates_schema
    def words_have_their_order(self, data: Mapping[str, Any], **more: Any) -> None:
        if data.get("order") and data.get("q"):
            raise ValidationError({"order": [NOT_BOTH]})


class AssignmentFilters(Paged):
    """`GET /assignments`."""

    state = Text(most=300)
    ticket = Ref(text=True)
    unit = Text(most=64)
    person = Text(most=64)
    role = Choice("lead", "co")
    open = Flag(text=True)
    badge = Choice(*SHARE_BADGES, metadata={"description": "状态之外的标记 / what it is beside its state"})
    window_before = When(metadata={"description": "退单期限在此之前届满 / its time for returning ends by then"})
    above = Text(most=64, metadata={"description": "由此单位下派的 / handed down by this unit, by id or code"})
    round = Whole(least=1, most=100, text=True)
    overdue = Flag(text=True)
    due_before = When()
    assigned_from = When()
    assigned_to = When()
    waits = Choice(*SHARE_WAITS, metadata={"description": "等待作出的决定 / the decision that it waits for"})
    order = Choice("due", metadata={"description": "due：未结的，先到期的在前 / open ones, the first to be due first"})


class CategoryIn(Body):
    """`POST /categories`."""

    code = Text(most=40, required=True)
    name = Text(most=100, required=True)
    parent_id = Ref()
    valid_from = Day()


class RetirementIn(Body):
    valid_to = Day()


class ConfirmationIn(Body):
    code = Text(most=40)
    name = Text(most=100)


TICKET_IN, PUBLIC_TICKET_IN, RATING_IN, UNMASK_IN, ATTACH_IN = TicketIn(), PublicTicketIn(), RatingIn(), UnmaskIn(), AttachIn()
TICKET_FILTERS, ASSIGNMENT_FILTERS, SUGGEST_ASKED = TicketFilters(), AssignmentFilters(), SuggestAsked()
CATEGORY_IN, RETIREMENT_IN, CONFIRMATION_IN, CATEGORIES_ASKED = CategoryIn(), RetirementIn(), ConfirmationIn(), CategoriesAsked()
SUPPLEMENT_IN, WITHDRAWAL_IN, PHOTOS_IN = SupplementIn(), WithdrawalIn(), PhotosIn()
