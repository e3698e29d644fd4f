"""The sections of a mapping file, each checked as it is read: layout, cells, names, units, state, steps, outcome."""

from __future__ import annotations

import codecs
from collections.abc import Mapping as Table
from typing import Any

from app.hotline.coordinates import SYSTEMS
from app.imports.cells import CHOICE, CODE, INSTANT, LATE, TEXT, Cell, Kind, known_keys, parse_cell, wrong
from app.imports.mapping import NamedCells, OutcomeCells, StepCells, UnitCells
from app.imports.rows import Layout
from app.imports.vocabulary import LEVELS, REQUIRED_FIELDS, STATES, STEP_FIELDS, TICKET_FIELDS, UNIT_KINDS
from workflows.vocabulary import CLOCKS

FILE = frozenset({"format", "encoding", "delimiter", "header_row", "sheet"})
NAMED = frozenset({"code", "name"})
NAME = Kind(TEXT, max_length=100)


def table_at(source: Table[str, Any], key: str) -> dict[str, Any]:
    found = source.get(key, {})
    if not isinstance(found, dict):
        raise wrong(key, "应为表。", "a table is expected.")
    return found


def text_at(source: Table[str, Any], key: str, default: str | None = None) -> str:
    found = source.get(key, default)
    if not isinstance(found, str) or not found.strip():
        raise wrong(key, "应为非空文字。", "a text that is not empty is expected.")
    return found


def texts_at(source: Table[str, Any], key: str) -> list[str]:
    found = source.get(key, [])
    if not isinstance(found, list) or not all(isinstance(each, str) for each in found):
        raise wrong(key, "应为文字数组。", "an array of texts is expected.")
    return found


def flag_at(source: Table[str, Any], key: str) -> bool:
    found = source.get(key, False)
    if not isinstance(found, bool):
        raise wrong(key, "应为 true 或 false。", "true or false is expected.")
    return found


def layout_of(table: dict[str, Any]) -> Layout:
    known_keys(table, FILE, "file")
    layout = Layout(**table)
    if layout.format not in (None, "csv", "tsv", "xlsx"):
        raise wrong("file.format", "只能是 csv、tsv、xlsx。", "only csv, tsv, xlsx.")
    if not isinstance(layout.header_row, int) or layout.header_row < 1:
        raise wrong("file.header_row", "应为从 1 数起的行号。", "a row number from 1 is expected.")
    if layout.delimiter is not None and (not isinstance(layout.delimiter, str) or len(layout.delimiter) != 1):
        raise wrong("file.delimiter", "应为一个字符。", "one character is expected.")
    try:
        codecs.lookup(layout.encoding)
    except (LookupError, TypeError):
        zh, en = f"不认识的编码“{layout.encoding}”。", f'unknown encoding "{layout.encoding}".'
        raise wrong("file.encoding", zh, en) from None
    return layout


def cells_of(table: Table[str, Any], kinds: Table[str, Kind], where: str) -> dict[str, Cell]:
    known_keys(table, frozenset(kinds), where)
    return {name: parse_cell(spec, kinds[name], f"{where}.{name}") for name, spec in table.items()}


def ticket_of(table: Table[str, Any]) -> dict[str, Cell]:
    known_keys(table, frozenset(TICKET_FIELDS), "ticket")
    for name in sorted(REQUIRED_FIELDS - set(table)):
        raise wrong("ticket", f"缺少“{name}”。", f'"{name}" is missing.')
    return {
        name: parse_cell(spec, Kind.of(name), f"ticket.{name}", name in REQUIRED_FIELDS) for name, spec in table.items()
    }


def named_of(spec: Any, where: str) -> NamedCells:
    if isinstance(spec, str):
        spec = {"name": spec}
    if not isinstance(spec, dict) or "name" not in spec:
        raise wrong(where, "应有 name（可另有 code）。", "name is expected (and perhaps code).")
    known_keys(spec, NAMED, where)
    code = parse_cell(spec["code"], Kind(CODE, max_length=60), f"{where}.code") if "code" in spec else None
    return NamedCells(code, parse_cell(spec["name"], NAME, f"{where}.name"))


def named_if_told(table: dict[str, Any], key: str) -> NamedCells | None:
    return named_of(table.pop(key), f"location.{key}") if key in table else None


def crs_of(location: dict[str, Any]) -> str | None:
    crs = location.pop("crs", None)
    if ("lon" in location) != ("lat" in location):
        raise wrong("location", "lon 与 lat 须同时给出。", "lon and lat are needed together.")
    if "lon" in location and crs not in SYSTEMS:
        zh, en = f"坐标必须注明坐标系，可用：{'、'.join(SYSTEMS)}。", f"coordinates need their system: {', '.join(SYSTEMS)}."
        raise wrong("location.crs", zh, en)
    return crs if "lon" in location else None


def unit_of(table: dict[str, Any]) -> UnitCells:
    known_keys(table, frozenset({"code", "name", "unknown", "kinds"}), "unit")
    kinds = table_at(table, "kinds")
    for suffix, kind in kinds.items():
        if kind not in UNIT_KINDS:
            choices = "、".join(UNIT_KINDS)
            raise wrong(f"unit.kinds.{suffix}", f"“{kind}”不是单位类别：{choices}。", f'"{kind}" is no kind of unit: {choices}.')
    told = named_of({key: table[key] for key in ("code", "name") if key in table}, "unit") if "name" in table else None
    return UnitCells(told, text_at(table, "unknown", "未载明承办单位"), tuple(kinds.items()))


def state_of(source: Table[str, Any]) -> Cell | None:
    return parse_cell(source["state"], Kind(CHOICE, STATES), "state", required=True) if "state" in source else None


def steps_of(table: dict[str, Any]) -> dict[str, StepCells]:
    known_keys(table, frozenset(STEP_FIELDS), "steps")
    if "at" not in table.get("register", {}):
        raise wrong("steps.register", "缺少登记时间 at。", "the time of registration, at, is missing.")
    return {trigger: step_of(trigger, spec) for trigger, spec in table.items()}


def step_of(trigger: str, spec: dict[str, Any]) -> StepCells:
    where = f"steps.{trigger}"
    known_keys(spec, frozenset({"at", "fields"}), where)
    fields = table_at(spec, "fields")
    known_keys(fields, frozenset(STEP_FIELDS[trigger]), f"{where}.fields")
    at = parse_cell(spec["at"], Kind(INSTANT), f"{where}.at", trigger == "register") if "at" in spec else None
    return StepCells(at, {name: parse_cell(each, Kind.of(name), f"{where}.fields.{name}") for name, each in fields.items()})


def outcome_of(table: dict[str, Any]) -> OutcomeCells:
    known_keys(table, frozenset({"clock", "level", "due", "late"}), "outcome")
    clock, level = text_at(table, "clock"), text_at(table, "level", "district")
    if clock not in CLOCKS:
        raise wrong("outcome.clock", f"没有名为“{clock}”的时限。", f'there is no clock "{clock}".')
    if level not in LEVELS:
        raise wrong("outcome.level", f"只能是 {'、'.join(LEVELS)}。", f"only {', '.join(LEVELS)}.")
    if "due" not in table and "late" not in table:
        raise wrong("outcome", "须有 due 或 late。", "due or late is needed.")
    due = parse_cell(table["due"], Kind(INSTANT), "outcome.due") if "due" in table else None
    late = parse_cell(table["late"], Kind(LATE), "outcome.late") if "late" in table else None
    return OutcomeCells(clock, level, due, late)


