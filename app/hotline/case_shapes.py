"""What the document of the API says of a smaller kind is read off its columns, by the rules by which they are shown."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from marshmallow import INCLUDE, Schema, fields

from app.api.paging import page_of
from app.api.values import Body, When
from app.hotline.list_shapes import ClockItem, TicketLine
from app.hotline.shapes import ActionShown, ClockShown, PersonShown, UnitShown
from workflows.fields import FIELDS

HIDDEN_COLUMNS = frozenset({"id", "root_id"})
SEALED = ("_hash", "_sealed")
# A deadline at midnight is read as the end of the day before; what happened at midnight is not.
DEADLINES = ("due_at", "expires_at", "milestone_at", "_until", "review_by")
LISTS = {"choices": fields.String, "codes": fields.String, "ids": fields.Integer}
Told = dict[str, fields.Field[Any]]
PLAIN = {"bool": fields.Boolean, "id": fields.Integer, "number": fields.Integer}


class CaseShape(Body):
    """What every smaller kind has; its page tells more than its list."""

    class Meta(Body.Meta):
        unknown = INCLUDE

    id = fields.Integer()
    kind = fields.String()
    state = fields.String()
    state_label = fields.String()
    version = fields.Integer()
    parent = fields.Integer(allow_none=True)
    root = fields.Integer()
    ticket = fields.Nested(TicketLine, allow_none=True)
    due_at = When(due=True, allow_none=True)
    created_at = When()
    updated_at = When()


@cache
def shapes_of(kind: str, columns: tuple[str, ...], told: tuple[tuple[str, fields.Field[Any]], ...]) -> tuple[Schema, Schema]:
    """What one such case answers, and a page of its list; `told` are columns that are not what the field of their name is."""
    name = "".join(part.capitalize() for part in kind.split("-"))
    own = dict(field_of(column) for column in columns if column not in HIDDEN_COLUMNS and not column.endswith(SEALED)) | dict(told)
    more: Told = {"clocks": fields.List(fields.Nested(ClockShown)), "actions": fields.List(fields.Nested(ActionShown))}
    item: Told = {"clocks": fields.List(fields.Nested(ClockItem))}
    return shape(f"{name}Shown", own | more)(), page_of(shape(f"{name}Item", own | item))


def shape(name: str, told: Mapping[str, fields.Field[Any]]) -> type[Schema]:
    return CaseShape.from_dict(dict(told), name=name)


def is_unit(column: str) -> bool:
    return column == "unit_id" or column.endswith("_unit_id")


def is_person(column: str) -> bool:
    return column == "person_id" or (column.endswith(("_by", "_person_id")) and not column.endswith(DEADLINES))


def field_of(column: str) -> tuple[str, fields.Field[Any]]:
    """The name under which a column is shown, and what stands there."""
    if is_unit(column):
        return column.removesuffix("_id"), fields.Nested(UnitShown, allow_none=True)
    if is_person(column):
        return column.removesuffix("_id"), fields.Nested(PersonShown, allow_none=True)
    if column.endswith(("_at", *DEADLINES)):
        return column, When(due=column.endswith(DEADLINES), allow_none=True)
    known = FIELDS.get(column)
    if known is None:
        return column, fields.Raw(allow_none=True)
    if known.type in LISTS:
        return column, fields.List(LISTS[known.type](), allow_none=True)
    return column, PLAIN.get(known.type, fields.String)(allow_none=True)
