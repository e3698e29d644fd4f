"""What figures of supervision, the ladder and its files answer, for the API's document; a test holds these shapes against the answers."""

from __future__ import annotations

from marshmallow import fields

from app.api.paging import page_of
from app.api.values import Body, When
from app.hotline.shapes import UnitShown


class LadderItem(Body):
    """A ticket whose citizen has been dissatisfied more than once and waits for a decision."""

    id = fields.Integer()
    number = fields.String()
    title = fields.String()
    type = fields.String()
    state = fields.String()
    round = fields.Integer()
    dissatisfactions = fields.Integer()
    studied = fields.Boolean()
    supervised = fields.Boolean()
    lead_unit = fields.Nested(UnitShown, allow_none=True)


class SupervisedUnit(Body):
    unit = fields.Nested(UnitShown)
    issued = fields.Integer()
    reported = fields.Integer()
    on_time = fields.Integer()
    late = fields.Integer()
    cleared = fields.Integer()
    red = fields.Integer()
    urges = fields.Integer()
    summons = fields.Integer()


class SupervisionFigures(Body):
    items = fields.List(fields.Nested(SupervisedUnit))
    as_of = When()


class Satisfaction(Body):
    """`rate` is null when nobody was asked."""

    evaluated = fields.Integer()
    satisfied = fields.Integer()
    rate = fields.Decimal(as_string=True, allow_none=True)


class BeforeAndAfter(Body):
    tickets = fields.Integer()
    before = fields.Nested(Satisfaction)
    after = fields.Nested(Satisfaction)


class ElevatedBy(BeforeAndAfter):
    measure = fields.String()


class ElevationFigures(Body):
    all = fields.Nested(BeforeAndAfter)
    items = fields.List(fields.Nested(ElevatedBy))
    as_of = When()


LADDER, SUPERVISION_FIGURES, ELEVATION_FIGURES = page_of(LadderItem), SupervisionFigures(), ElevationFigures()
