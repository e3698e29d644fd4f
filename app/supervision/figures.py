"""Figures of a month that help the desks: returns, supervised matters, suspensions, alarms and cards, as a table or as a file."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from flask import Response

from app.clock import LOCAL, local
from app.errors import IllFormed, Unseen
from app.hotline.codes import label
from app.web.look import Look, Page, Shown

HERE = "/statistics"
READERS = frozenset({"supervisor", "leader", "secretary", "duty_officer", "dispatcher", "reviewer", "unit_lead", "auditor"})
# What a spreadsheet would take for a formula.
FORMULAS = ("=", "+", "-", "@", "\t", "\r")
Words = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Figures:
    """`door` with the names of its period; `rows` is where its rows stand, `first` the column they are named by."""

    code: str
    words: Words
    door: str
    period: tuple[str, str]
    rows: str
    first: str
    columns: Mapping[str, Words]


SETS = (
    Figures("supervisions", ("督办", "Supervision"), "/statistics/supervisions", ("from", "to"), "items", "unit", {
        "issued": ("交办", "Issued"), "reported": ("已反馈", "Reported"), "on_time": ("按时", "On time"), "late": ("逾期", "Late"),
        "cleared": ("销号", "Cleared"), "red": ("红灯", "Red"), "urges": ("催办", "Urged"), "summons": ("约谈", "Summoned"),
    }),
    Figures("returns", ("退单与吹哨", "Returns and whistles"), "/statistics/returns", ("from", "to"), "items", "unit", {
        "asked": ("申请退单", "Asked"), "upheld": ("同意", "Upheld"), "rejected": ("驳回", "Rejected"),
        "designated": ("指定", "Designated"),
        "improper": ("不当退单", "Improper"), "volunteered": ("主动认领", "Volunteered"), "whistles": ("吹哨", "Whistles"),
        "called": ("被吹哨", "Called"), "reported_in": ("报到", "Reported in"), "missed": ("未报到", "Missed"),
    }),
    Figures("suspensions", ("挂账", "Suspended"), "/statistics/suspensions", ("from", "to"), "by_unit", "unit", {
        "suspended": ("挂账中", "Suspended"), "review_within_7_days": ("7 日内复核", "Review within 7 days"),
    }),
    Figures("alarms", ("险情告警", "Alarms"), "/statistics/alarms", ("since", "until"), "items", "danger", {
        "raised": ("发出", "Raised"), "open": ("未结", "Open"), "unacknowledged": ("未确认", "Not acknowledged"), "late": ("逾时", "Late"),
        "false_alarms": ("误报", "False"), "escalated": ("上报", "Climbed"), "to_acknowledge": ("确认中位（分）", "Median to answer (min)"),
        "to_act": ("处置中位（分）", "Median to act (min)"), "to_close": ("关闭中位（分）", "Median to close (min)"),
    }),
    Figures("cards", ("黄牌", "Yellow cards"), "/statistics/cards", ("from", "to"), "units", "unit", {
        "given": ("亮牌", "Given"), "by_rule": ("按规则", "By rule"), "revoked": ("撤销", "Taken back"), "standing": ("有效", "Stand"),
        "tickets": ("涉及工单", "Tickets"),
    }),
    Figures("elevations", ("提级前后满意率", "Satisfaction around raising"), "/statistics/elevations", ("from", "to"), "items", "measure", {
        "tickets": ("工单", "Tickets"), "before": ("提级前", "Before"), "after": ("提级后", "After"),
    }),
)  # fmt: skip


def figures(look: Look) -> Any:
    chosen = next((each for each in SETS if each.code == look.args.get("of", SETS[0].code)), None)
    if chosen is None:
        raise Unseen
    month = look.args.get("month") or f"{local(look.now):%Y-%m}"
    begin, end = span(month)
    since, until = chosen.period
    rows = look.get(chosen.door, {since: begin.isoformat(), until: end.isoformat()})[chosen.rows]
    table = [[cell(look, row, chosen.first), *(cell(look, row, name) for name in chosen.columns)] for row in rows]
    first = look.t("单位", "Unit") if chosen.first == "unit" else look.t("类别", "Kind")
    heads = [first, *(look.t(*words) for words in chosen.columns.values())]
    if look.args.get("as") == "csv":
        return as_file(f"{chosen.code}-{month}", [heads, *table])
    sets = [(each.code, look.t(*each.words)) for each in SETS]
    return Shown("supervision/figures.html", {"sets": sets, "of": chosen.code, "month": month, "heads": heads, "table": table})


def span(month: str) -> tuple[datetime, datetime]:
    """The month from its first instant to that of the next."""
    try:
        first = date.fromisoformat(f"{month}-01")
    except ValueError as error:
        raise IllFormed("月份须写成 2026-11。", "The month must look like 2026-11.") from error
    following = (first.replace(day=28) + timedelta(days=4)).replace(day=1)
    begin, end = (datetime(day.year, day.month, 1, tzinfo=LOCAL) for day in (first, following))
    return begin, end


def cell(look: Look, row: Mapping[str, Any], name: str) -> Any:
    value = row[name]
    if name == "unit":
        return value["name"] if value else "—"
    if name in ("danger", "measure"):
        return label("danger" if name == "danger" else "elevation", value, look.lang)
    if isinstance(value, Mapping):
        return of_span(value) if "median" in value else of_rate(value)
    return "—" if value is None else value


def of_span(value: Mapping[str, Any]) -> str:
    return "—" if value["median"] is None else f"{value['median'] / 60:.1f}"


def of_rate(value: Mapping[str, Any]) -> str:
    return "—" if value["rate"] is None else f"{value['rate'] * 100:.1f}% ({value['satisfied']}/{value['evaluated']})"


def as_file(name: str, rows: Sequence[Sequence[Any]]) -> Response:
    """With a mark by which spreadsheets know the encoding; what they would take for a formula is text."""
    out = io.StringIO()
    csv.writer(out).writerows([[plain(each) for each in row] for row in rows])
    made = Response("\ufeff" + out.getvalue(), content_type="text/csv; charset=utf-8")
    made.headers["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return made


def plain(value: Any) -> Any:
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULAS) else value


PAGES = (Page(HERE, figures, "统计", "Figures", READERS, nav="lead", icon="chart-bar"),)
