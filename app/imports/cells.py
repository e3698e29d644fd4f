"""How one of our fields is told by a row: from which columns, in which words, and what stands when nothing is said."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.errors import IllFormed
from app.imports.values import check_format
from workflows.fields import FIELDS

KEYS = frozenset(
    {"column", "columns", "join", "first", "value", "values", "otherwise", "missing", "required", "formats", "day_ends", "cut"}
)
TEXT, CHOICE, BOOL, INSTANT, NUMBER, CODE, LATE = "text", "choice", "bool", "instant", "number", "code", "late"


@dataclass(frozen=True, slots=True)
class Kind:
    """What a field can hold: its type, the words it may be, how long it may be, and whether its value may be repeated aloud."""

    type: str
    choices: tuple[str, ...] = ()
    max_length: int | None = None
    private: bool = False

    @staticmethod
    def of(name: str) -> Kind:
        field = FIELDS[name]
        plain = field.type if field.type in (TEXT, CHOICE, BOOL, INSTANT, NUMBER) else CODE
        return Kind(plain, field.choices, field.max_length)


@dataclass(frozen=True, slots=True)
class Cell:
    """Columns joined (or the first that says something), or a constant; then their words in ours."""

    kind: Kind
    columns: tuple[str, ...] = ()
    join: str = " "
    first: bool = False
    value: Any = None
    values: Mapping[str, Any] | None = None
    otherwise: Any = None
    missing: Any = None
    required: bool = False
    formats: tuple[str, ...] = ()
    day_ends: bool = False
    cut: bool = False


def wrong(where: str, zh: str, en: str) -> IllFormed:
    return IllFormed(f"映射文件 {where}：{zh}", f"Mapping file, {where}: {en}")


def known_keys(table: Mapping[str, Any], known: frozenset[str], where: str) -> None:
    for key in table:
        if key not in known:
            choices = "、".join(sorted(known))
            raise wrong(where, f"不认识的键“{key}”，可用：{choices}。", f'unknown key "{key}"; known: {choices}.')


def parse_cell(spec: Any, kind: Kind, where: str, required: bool = False) -> Cell:
    """A cell's description, checked: a bare string is a column's name."""
    if isinstance(spec, str):
        spec = {"column": spec}
    if not isinstance(spec, dict):
        raise wrong(where, "应为列名或表。", "a column's name or a table is expected.")
    known_keys(spec, KEYS, where)
    _one_origin(spec, where)
    columns = (spec["column"],) if "column" in spec else tuple(spec.get("columns", ()))
    if not all(isinstance(each, str) and each for each in columns):
        raise wrong(where, "列名应为非空文字。", "a column's name is a text that is not empty.")
    for key in ("value", "otherwise", "missing"):
        if key in spec:
            _ours(spec[key], kind, f"{where}.{key}")
    for theirs, ours in spec.get("values", {}).items():
        _ours(ours, kind, f"{where}.values.{theirs}")
    if kind.type in (BOOL, LATE) and columns and "values" not in spec:
        raise wrong(where, "需要 values 对照表。", "a table of values is needed.")
    formats = tuple(spec.get("formats", ()))
    check_formats(formats, where)
    return Cell(
        kind, columns, spec.get("join", " "), _flag(spec, "first", where), spec.get("value"), spec.get("values"),
        spec.get("otherwise"), spec.get("missing"), _flag(spec, "required", where) or required, formats,
        _flag(spec, "day_ends", where), _flag(spec, "cut", where),
    )  # fmt: skip


def _one_origin(spec: Mapping[str, Any], where: str) -> None:
    if sum(key in spec for key in ("column", "columns", "value")) != 1:
        raise wrong(where, "须且只须有 column、columns、value 之一。", "exactly one of column, columns, value is needed.")
    if not isinstance(spec.get("values", {}), dict) or not isinstance(spec.get("columns", []), list):
        raise wrong(where, "values 应为表，columns 应为列名数组。", "values is a table, columns an array of names.")


def _flag(spec: Mapping[str, Any], key: str, where: str) -> bool:
    flag = spec.get(key, False)
    if not isinstance(flag, bool):
        raise wrong(f"{where}.{key}", "应为 true 或 false。", "true or false is expected.")
    return flag


def _ours(value: Any, kind: Kind, where: str) -> None:
    """A word that the mapping writes on our side must be one of our words."""
    expected = bool if kind.type in (BOOL, LATE) else (int, float) if kind.type == NUMBER else str
    if not isinstance(value, expected):
        raise wrong(where, f"“{value}”的类型不符。", f'"{value}" is of the wrong type.')
    if kind.choices and value not in kind.choices:
        choices = "、".join(kind.choices)
        raise wrong(where, f"“{value}”不在词表中，可用：{choices}。", f'"{value}" is none of our words: {choices}.')


def check_formats(formats: tuple[str, ...], where: str) -> None:
    for form in formats:
        unknown = check_format(form) if isinstance(form, str) else str(form)
        if unknown:
            raise wrong(where, f"不认识的时间格式“{unknown}”。", f'unknown time format "{unknown}".')
