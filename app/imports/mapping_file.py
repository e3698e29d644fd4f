"""A mapping file says what another system's columns mean; it is checked when it is read, so that a slip stops the import."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping as Table
from importlib import resources
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from app.errors import IllFormed
from app.imports.cells import CODE, Kind, check_formats, known_keys, parse_cell, wrong
from app.imports.mapping import Mapping
from app.imports.sections import (
    cells_of,
    crs_of,
    flag_at,
    layout_of,
    named_if_told,
    named_of,
    outcome_of,
    state_of,
    steps_of,
    table_at,
    text_at,
    texts_at,
    ticket_of,
    unit_of,
)
from app.imports.vocabulary import CITIZEN_FIELDS, LOCATION_FIELDS

TOP = frozenset(
    {
        "name", "title", "namespace", "ours", "zone", "missing", "time_formats", "html", "key", "file", "ticket", "citizen", "location",
        "unit", "state", "steps", "outcome",
    }
)  # fmt: skip


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
    formats = tuple(texts_at(source, "time_formats"))
    check_formats(formats, "time_formats")
    ticket = dict(table_at(source, "ticket"))
    labels, category = ticket.pop("labels", []), ticket.pop("category", [])
    location = dict(table_at(source, "location"))
    return Mapping(
        name=text_at(source, "name"), title=text_at(source, "title", text_at(source, "name")),
        namespace=text_at(source, "namespace", text_at(source, "name")), ours=flag_at(source, "ours"), zone=_zone(text_at(source, "zone")),
        layout=layout_of(table_at(source, "file")), missing=frozenset(texts_at(source, "missing")), time_formats=formats,
        html=flag_at(source, "html"), key=_key(source), ticket=ticket_of(ticket),
        labels=tuple(parse_cell(each, Kind(CODE, max_length=40), f"ticket.labels[{i}]") for i, each in enumerate(labels)),
        category=tuple(named_of(each, f"ticket.category[{i}]") for i, each in enumerate(category)),
        crs=crs_of(location), street=named_if_told(location, "street"), community=named_if_told(location, "community"),
        location=cells_of(location, LOCATION_FIELDS, "location"),
        citizen=cells_of(table_at(source, "citizen"), CITIZEN_FIELDS, "citizen"),
        unit=unit_of(table_at(source, "unit")), state=state_of(source), steps=steps_of(table_at(source, "steps")),
        outcome=outcome_of(table_at(source, "outcome")) if "outcome" in source else None,
    )  # fmt: skip


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        raise wrong("zone", f"不认识的时区“{name}”。", f'unknown time zone "{name}".') from None


def _key(source: Table[str, Any]) -> tuple[str, ...]:
    columns = texts_at(source, "key")
    if not columns:
        raise wrong("key", "至少要有一列。", "at least one column is needed.")
    return tuple(columns)
