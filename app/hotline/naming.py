"""Units and categories may be named by id or by code; behind this line there are only ids."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from marshmallow import ValidationError, fields

from app.api.problems import ill_formed
from app.api.values import Ref, Text
from app.api.words import Words
from app.core.system import System
from app.hotline.reference import Reference, reference

NEITHER = Words("必须是编号或代码。", "Must be an id or a code.")


class Named(fields.Field[Any]):
    """An id (a whole number) or a code (text): who knows only the one need not look up the other."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **more: Any) -> Any:
        if isinstance(value, bool) or not isinstance(value, (int, str)):
            raise ValidationError(NEITHER)
        return Ref().deserialize(value) if isinstance(value, int) else Text(most=64).deserialize(value)


def unit_of(named: Reference, code: str) -> int | None:
    found = named.unit_by_code.get(code)
    return found.id if found else None


def category_of(named: Reference, code: str) -> int | None:
    found = named.category_by_code.get(code)
    return found.id if found else None


Lookup = Callable[[Reference, str], int | None]
LOOKUPS: Mapping[str, tuple[Lookup, str, str]] = {
    "category": (category_of, "事项分类", "category"),
    "lead_unit": (unit_of, "单位", "unit"),
    "unit": (unit_of, "单位", "unit"),
    "co_units": (unit_of, "单位", "unit"),
    "units": (unit_of, "单位", "unit"),
    "suggested_unit": (unit_of, "单位", "unit"),
    "wished_unit": (unit_of, "单位", "unit"),
    "helping_unit": (unit_of, "单位", "unit"),
    "departments": (unit_of, "单位", "unit"),
}


def named_fields(system: System, fields: Mapping[str, Any], under: str = "") -> dict[str, Any]:
    """The fields with every code replaced by its id; a code that nothing has is refused by name."""
    told = {name: value for name, value in fields.items() if name in LOOKUPS and has_code(value)}
    if not told:
        return dict(fields)
    named = reference(system.engine, system.settings.epoch)
    return {**fields, **{name: resolved(named, name, value, under) for name, value in told.items()}}


def has_code(value: Any) -> bool:
    return isinstance(value, str) or (isinstance(value, list) and any(isinstance(each, str) for each in value))


def resolved(named: Reference, name: str, value: Any, under: str) -> Any:
    if isinstance(value, list):
        return [resolved(named, name, each, under) if isinstance(each, str) else each for each in value]
    lookup, zh, en = LOOKUPS[name]
    found = lookup(named, value)
    if found is None:
        raise ill_formed(
            {f"{under}{name}": [Words(f"没有代码为“{value[:64]}”的{zh}。", f"There is no {en} with the code “{value[:64]}”.")]}
        )
    return found
