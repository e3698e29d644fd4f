"""What figures and members of groups answer, for the API's document; a test holds these shapes against the answers."""

from __future__ import annotations

from marshmallow import fields

from app.api.paging import page_of
from app.api.values import Body, When
from app.hotline.callbacks.statistics import COUNTS, RATES
from app.hotline.returns.queries import COUNTED
from app.hotline.shapes import CategoryShown, UnitShown
from workflows.handling_fields import APPROVAL_LEVELS

RATE = {"description": "分母为有效回访 / over the valid callbacks"}
Rated = Body.from_dict(
    {name: fields.Integer() for name in COUNTS} | {name: fields.Decimal(as_string=True, metadata=RATE) for name in RATES}, name="Rated"
)
RatedUnit = Rated.from_dict({"unit": fields.Nested(UnitShown, allow_none=True)}, name="RatedUnit")
# Made from mappings, since a class cannot have a field that is called `from`.
CallbackFigures = Body.from_dict(
    {
        "from": fields.Date(), "to": fields.Date(), "units": fields.List(fields.Nested(RatedUnit)),
        "summary": fields.Nested(Rated, metadata={"description": "计数为合计，比率为各单位平均 / counts added up, mean rates"}),
    },
    name="CallbackFigures",
)
ReturnFigures = Body.from_dict({"unit": fields.Nested(UnitShown)} | {name: fields.Integer() for name in COUNTED}, name="ReturnFigures")


class SuspendedUnit(Body):
    unit = fields.Nested(UnitShown, allow_none=True)
    suspended = fields.Integer()
    review_within_7_days = fields.Integer()
    next_review_at = When(allow_none=True)


class SuspensionStages(Body):
    requested = fields.Integer()
    begun = fields.Integer()
    ended = fields.Integer()


class SuspensionFigures(Body):
    """Suspended tickets are no overdue ones: they are counted here."""

    suspended = fields.Integer()
    review_within_7_days = fields.Integer()
    by_unit = fields.List(fields.Nested(SuspendedUnit))
    by_level = fields.Nested(Body.from_dict({name: fields.Integer() for name in APPROVAL_LEVELS}, name="SuspensionLevels"))
    period = fields.Nested(SuspensionStages)


class MemberShown(Body):
    """A ticket of a group or of a subject."""

    id = fields.Integer()
    number = fields.String()
    title = fields.String()
    confidential = fields.Boolean()
    state = fields.String()
    registered_at = When()
    rating = fields.String(allow_none=True)


class MainShown(Body):
    id = fields.Integer()
    number = fields.String()
    title = fields.String()


class BriefItem(Body):
    id = fields.Integer()
    state = fields.String()
    state_label = fields.String()
    citizens = fields.Integer()
    tickets = fields.Integer()
    formed_at = When()
    briefed_at = When(allow_none=True)
    ended_at = When(allow_none=True)
    outcome = fields.String(allow_none=True)
    unit = fields.Nested(UnitShown, allow_none=True)
    main = fields.Nested(MainShown)
    category = fields.Nested(CategoryShown, allow_none=True)
    street = fields.String(allow_none=True)


class BriefShown(Body):
    """What stood at any time of the month, the largest first; `formed` were formed in it."""

    month = fields.String()
    total = fields.Integer()
    formed = fields.Integer()
    citizens = fields.Integer()
    items = fields.List(fields.Nested(BriefItem))


class SearchedShown(Body):
    found = fields.Integer()
    counted = fields.Integer()


CALLBACK_FIGURES, RETURN_FIGURES, SUSPENSION_FIGURES = CallbackFigures(), page_of(ReturnFigures), SuspensionFigures()
MEMBERS, BRIEF, SEARCHED = page_of(MemberShown), BriefShown(), SearchedShown()
