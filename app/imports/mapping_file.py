"""A mapping file says what another system's columns mean; it is checked when it is read, so that a slip stops the import."""

from __future__ import annotations

import codecs
import tomllib
from collections.abc import Mapping as Table
from importlib import resources
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from app.errors import IllFormed
from app.hotline.coordinates import SYSTEMS
from app.imports.cells import CHOICE, CODE, INSTANT, LATE, TEXT, Cell, Kind, check_formats, known_keys, parse_cell, wrong
from app.imports.mapping import Mapping, NamedCells, OutcomeCells, StepCells, UnitCells
from app.imports.rows import Layout
from app.imports.vocabulary import (
    CITIZEN_FIELDS,
    LEVELS,
    LOCATION_FIELDS,
    REQUIRED_FIELDS,
    STATES,
    STEP_FIELDS,
    TICKET_FIELDS,
    UNIT_KINDS,
)
from workflows.vocabulary import CLOCKS

TOP = frozenset(
    {
        "name", "title", "namespace", "ours", "zone", "missing", "time_formats", "html", "key", "file", "ticket", "citizen", "location",
        "unit", "state", "steps", "outcome",
    }
)  # fmt: skip
FILE = frozenset({"format", "encoding", "delimiter", "header_row", "sheet"})
NAMED = frozenset({"code", "name"})
NAME = Kind(TEXT, max_length=100)


def shipped() -> tuple[str, ...]:
    """The names of the mappings that come with the project."""
    folder = resources.files("app.imports").joinpath("mappings")
    return tuple(sorted(each.name.removesuffix(".toml") for each in folder.iterdir() if each.name.endswith(".toml")))


def load_mapping(name_or_file: str) -> Mapping:
    """A shipped mapping by its name, or a mapping file by its path."""
    if name_or_file in shipped():
        text = resources.files("app.imports").joinpath("mappings", f"{name_or_file}.toml").read_text("utf-8")
        return parse_mapping(text)
    path = Path(name_or_file)
    if not path.is_file():
        names = "、".join(shipped())
        raise IllFormed(
            f"没有名为“{name_or_file}”的映射，也没有这个文件；自带映射：{names}。",
            f'There is neither a mapping nor a file "{name_or_file}"; shipped: {names}.',
        )
    try:
        return parse_mapping(path.read_text("utf-8"))
    except UnicodeDecodeError:
        raise wrong(path.name, "不是 UTF-8 文本。", "it is not UTF-8 text.") from None


def parse_mapping(text: str) -> Mapping:
    """Read and check one mapping; every refusal names the place."""
    try:
        source = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise wrong("TOML", f"语法错误：{error}。", f"syntax error: {error}.") from None
    known_keys(source, TOP, "顶层 top")
    for key in ("name", "zone", "key", "ticket", "steps"):
        if key not in source:
            raise wrong("顶层 top", f"缺少“{key}”。", f'"{key}" is missing.')
    formats = tuple(_texts(source, "time_formats"))
    check_formats(formats, "time_formats")
    ticket = dict(_table(source, "ticket"))
    labels, category = ticket.pop("labels", []), ticket.pop("category", [])
    location = dict(_table(source, "location"))
    return Mapping(
        name=_text(source, "name"), title=_text(source, "title", _text(source, "name")),
        namespace=_text(source, "namespace", _text(source, "name")), ours=_flag(source, "ours"), zone=_zone(_text(source, "zone")),
        layout=_layout(_table(source, "file")), missing=frozenset(_texts(source, "missing")), time_formats=formats,
        html=_flag(source, "html"), key=_key(source), ticket=_ticket(ticket),
        labels=tuple(parse_cell(each, Kind(CODE, max_length=40), f"ticket.labels[{i}]") for i, each in enumerate(labels)),
        category=tuple(_named(each, f"ticket.category[{i}]") for i, each in enumerate(category)),
        crs=_crs(location), street=_optional_named(location, "street"), community=_optional_named(location, "community"),
        location=_cells(location, LOCATION_FIELDS, "location"),
        citizen=_cells(_table(source, "citizen"), CITIZEN_FIELDS, "citizen"),
        unit=_unit(_table(source, "unit")), state=_state(source), steps=_steps(_table(source, "steps")),
        outcome=_outcome(_table(source, "outcome")) if "outcome" in source else None,
    )  # fmt: skip


def _table(source: Table[str, Any], key: str) -> dict[str, Any]:
    found = source.get(key, {})
    if not isinstance(found, dict):
        raise wrong(key, "应为表。", "a table is expected.")
    return found


def _text(source: Table[str, Any], key: str, default: str | None = None) -> str:
    found = source.get(key, default)
    if not isinstance(found, str) or not found.strip():
        raise wrong(key, "应为非空文字。", "a text that is not empty is expected.")
    return found


def _texts(source: Table[str, Any], key: str) -> list[str]:
    found = source.get(key, [])
    if not isinstance(found, list) or not all(isinstance(each, str) for each in found):
        raise wrong(key, "应为文字数组。", "an array of texts is expected.")
    return found


