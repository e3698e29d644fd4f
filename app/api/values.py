"""What a value may look like on the wire: strict JSON types, one-line and many-line text, instants with zone, points on the earth."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

from marshmallow import RAISE, Schema, ValidationError, fields, validate

from app.api.words import Words
from app.clock import end_of_day_shown, local

# RFC 3339, with the zone made optional so that its absence gets its own sentence.
_INSTANT = re.compile(r"(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d:\d\d)(\.\d{1,9})?([Zz]|[+-]\d\d:\d\d)?")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_MONTH = re.compile(r"(20\d\d)-(0[1-9]|1[0-2])")
_WHOLE = re.compile(r"-?\d{1,19}")
_FIRST_YEAR, _LAST_YEAR = 1900, 2200
BIGGEST = 2**63 - 1

_LIKE = "2025-09-30T10:00:00+08:00"
NOT_AN_INSTANT = Words(f"必须是 RFC 3339 时间，例如 {_LIKE}。", f"Must be an RFC 3339 time such as {_LIKE}.")
NO_ZONE = Words(f"时间必须带时区，例如 {_LIKE}。", f"The time must carry a zone, as in {_LIKE}.")
NOT_A_DAY = Words("必须是日期，例如 2025-09-30。", "Must be a date such as 2025-09-30.")
NOT_A_MONTH = Words("必须是年月，例如 2025-09。", "Must be a month such as 2025-09.")
OUT_OF_YEARS = Words("年份必须在 1900 到 2200 之间。", "The year must be between 1900 and 2200.")
NOT_TEXT = Words("必须是文字。", "Must be text.")
EMPTY = Words("不能为空。", "Must not be empty.")
ONE_LINE = Words("不能换行。", "Must be a single line.")
NOT_WHOLE = Words("必须是整数。", "Must be a whole number.")
NOT_REAL = Words("必须是数字。", "Must be a number.")
NOT_FLAG = Words("必须是 true 或 false。", "Must be true or false.")


class Body(Schema):
    """The base of every schema: an unknown field is refused, the order of fields is kept."""

    class Meta:
        unknown = RAISE


class Text(fields.String):
    """Text without outer blanks. One line unless `lines`; never empty unless `blank`; at most `most` characters."""

    def __init__(self, *, most: int = 200, least: int = 0, lines: bool = False, blank: bool = False, **more: Any) -> None:
        # The validator only documents the limit for OpenAPI; the sentence a reader gets comes from below.
        super().__init__(validate=validate.Length(max=most), **more)
        self.most, self.least, self.lines, self.blank = most, least, lines, blank

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **more: Any) -> Any:
        if not isinstance(value, str):
            raise ValidationError(NOT_TEXT)
        text = value.strip()
        if not text and not self.blank:
            raise ValidationError(EMPTY)
        if not self.lines and ("\n" in text or "\r" in text):
            raise ValidationError(ONE_LINE)
        if len(text) > self.most:
            zh, en = f"最多 {self.most} 个字，现有 {len(text)} 个。", f"At most {self.most} characters; there are {len(text)}."
            raise ValidationError(Words(zh, en))
        if len(text) < self.least:
            raise ValidationError(Words(f"至少 {self.least} 个字。", f"At least {self.least} characters."))
        return text


class Source(Text):
    """The text of a file, whichever way it came: lines end as files have them, and the last one too."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **more: Any) -> Any:
        plain = value.replace("\r\n", "\n") if isinstance(value, str) else value
        return super()._deserialize(plain, attr, data, **more) + "\n"


class Choice(fields.String):
    """One of a closed set of names."""

    def __init__(self, *names: str, **more: Any) -> None:
        super().__init__(validate=validate.OneOf(names), **more)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **more: Any) -> Any:
        if not isinstance(value, str):
            raise ValidationError(NOT_TEXT)
        return value


class Whole(fields.Integer):
    """A whole number within bounds; `text` also reads digits, for query strings, which know only text."""

    def __init__(self, *, least: int = -BIGGEST, most: int = BIGGEST, text: bool = False, **more: Any) -> None:
        super().__init__(validate=validate.Range(min=least, max=most), **more)
        self.text = text

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **more: Any) -> Any:
        if self.text and isinstance(value, str) and value.isascii() and _WHOLE.fullmatch(value):
            return int(value)
        if isinstance(value, bool) or not isinstance(value, int):
            raise ValidationError(NOT_WHOLE)
        return value


class Ref(Whole):
    """The id of something: a positive whole number that the database can hold."""

    def __init__(self, **more: Any) -> None:
        super().__init__(least=1, **more)


class Real(fields.Float):
    """A finite number within bounds; text is not a number."""

    def __init__(self, *, least: float, most: float, **more: Any) -> None:
        super().__init__(validate=validate.Range(min=least, max=most), **more)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **more: Any) -> Any:
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise ValidationError(NOT_REAL)
        return float(value)


class Flag(fields.Boolean):
    """true or false; `text` also reads the words, for query strings."""

    def __init__(self, *, text: bool = False, **more: Any) -> None:
        super().__init__(**more)
        self.text = text

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **more: Any) -> Any:
        if self.text and value in ("true", "false"):
            return value == "true"
        if not isinstance(value, bool):
            raise ValidationError(NOT_FLAG)
        return value


def read_instant(value: Any) -> datetime:
    """RFC 3339 text as aware UTC; what is not gets the sentence of the rule it breaks."""
    found = _INSTANT.fullmatch(value) if isinstance(value, str) and value.isascii() else None
    if not found:
        raise ValidationError(NOT_AN_INSTANT)
    day, time, fraction, zone = found.groups()
    if zone is None:
        raise ValidationError(NO_ZONE)
    try:
        instant = datetime.fromisoformat(f"{day}T{time}{(fraction or '')[:7]}{zone.upper()}")
    except ValueError as error:
        raise ValidationError(NOT_AN_INSTANT) from error
    if not _FIRST_YEAR <= instant.year <= _LAST_YEAR:
        raise ValidationError(OUT_OF_YEARS)
    return instant.astimezone(UTC)


class When(fields.DateTime):
    """An instant: RFC 3339 with zone in, +08:00 out; `due` shows a half-open midnight as 23:59:59 of the day it ends."""

    def __init__(self, *, due: bool = False, **more: Any) -> None:
        super().__init__(**more)
        self.due = due

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **more: Any) -> Any:
        return read_instant(value)

    def _serialize(self, value: Any, attr: str | None, obj: Any, **more: Any) -> str | None:
        return shown_due(value) if self.due else shown(value)


class Day(fields.Date):
    """A calendar day, which has no zone."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **more: Any) -> Any:
        if not isinstance(value, str) or not value.isascii() or not _DAY.fullmatch(value):
            raise ValidationError(NOT_A_DAY)
        try:
            day = date.fromisoformat(value)
        except ValueError as error:
            raise ValidationError(NOT_A_DAY) from error
        if not _FIRST_YEAR <= day.year <= _LAST_YEAR:
            raise ValidationError(OUT_OF_YEARS)
        return day


class Month(fields.Field[Any]):
    """A month, as its first day."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **more: Any) -> Any:
        found = _MONTH.fullmatch(value) if isinstance(value, str) else None
        if found is None:
            raise ValidationError(NOT_A_MONTH)
        return date(int(found[1]), int(found[2]), 1)


def shown(instant: datetime | None) -> str | None:
    """An instant as every answer writes it."""
    return None if instant is None else local(instant).isoformat()


def shown_due(instant: datetime | None) -> str | None:
    """A deadline as people read it."""
    return None if instant is None else end_of_day_shown(instant).isoformat()
