"""Rejected rows go to a file beside the original, their reason in front, their cells as they came, to be mended and brought again."""

from __future__ import annotations

import codecs
import csv
import os
import re
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import IO, Any

from app.imports.planned import Rejected
from app.imports.rows import Layout
from app.imports.values import written

HEAD = ("行号 row", "原因 reason")
# A cell that a spreadsheet would run as a formula or as a command is shown as words; signs and dashes alone stay as they are.
ACTIVE = re.compile(r"=|[+\-@].*[(|!]")


def rejects_path(path: Path) -> Path:
    return path.with_name(path.name + ".rejected.csv")


class Rejects:
    """Written only when there is something to write; readable by its owner alone, since the rows hold people's words and numbers."""

    def __init__(self, path: Path, header: Sequence[str], layout: Layout, text: bool) -> None:
        self._path, self._header = rejects_path(path), header
        # The mapping must be able to read the mended rows again: the same encoding and separator where the original was text.
        self._encoding = codecs.lookup(layout.encoding).name if text else "utf-8-sig"
        self._delimiter = layout.delimiter or "," if text else ","
        self._stream: IO[str] | None = None
        self.count = 0

    def __enter__(self) -> Rejects:
        self._path.unlink(missing_ok=True)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._stream:
            self._stream.close()

    def add(self, rejected: Rejected) -> None:
        row = [str(rejected.row_number), f"{rejected.zh} / {rejected.en}", *(_shown(cell) for cell in rejected.cells)]
        self._writer().writerow(row)
        self.count += 1

    def _writer(self) -> Any:
        if self._stream is None:
            handle = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            self._stream = os.fdopen(handle, "w", encoding=self._encoding, errors="surrogateescape", newline="")
            self._csv = csv.writer(self._stream, delimiter=self._delimiter)
            self._csv.writerow([*HEAD, *self._header])
        return self._csv


def _shown(cell: Any) -> str:
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return written(cell)
    text = str(int(cell)) if isinstance(cell, float) and cell == int(cell) else str(cell)
    return f"'{text}" if ACTIVE.match(text) else text