def _flag(source: Table[str, Any], key: str) -> bool:
    found = source.get(key, False)
    if not isinstance(found, bool):
        raise wrong(key, "应为 true 或 false。", "true or false is expected.")
    return found


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        raise wrong("zone", f"不认识的时区“{name}”。", f'unknown time zone "{name}".') from None


def _key(source: Table[str, Any]) -> tuple[str, ...]:
    columns = _texts(source, "key")
    if not columns:
        raise wrong("key", "至少要有一列。", "at least one column is needed.")
    return tuple(columns)


def _layout(table: dict[str, Any]) -> Layout:
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


def _cells(table: Table[str, Any], kinds: Table[str, Kind], where: str) -> dict[str, Cell]:
    known_keys(table, frozenset(kinds), where)
    return {name: parse_cell(spec, kinds[name], f"{where}.{name}") for name, spec in table.items()}


def _ticket(table: Table[str, Any]) -> dict[str, Cell]:
    known_keys(table, frozenset(TICKET_FIELDS), "ticket")
    for name in sorted(REQUIRED_FIELDS - set(table)):
        raise wrong("ticket", f"缺少“{name}”。", f'"{name}" is missing.')
    return {
        name: parse_cell(spec, Kind.of(name), f"ticket.{name}", name in REQUIRED_FIELDS) for name, spec in table.items()
    }


def _named(spec: Any, where: str) -> NamedCells:
    if isinstance(spec, str):
        spec = {"name": spec}
    if not isinstance(spec, dict) or "name" not in spec:
        raise wrong(where, "应有 name（可另有 code）。", "name is expected (and perhaps code).")
    known_keys(spec, NAMED, where)
    code = parse_cell(spec["code"], Kind(CODE, max_length=60), f"{where}.code") if "code" in spec else None
    return NamedCells(code, parse_cell(spec["name"], NAME, f"{where}.name"))


def _optional_named(table: dict[str, Any], key: str) -> NamedCells | None:
    return _named(table.pop(key), f"location.{key}") if key in table else None


def _crs(location: dict[str, Any]) -> str | None:
    crs = location.pop("crs", None)
    if ("lon" in location) != ("lat" in location):
        raise wrong("location", "lon 与 lat 须同时给出。", "lon and lat are needed together.")
    if "lon" in location and crs not in SYSTEMS:
        zh, en = f"坐标必须注明坐标系，可用：{'、'.join(SYSTEMS)}。", f"coordinates need their system: {', '.join(SYSTEMS)}."
        raise wrong("location.crs", zh, en)
    return crs if "lon" in location else None


def _unit(table: dict[str, Any]) -> UnitCells:
    known_keys(table, frozenset({"code", "name", "unknown", "kinds"}), "unit")
    kinds = _table(table, "kinds")
    for suffix, kind in kinds.items():
        if kind not in UNIT_KINDS:
            choices = "、".join(UNIT_KINDS)
            raise wrong(f"unit.kinds.{suffix}", f"“{kind}”不是单位类别：{choices}。", f'"{kind}" is no kind of unit: {choices}.')
    told = _named({key: table[key] for key in ("code", "name") if key in table}, "unit") if "name" in table else None
    return UnitCells(told, _text(table, "unknown", "未载明承办单位"), tuple(kinds.items()))


def _state(source: Table[str, Any]) -> Cell | None:
    return parse_cell(source["state"], Kind(CHOICE, STATES), "state", required=True) if "state" in source else None


def _steps(table: dict[str, Any]) -> dict[str, StepCells]:
    known_keys(table, frozenset(STEP_FIELDS), "steps")
    if "at" not in table.get("register", {}):
        raise wrong("steps.register", "缺少登记时间 at。", "the time of registration, at, is missing.")
    return {trigger: _step(trigger, spec) for trigger, spec in table.items()}


def _step(trigger: str, spec: dict[str, Any]) -> StepCells:
    where = f"steps.{trigger}"
    known_keys(spec, frozenset({"at", "fields"}), where)
    fields = _table(spec, "fields")
    known_keys(fields, frozenset(STEP_FIELDS[trigger]), f"{where}.fields")
    at = parse_cell(spec["at"], Kind(INSTANT), f"{where}.at", trigger == "register") if "at" in spec else None
    return StepCells(at, {name: parse_cell(each, Kind.of(name), f"{where}.fields.{name}") for name, each in fields.items()})


def _outcome(table: dict[str, Any]) -> OutcomeCells:
    known_keys(table, frozenset({"clock", "level", "due", "late"}), "outcome")
    clock, level = _text(table, "clock"), _text(table, "level", "district")
    if clock not in CLOCKS:
        raise wrong("outcome.clock", f"没有名为“{clock}”的时限。", f'there is no clock "{clock}".')
    if level not in LEVELS:
        raise wrong("outcome.level", f"只能是 {'、'.join(LEVELS)}。", f"only {', '.join(LEVELS)}.")
    if "due" not in table and "late" not in table:
        raise wrong("outcome", "须有 due 或 late。", "due or late is needed.")
    due = parse_cell(table["due"], Kind(INSTANT), "outcome.due") if "due" in table else None
    late = parse_cell(table["late"], Kind(LATE), "outcome.late") if "late" in table else None
    return OutcomeCells(clock, level, due, late)


