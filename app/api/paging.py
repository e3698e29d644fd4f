"""Lists are walked by key, never by offset: a cursor is the last key shown, good only for the list and filters that gave it."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from hashlib import blake2b
from typing import Any

import orjson
from marshmallow import Schema, ValidationError, fields

from app.api.problems import ill_formed
from app.api.values import BIGGEST, Body, Text, Whole, read_instant
from app.api.words import Words
from app.errors import IllFormed

DEFAULT_LIMIT, MOST = 50, 200
_BAD = Words("游标无效，或属于另一个列表。", "The cursor is not valid, or belongs to another list.")


class Paged(Body):
    """The base of every list's query schema."""

    limit = Whole(least=1, most=MOST, text=True, load_default=DEFAULT_LIMIT, metadata={"description": "每页条数 / rows a page"})
    cursor = Text(most=1000, load_default=None, metadata={"description": "上一页的 next / `next` of the page before"})


def page_of(item: type[Schema]) -> Schema:
    """What a list of such items answers, for the document: `{items, next}`."""
    more = fields.String(allow_none=True, metadata={"description": "下一页的游标，末页为 null / cursor of the next page, null at the end"})
    return Body.from_dict({"items": fields.List(fields.Nested(item)), "next": more}, name=f"{item.__name__}Page")()


def fingerprint(name: str, filters: Mapping[str, Any]) -> str:
    """What list a cursor belongs to: its name and every filter but the paging itself."""
    kept = sorted((key, str(value)) for key, value in filters.items() if key not in ("limit", "cursor"))
    return blake2b(orjson.dumps([name, kept]), digest_size=6).hexdigest()


def write_cursor(mark: str, key: Sequence[Any]) -> str:
    plain = [{"t": value.astimezone(UTC).isoformat()} if isinstance(value, datetime) else value for value in key]
    return base64.urlsafe_b64encode(orjson.dumps([mark, *plain])).rstrip(b"=").decode()


def read_cursor(mark: str, cursor: str | None, shape: Sequence[type]) -> tuple[Any, ...] | None:
    """The key in a cursor, checked against the shape that the list's order has. A forged one can only start elsewhere, never see more."""
    if cursor is None:
        return None
    try:
        found = orjson.loads(base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True))
        if not isinstance(found, list) or len(found) != len(shape) + 1 or found[0] != mark:
            raise _bad()
        return tuple(_element(value, kind) for value, kind in zip(found[1:], shape, strict=True))
    except (binascii.Error, ValueError, ValidationError) as error:
        raise _bad() from error


def _element(value: Any, kind: type) -> Any:
    if kind is datetime and isinstance(value, dict):
        return read_instant(value.get("t"))
    if kind is int and type(value) is int and abs(value) <= BIGGEST:
        return value
    if kind is str and isinstance(value, str) and "\x00" not in value:
        return value
    raise _bad()


def _bad() -> IllFormed:
    return ill_formed({"cursor": [_BAD]})


def envelope(items: Sequence[Any], mark: str, last: Sequence[Any] | None) -> dict[str, Any]:
    """`last` is the key of the last item when there is more behind it."""
    return {"items": list(items), "next": None if last is None else write_cursor(mark, last)}
