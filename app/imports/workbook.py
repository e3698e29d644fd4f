"""A workbook becomes rows by streaming its sheet: the shared strings are held, the rows are not."""

from __future__ import annotations

import re
import warnings
import zipfile
import zlib
from collections.abc import Generator, Iterator
from contextlib import ExitStack, contextmanager
from contextlib import closing as closing_iterator
from pathlib import Path
from typing import IO, Any
from xml.etree.ElementTree import ParseError

import openpyxl
from defusedxml import DefusedXmlException
from openpyxl.utils.exceptions import InvalidFileException

from app.errors import IllFormed
from app.imports import archive
from app.imports.rows import BadRow, Layout, RawRow, Table, no_header

MAX_SHEET_ROWS = 1_048_576
# Excel writes characters that XML cannot hold as _x000D_.
ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
EXCEL_ERRORS = frozenset({"#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!"})

BROKEN_WORKBOOK = (
    InvalidFileException, DefusedXmlException, ParseError, zipfile.BadZipFile, zlib.error,
    KeyError, ValueError, TypeError, IndexError, AttributeError, EOFError, OSError, NotImplementedError,
)  # fmt: skip


@contextmanager
def open_workbook(path: Path, layout: Layout) -> Iterator[Table]:
    archive.check_workbook(path)
    with path.open("rb") as stream, ExitStack() as closing:
        book = _load(path, stream)
        closing.callback(book.close)
        rows = closing.enter_context(closing_iterator(_sheet_rows(path, _sheet(path, book, layout))))
        header = _sheet_header(path, rows, layout)
        yield Table(header, _fit(rows, len(header)), book.epoch, text=False)


def _load(path: Path, stream: IO[bytes]) -> Any:
    with warnings.catch_warnings():
        # openpyxl warns of styles and validations it leaves out; no value is lost by them.
        warnings.simplefilter("ignore", UserWarning)
        try:
            return openpyxl.load_workbook(stream, read_only=True, data_only=True, keep_links=False)
        except BROKEN_WORKBOOK:
            raise archive.damaged(path) from None


def _sheet(path: Path, book: Any, layout: Layout) -> Any:
    if layout.sheet is None:
        if not book.worksheets:
            raise archive.damaged(path)
        return book.worksheets[0]
    if layout.sheet not in book.sheetnames:
        names = "、".join(book.sheetnames)
        raise IllFormed(
            f"文件“{path.name}”没有名为“{layout.sheet}”的工作表，只有：{names}。",
            f'The file "{path.name}" has no sheet "{layout.sheet}", only: {names}.',
        )
    return book[layout.sheet]


def _sheet_rows(path: Path, sheet: Any) -> Generator[RawRow, None, None]:
    # Some writers claim a size of A1 for every sheet; what is there counts, not what is claimed.
    sheet.reset_dimensions()
    try:
        for number, cells in enumerate(sheet.iter_rows(values_only=True), start=1):
            if number > MAX_SHEET_ROWS:
                raise archive.damaged(path)
            if any(cell is not None and cell != "" for cell in cells):
                yield RawRow(number, tuple(_plain(cell) for cell in cells))
    except BROKEN_WORKBOOK:
        raise archive.damaged(path) from None


def _plain(cell: Any) -> Any:
    if isinstance(cell, str):
        if cell in EXCEL_ERRORS:
            return None
        if "_x" in cell:
            return ESCAPED.sub(lambda found: chr(int(found[1], 16)), cell)
    return cell


def _sheet_header(path: Path, rows: Iterator[RawRow], layout: Layout) -> tuple[str, ...]:
    for row in rows:
        if row.number == layout.header_row:
            names = ["" if cell is None else str(cell).strip() for cell in row.cells]
            while names and not names[-1]:
                names.pop()
            return tuple(names)
        if row.number > layout.header_row:
            break
    raise no_header(path, layout)


def _fit(rows: Iterator[RawRow], width: int) -> Iterator[RawRow | BadRow]:
    """Trailing empty cells are not written in a sheet; values beyond the header belong to no column."""
    for row in rows:
        cells = row.cells
        if len(cells) < width:
            yield RawRow(row.number, cells + (None,) * (width - len(cells)))
        elif any(cell is not None and cell != "" for cell in cells[width:]):
            yield BadRow(row.number, cells, "表头之外还有内容。", "There are values beyond the header.")
        else:
            yield RawRow(row.number, cells[:width])
