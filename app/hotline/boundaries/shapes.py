"""What the doors of boundaries answer, for the API's document; a test holds these shapes against the answers."""

from __future__ import annotations

from marshmallow import INCLUDE, fields

from app.api.paging import page_of
from app.api.values import Body, When
from app.hotline.boundaries.commands import KINDS
from app.hotline.shapes import UnitShown


class EditionItem(Body):
    """`reference` is the reference system of the file, `approval` the number under which the map was approved for the public."""

    id = fields.Integer()
    kind = fields.String()
    number = fields.Integer()
    name = fields.String()
    reference = fields.String()
    source = fields.String()
    approval = fields.String(allow_none=True)
    digest = fields.String()
    features = fields.Integer()
    current = fields.Boolean()
    imported_at = When()
    imported_by = fields.String()


class Drawing(Body):
    """GeoJSON in WGS 84; `bbox` where there is a feature. The public's edition names its number, its name and its approval alone."""

    class Meta(Body.Meta):
        unknown = INCLUDE

    type = fields.String()
    kind = fields.String()
    edition = fields.Dict(allow_none=True)
    features = fields.List(fields.Dict())


class AreaShown(Body):
    id = fields.Integer()
    code = fields.String()
    name = fields.String()
    unit = fields.Nested(UnitShown, allow_none=True)


AreasShown = Body.from_dict(
    {"longitude": fields.Float(), "latitude": fields.Float()} | {kind: fields.Nested(AreaShown, allow_none=True) for kind in KINDS},
    name="AreasShown",
)
DRAWING, AREAS, EDITIONS = Drawing(), AreasShown(), page_of(EditionItem)
