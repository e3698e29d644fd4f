"""What a client may send to open a supervised matter, an instruction or a conference, and by what lists and figures may be narrowed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError, fields, validate

from app.api.fields import reader
from app.api.paging import Paged
from app.api.values import BIGGEST, Body, Choice, Ref, Text, When, Whole
from app.api.words import Words
from app.core.file_models import KINDS
from app.hotline.cases import CaseFilters, UnitCaseFilters
from app.hotline.naming import Named
from workflows.fields import URGENCIES
from workflows.supervision_fields import CONCLUSIONS, FORMS, ORIGINS, SUPERVISION_LEVELS

MOST_IDS = 50
NOT_IDS = Words("须为工单的数字编号，用逗号分隔，至多 50 个。", "Must be ids of tickets with commas between, 50 at most.")
FEW = validate.Length(min=1, max=50)
# What a ticket or a leader's paper sets off comes about by itself.
ON_ITS_OWN = tuple(origin for origin in ORIGINS if origin not in ("ticket", "instruction", "rule"))


class AttachIn(Body):
    """`POST /{supervisions, instructions, conferences}/{id}/attachments`."""

    kind = Choice(*KINDS, required=True)


class SupervisionIn(Body):
    """`POST /supervisions`."""

    title = Text(most=200, required=True)
    supervision_source = Choice(*ON_ITS_OWN, required=True)
    matter = reader("matter")
    level = Choice(*SUPERVISION_LEVELS)
    unit = Named()
    co_units = fields.List(Named(), validate=FEW)
    report_due_at = reader("report_due_at")
    plan = reader("plan")
    year = Whole(least=2000, most=2200)
    note = reader("note")


class InstructionIn(Body):
    """`POST /instructions`."""

    title = Text(most=200, required=True)
    matter = reader("matter")
    reference_number = reader("reference_number")
    received_at = reader("received_at")
    urgency = Choice(*URGENCIES)
    classified = reader("classified")
    tickets = fields.List(Ref(), validate=FEW)
    proposal = reader("proposal")
    report_due_at = reader("report_due_at")
    note = reader("note")


class ConferenceIn(Body):
    """`POST /conferences`."""

    title = Text(most=200, required=True)
    form = Choice(*FORMS, required=True)
    matter = reader("matter")
    place = reader("place")
    scheduled_at = reader("scheduled_at")
    units = fields.List(Named(), validate=FEW)
    people = fields.List(Ref(), validate=FEW)
    chair = Ref()
    note = reader("note")


class SupervisionFilters(UnitCaseFilters):
    """`GET /supervisions`."""

    level = Choice(*SUPERVISION_LEVELS, metadata={"description": "督办级别 / level"})
    supervision_source = Choice(*ORIGINS, metadata={"description": "督办来源 / what it arose from"})
    instruction = Ref(text=True, metadata={"description": "批示 / of this instruction"})
    year = Whole(least=2000, most=2200, text=True, metadata={"description": "年度事项的年份 / yearly matters of this year"})
    light = Text(most=40, metadata={"description": "灯色代码 / light, by the pack's code"})


class ConferenceFilters(CaseFilters):
    """`GET /conferences`."""

    form = Choice(*FORMS, metadata={"description": "形式 / form"})
    conclusion = Choice(*CONCLUSIONS, metadata={"description": "结论 / conclusion"})


class DissatisfiedFilters(Paged):
    """`GET /ladder`."""

    least = Whole(least=1, most=50, text=True, load_default=2, metadata={"description": "至少几次不满意 / dissatisfied at least so often"})


class SomeIds(Text):
    """Ids with commas between, fifty at most."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **more: Any) -> Any:
        parts = [part.strip() for part in super()._deserialize(value, attr, data, **more).split(",")]
        if len(parts) > MOST_IDS or not all(part.isascii() and part.isdecimal() and 0 < int(part) <= BIGGEST for part in parts):
            raise ValidationError(NOT_IDS)
        return [int(part) for part in dict.fromkeys(parts)]


class StepsAsked(Body):
    """`GET /ladder/steps`."""

    tickets = SomeIds(most=1200, required=True, metadata={"description": "工单的数字编号，至多 50 个 / ids with commas, 50 at most"})


# Made from a mapping, since a class cannot have a field that is called `from`.
PERIOD = Body.from_dict(
    {
        "from": When(metadata={"description": "起（含） / from, included"}),
        "to": When(metadata={"description": "止（不含） / until, excluded"}),
    },
    name="SupervisionPeriod",
)()
STEPS = Body.from_dict(
    {
        "items": fields.List(fields.Nested(Body.from_dict({
            "ticket": fields.Integer(), "version": fields.Integer(), "stands": fields.Dict(allow_none=True),
            "next": fields.Dict(allow_none=True), "ladder": fields.Dict(), "elevation_proposed": fields.List(fields.Dict()),
            "supervision": fields.Integer(allow_none=True), "measures": fields.List(fields.Dict()),
        }, name="LadderStep"))),
        "next": fields.String(allow_none=True),
    },
    name="LadderSteps",
)()  # fmt: skip
ATTACH_IN, SUPERVISION_IN, INSTRUCTION_IN, CONFERENCE_IN = AttachIn(), SupervisionIn(), InstructionIn(), ConferenceIn()
SUPERVISION_FILTERS, CONFERENCE_FILTERS, DISSATISFIED_FILTERS = SupervisionFilters(), ConferenceFilters(), DissatisfiedFilters()
STEPS_ASKED = StepsAsked()
