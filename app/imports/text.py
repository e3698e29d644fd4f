"""A text file becomes rows by its delimiter and encoding; a record that is broken in itself is given as a BadRow."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from openpyxl.utils.datetime import WINDOWS_EPOCH

from app.imports import archive
from app.imports.rows import BadRow, Layout, RawRow, Table, no_header

# One cell of a citizen's words is rarely ten thousand characters; a field without end is an unclosed quotation mark.
MAX_CELL = 1024 * 1024
RAW_KEPT = 64 * 1024

class _Remembering:
    """Hands lines to the csv reader and keeps those of the present record, so that a broken record can be shown."""

    def __init__(self, lines: Iterator[str]) -> None:
        self._lines = lines
        self.taken: list[str] = []
        self.size = 0

    def __iter__(self) -> _Remembering:
        return self

    def __next__(self) -> str:
        line = next(self._lines)
        if self.size < RAW_KEPT:
            self.taken.append(line)
        self.size += len(line)
        return line

    def forget(self) -> None:
        self.taken.clear()
        self.size = 0


@contextmanager
def open_text(path: Path, stream: IO[bytes], layout: Layout) -> Iterator[Table]:
    # Bytes that are not text become lone surrogates, which are then found in their own row.
    encoding = codecs.lookup(layout.encoding).name
    with io.TextIOWrapper(stream, encoding=encoding, errors="surrogateescape", newline="") as text:
        yield _table(path, _Remembering(iter(text)), layout)


def _table(path: Path, lines: _Remembering, layout: Layout) -> Table:
    csv.field_size_limit(MAX_CELL)
    records = csv.reader(lines, delimiter=_delimiter(path, layout), strict=True)
    header: tuple[str, ...] = ()
    for _ in range(layout.header_row):
        try:
            header = tuple(cell.strip() for cell in next(records))
        except StopIteration:
            raise no_header(path, layout) from None
        except csv.Error:
            raise archive.damaged(path) from None
    if not any(header):
        raise no_header(path, layout)
    lines.forget()
    return Table(header, _text_rows(records, lines, len(header)), WINDOWS_EPOCH, text=True)


def _delimiter(path: Path, layout: Layout) -> str:
    if layout.delimiter:
        return layout.delimiter
    tabbed = layout.format == "tsv" or ".tsv" in path.suffixes
    return "\t" if tabbed else ","


def _text_rows(records: Any, lines: _Remembering, width: int) -> Iterator[RawRow | BadRow]:
    while True:
        start = records.line_num + 1
        lines.forget()
        try:
            cells = next(records)
        except StopIteration:
            return
        except csv.Error:
            raw = "".join(lines.taken)[:RAW_KEPT]
            yield BadRow(start, (raw,), "引号不成对，这一行无法分列。", "The quotation marks do not pair; the row has no columns.")
            continue
        if not any(cells):
            continue
        if len(cells) != width:
            zh = f"有 {len(cells)} 列，表头有 {width} 列。"
            yield BadRow(start, tuple(cells), zh, f"The row has {len(cells)} cells, the header {width}.")
        else:
            yield RawRow(start, tuple(cells))
