"""A mapping's cell and a file's header become a plain function from a row to a value, so that a row costs little."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.errors import IllFormed
from app.imports.cells import BOOL, CHOICE, INSTANT, LATE, NUMBER, Cell
from app.imports.mapping import Mapping
from app.imports.values import BadCell, as_number, as_text, time_reader

Row = Sequence[Any]
Getter = Callable[[Row], Any]
MATCHED = frozenset({BOOL, CHOICE, LATE})


class BadRowCell(Exception):
    """A row's cell cannot be used; the sentence names its column."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.zh = zh
        self.en = en


@dataclass(frozen=True, slots=True)
class Header:
    """The columns of one file, and what a mapping says about all of its cells."""

    index: dict[str, int]
    mapping: Mapping
    epoch: datetime

    @staticmethod
    def of(header: Sequence[str], mapping: Mapping, epoch: datetime, wanted: Sequence[str]) -> Header:
        """The place of each wanted column; a column that is absent or there twice stops the import."""
        absent = [name for name in dict.fromkeys(wanted) if name not in header]
        if absent:
            raise IllFormed(
                f"文件缺少列：{'、'.join(absent)}。（编码或表头行可能不符；找到的列：{'、'.join(header)[:300]}）",
                f"The file lacks columns: {', '.join(absent)}. (Wrong encoding or header row? Found: {', '.join(header)[:300]})",
            )
        twice = [name for name in dict.fromkeys(wanted) if header.count(name) > 1]
        if twice:
            raise IllFormed(f"列名重复：{'、'.join(twice)}。", f"Columns appear twice: {', '.join(twice)}.")
        return Header({name: header.index(name) for name in wanted}, mapping, epoch)


def getter(cell: Cell, header: Header) -> Getter:
    """A function from a row to this cell's value, None when the row says nothing; raises BadRowCell."""
    if not cell.columns:
        return lambda row: cell.value
    read = _reader(cell, header)
    column = "、".join(cell.columns)

    def get(row: Row) -> Any:
        try:
            value = read(row)
        except BadCell as bad:
            if cell.kind.private:
                raise BadRowCell(f"“{column}”无法识别", f'"{column}" is not understood') from None
            raise BadRowCell(f"“{column}”{bad.zh}", f'"{column}" {bad.en}') from None
        if value is None:
            value = cell.missing
            if value is None and cell.required:
                raise BadRowCell(f"“{column}”为空", f'"{column}" is empty')
        return value

    return get


def _reader(cell: Cell, header: Header) -> Getter:
    words = _words(cell, header)
    if cell.values is not None:
        return _mapped(cell, words)
    if cell.kind.type == INSTANT:
        return _instant(cell, header)
    if cell.kind.type == NUMBER:
        return lambda row: as_number(words(row))
    if cell.kind.choices:
        return _choice(cell, words)
    return _bounded(cell, words)


def _words(cell: Cell, header: Header) -> Getter:
    """The cell's text; a marker of the mapping that stands for nothing is nothing."""
    missing, html = header.mapping.missing, header.mapping.html
    places = [header.index[name] for name in cell.columns]
    if len(places) == 1:
        place = places[0]

        def one(row: Row) -> str | None:
            text = as_text(row[place], html)
            return None if text in missing else text

        return one

    def several(row: Row) -> str | None:
        texts = (as_text(row[each], html) for each in places)
        said = [text for text in texts if text is not None and text not in missing]
        if cell.first:
            return said[0] if said else None
        return cell.join.join(dict.fromkeys(said)) or None

    return several


def _mapped(cell: Cell, words: Getter) -> Getter:
    values = cell.values or {}

    def get(row: Row) -> Any:
        text = words(row)
        if text is None:
            return None
        if text in values:
            return values[text]
        if cell.otherwise is not None:
            return cell.otherwise
        shown = "" if cell.kind.private else f"“{text[:40]}”"
        raise BadCell(f"的值{shown}不在对照表中", f"has a value {shown} that is not in the table of values")

    return get


def _choice(cell: Cell, words: Getter) -> Getter:
    known = frozenset(cell.kind.choices)

    def get(row: Row) -> Any:
        text = words(row)
        if text is None or text in known:
            return text
        if cell.otherwise is not None:
            return cell.otherwise
        raise BadCell(f"的值“{text[:40]}”不在词表中", f'has "{text[:40]}", which is none of our words')

    return get


def _instant(cell: Cell, header: Header) -> Getter:
    formats = cell.formats or header.mapping.time_formats
    read = time_reader(formats, header.mapping.zone, header.epoch, cell.day_ends)
    missing = header.mapping.missing
    places = [header.index[name] for name in cell.columns]

    def get(row: Row) -> Any:
        for place in places:
            value = row[place]
            if value is not None and value != "" and value not in missing:
                found = read(value)
                if found is not None:
                    return found
        return None

    return get


def _bounded(cell: Cell, words: Getter) -> Getter:
    limit = cell.kind.max_length
    if limit is None:
        return words

    def get(row: Row) -> Any:
        text = words(row)
        if text is None or len(text) <= limit:
            return text
        if cell.cut:
            return text[: limit - 1] + "…"
        raise BadCell(f"超过 {limit} 字", f"is longer than {limit} characters")

    return get
