"""What a client may send about callbacks: an evaluation asked by others, how the queue is listed, and of which days the figures are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema

from app.api.fields import reader
from app.api.values import Body, Choice, Day, Flag, Ref, Text, When
from app.api.words import Words
from app.hotline.cases import CaseFilters
from app.hotline.shapes import TicketShown
from workflows.callback_fields import ASKED_BY
from workflows.fields import RATINGS

ONE_OF_THEM = Words("工单编号和市工单编号填写其一。", "Name the ticket, or its number at the city platform, not both.")
BACKWARDS = Words("结束日期不能早于开始日期。", "It cannot end before it begins.")


class EventIn(Body):
    """`POST /callback-events`."""

    ticket = Ref(metadata={"description": "工单 / id of the ticket"})
    upstream_number = Text(most=64, metadata={"description": "市工单编号 / its number at the city platform"})
    source = Choice(*ASKED_BY, required=True)
    reference = Text(most=200, required=True, metadata={"description": "对方的评价编号，不会重复计入 / their id of it, counted once"})
    at = When(required=True)
    contacted = Flag()
    solved = Flag()
    rating = Choice(*RATINGS)
    manner_rating = Choice(*RATINGS)
    reasons = fields.List(Text(most=40), validate=validate.Length(min=1, max=50))
    note = reader("note")

    @validates_schema
    def of_one_ticket(self, data: Mapping[str, Any], **more: Any) -> None:
        if ("ticket" in data) == ("upstream_number" in data):
            raise ValidationError({"ticket": [ONE_OF_THEM]})


class CallbackFilters(CaseFilters):
    """`GET /callbacks`."""

    order = Choice("queue", "due", metadata={"description": "queue：按回访次序列出待回访件 / those to be called, in their order"})
    later = Flag(text=True, metadata={"description": "未到可拨时间 / not to be called yet"})
    claimed_by = Ref(text=True, metadata={"description": "领取人 / claimed by this person"})


class StatisticsAsked(Body):
    """`GET /statistics/callbacks`: whole days, the first and the last."""

    from_ = Day(data_key="from", required=True)
    to = Day(required=True)

    @validates_schema
    def forwards(self, data: Mapping[str, Any], **more: Any) -> None:
        if data["to"] < data["from_"]:
            raise ValidationError({"to": [BACKWARDS]})


class TicketNoted(TicketShown):
    """The ticket without what only its own page tells of others."""

    class Meta(Body.Meta):
        exclude = ("links", "restricted_caller")


EVENT_IN, CALLBACK_FILTERS, STATISTICS_ASKED, NOTED = EventIn(), CallbackFilters(), StatisticsAsked(), TicketNoted()
