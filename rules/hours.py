"""The working hours of a week, read from a pack: stretches such as `08:30-12:00`, in order and without overlap."""

import re
from collections.abc import Mapping
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

from rules.days import WorkingHours
from rules.errors import CalendarError
from rules.timeline import DayEnd, Hours

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_KEYS = {"series", "zone", "hours", "makeup", "count_start_day", "day_end", *WEEKDAYS}
_STRETCH = re.compile(r"([01]\d|2[0-4]):([0-5]\d)-([01]\d|2[0-4]):([0-5]\d)", re.ASCII)


def read_stretches(value: object) -> Hours:
    """`["08:30-12:00", "14:00-17:30"]` as half-open minutes of the day."""
    if not isinstance(value, list) or not value:
        raise CalendarError("工作时间应写成 [\"08:30-12:00\", ...]。", "Write working hours as [\"08:30-12:00\", ...].")
    hours = tuple(_read_stretch(text) for text in value)
    for (_, end), (begin, _) in pairwise(hours):
        if begin < end:
            raise CalendarError(f"工作时间重叠或次序颠倒：{value}。", f"Working hours overlap or are out of order: {value}.")
    return hours


def _read_stretch(text: object) -> tuple[int, int]:
    found = _STRETCH.fullmatch(text) if isinstance(text, str) else None
    if found is None:
        raise CalendarError(f"看不懂工作时间“{text}”。", f"'{text}' is not a stretch of working hours: write 08:30-12:00.")
    begin, end = int(found[1]) * 60 + int(found[2]), int(found[3]) * 60 + int(found[4])
    if not begin < end <= 24 * 60:
        raise CalendarError(f"工作时间“{text}”的起止不对。", f"The working hours '{text}' do not end after they begin.")
    return begin, end


def read_working_hours(data: Mapping[str, Any]) -> WorkingHours:
    """The `[calendar]` of a pack: `hours` on Monday to Friday, any weekday by its own name (an empty list: not worked)."""
    unknown = sorted(data.keys() - _KEYS)
    if unknown:
        raise CalendarError(f"[calendar] 中有不认识的项：{unknown}。", f"Unknown keys in [calendar]: {unknown}.")
    usual = read_stretches(data.get("hours"))
    week = tuple(_weekday(data, name, usual if number < 5 else ()) for number, name in enumerate(WEEKDAYS))
    return WorkingHours(
        series=_text(data, "series"),
        zone=_zone(_text(data, "zone")),
        week=week,
        makeup=read_stretches(data["makeup"]) if "makeup" in data else usual,
        count_start_day=_flag(data, "count_start_day"),
        day_end=_day_end(data),
    )


def _weekday(data: Mapping[str, Any], name: str, usual: Hours) -> Hours:
    if name not in data:
        return usual
    return read_stretches(data[name]) if data[name] else ()


def _text(data: Mapping[str, Any], key: str) -> str:
    value = data.get(key)
    if not isinstance(value, str):
        raise CalendarError(f"[calendar] 缺少“{key}”。", f"[calendar] lacks '{key}'.")
    return value


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:  # Not found is a KeyError; a name that is a folder or a bad path the others.
        raise CalendarError(f"没有时区“{name}”。", f"There is no time zone '{name}'.") from error


def _flag(data: Mapping[str, Any], key: str) -> bool:
    value = data.get(key, False)
    if not isinstance(value, bool):
        raise CalendarError(f"[calendar] 的“{key}”应为 true 或 false。", f"'{key}' in [calendar] must be true or false.")
    return value


def _day_end(data: Mapping[str, Any]) -> DayEnd:
    value = data.get("day_end", "midnight")
    if value == "midnight":
        return "midnight"
    if value == "hours":
        return "hours"
    raise CalendarError("day_end 应为 midnight 或 hours。", "day_end must be 'midnight' or 'hours'.")
