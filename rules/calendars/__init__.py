"""Published years only, each checked before it counts: a year with a hole or a slip of the pen is refused with a sentence."""

import hashlib
import tomllib
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

from rules.days import Calendar, Special, WorkingHours, Year
from rules.errors import CalendarError
from rules.hours import read_stretches

__all__ = ["Year", "assemble", "load_shipped_calendars", "parse", "shipped_calendars"]

# 《全国年节及纪念日放假办法》: the holidays that every published year of a series must name, and their fixed dates.
STATUTORY: Mapping[str, Mapping[str, tuple[int, int] | None]] = {
    "cn": {"元旦": (1, 1), "春节": None, "清明节": None, "劳动节": (5, 1), "端午节": None, "中秋节": None, "国庆节": (10, 1)}
}
_KEYS = {"series", "year", "title", "notices", "sources", "holiday", "makeup", "short"}
_ENTRY_KEYS = {"holiday": {"name", "from", "to"}, "makeup": {"date", "for"}, "short": {"date", "name", "hours"}}


def shipped_calendars() -> dict[int, str]:
    """The texts of the published years that installation writes to the database."""
    return {int(path.stem.rpartition("-")[2]): path.read_text("utf-8") for path in sorted(Path(__file__).parent.glob("cn-*.toml"))}


def load_shipped_calendars() -> dict[int, Year]:
    return {year: parse(text) for year, text in shipped_calendars().items()}


def assemble(hours: WorkingHours, years: Iterable[Year]) -> Calendar:
    """The calendar of a pack: its working hours and every published year of its series."""
    return Calendar(hours, {year.year: year for year in years if year.series == hours.series})


@lru_cache(maxsize=64)
def parse(text: str) -> Year:
    """One published year from TOML; raises CalendarError naming the line of the notice that is wrong."""
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise CalendarError(f"日历文件不是有效的 TOML：{error}。", f"The calendar is not valid TOML: {error}.") from error
    _check_head(data)
    days: dict[date, Special] = {}
    for entry in _entries(data, "holiday"):
        _add_holiday(days, entry, data["year"])
    for entry in _entries(data, "makeup"):
        _add_makeup(days, entry, data)
    for entry in _entries(data, "short"):
        _add_short(days, entry, data["year"])
    _check_statutory(days, data)
    digest = hashlib.sha256(text.encode()).hexdigest()
    return Year(data["series"], data["year"], data["title"], tuple(data["notices"]), days, digest)


def _check_head(data: dict[str, Any]) -> None:
    unknown = sorted(data.keys() - _KEYS)
    _refuse_if(bool(unknown), f"日历中有不认识的项：{unknown}。", f"Unknown keys in the calendar: {unknown}.")
    for key, kind in (("series", str), ("year", int), ("title", str), ("notices", list)):
        _refuse_if(not isinstance(data.get(key), kind), f"日历缺少“{key}”或类型不对。", f"The calendar lacks '{key}' or has it ill-typed.")
    _refuse_if(not data["notices"], "日历必须写明所依据的通知。", "A calendar must name the notice that it follows.")
    _refuse_if(not 1990 <= data["year"] <= 2400, f"年份 {data['year']} 不合理。", f"{data['year']} is not a plausible year.")


def _entries(data: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    entries = data.get(kind, [])
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise CalendarError(f"“{kind}”应写成 [[{kind}]]。", f"'{kind}' must be written as [[{kind}]].")
    for entry in entries:
        wrong = sorted(entry.keys() ^ _ENTRY_KEYS[kind])
        _refuse_if(bool(wrong), f"[[{kind}]] 缺少或多出：{wrong}。", f"[[{kind}]] lacks or has too much of: {wrong}.")
    return entries


def _add_holiday(days: dict[date, Special], entry: dict[str, Any], year: int) -> None:
    name, first, last = entry["name"], _date(entry["from"], year), _date(entry["to"], year)
    _refuse_if(first > last, f"“{name}”的起日在止日之后。", f"'{name}' ends before it begins.")
    _refuse_if((last - first).days > 20, f"“{name}”长达 {(last - first).days + 1} 天，疑有笔误。", f"'{name}' is too long to be true.")
    named = [day for day, special in days.items() if special.name == name]
    _refuse_if(bool(named), f"“{name}”写了两段，中间有缺口。", f"'{name}' is written twice, with a hole between.")
    for offset in range((last - first).days + 1):
        _put(days, first + timedelta(days=offset), Special("holiday", name))


def _add_makeup(days: dict[date, Special], entry: dict[str, Any], data: dict[str, Any]) -> None:
    day, name = _date(entry["date"], data["year"]), entry["for"]
    known = {special.name for special in days.values() if special.kind == "holiday"}
    _refuse_if(name not in known, f"{day} 为“{name}”调休，但没有这个假期。", f"{day} makes up for '{name}', but there is no such holiday.")
    _refuse_if(day.weekday() < 5, f"调休上班日 {day} 本来就是工作日。", f"The make-up workday {day} is a normal workday already.")
    _put(days, day, Special("makeup", name))


def _add_short(days: dict[date, Special], entry: dict[str, Any], year: int) -> None:
    _put(days, _date(entry["date"], year), Special("short", entry["name"], read_stretches(entry["hours"])))


def _put(days: dict[date, Special], day: date, special: Special) -> None:
    _refuse_if(day in days, f"{day} 写了两次。", f"{day} is named twice.")
    days[day] = special


def _date(value: object, year: int) -> date:
    if not isinstance(value, date) or isinstance(value, datetime):
        raise CalendarError(f"“{value}”不是日期，应如 2026-10-01。", f"'{value}' is not a date: write 2026-10-01.")
    _refuse_if(value.year != year, f"{value} 不在 {year} 年内。", f"{value} does not lie in {year}.")
    return value


def _check_statutory(days: dict[date, Special], data: dict[str, Any]) -> None:
    """An empty or half-written year would silently be a plain one."""
    _refuse_if(not days, f"{data['year']} 年没有任何节假日：尚未公布的不应写入。", f"{data['year']} names no day: leave it unpublished.")
    for name, fixed in STATUTORY.get(data["series"], {}).items():
        found = [day for day, special in days.items() if special.kind == "holiday" and name in special.name.split("、")]
        _refuse_if(not found, f"{data['year']} 年缺少法定节日“{name}”。", f"{data['year']} lacks the statutory holiday '{name}'.")
        due = date(data["year"], *fixed) if fixed else None
        _refuse_if(due is not None and due not in found, f"“{name}”未含 {due}。", f"'{name}' does not contain {due}.")


def _refuse_if(wrong: bool, zh: str, en: str) -> None:
    if wrong:
        raise CalendarError(zh, en)
