"""What a file is made of, whatever its kind: a header, and rows with their number in the file."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from app.errors import IllFormed


@dataclass(frozen=True, slots=True)
class Layout:
    """How a file is laid out: `format` csv, tsv, xlsx or None for "look"; `header_row` counts from 1; `sheet` a name."""

    format: str | None = None
    encoding: str = "utf-8-sig"
    delimiter: str | None = None
    header_row: int = 1
    sheet: str | None = None


@dataclass(frozen=True, slots=True)
class RawRow:
    number: int
    cells: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class BadRow:
    number: int
    cells: tuple[Any, ...]
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Table:
    """`epoch` is the day from which the workbook counts its dates (1900 or 1904); `text` says that cells are only text."""

    header: tuple[str, ...]
    rows: Iterator[RawRow | BadRow]
    epoch: datetime
    text: bool


def no_header(path: Path, layout: Layout) -> IllFormed:
    return IllFormed(
        f"文件“{path.name}”第 {layout.header_row} 行没有表头。",
        f'The file "{path.name}" has no header in row {layout.header_row}.',
    )
