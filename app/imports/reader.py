"""A file becomes rows, one at a time, each with its number in the file; what cannot be read is said, never skipped."""

# Blank rows are not rows. A row that is broken in itself (wrong width, quotation marks that do not pair) comes out as a BadRow, so that
# it is rejected with its reason and the rest of the file goes on.

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from app.errors import IllFormed
from app.imports import archive
from app.imports.rows import Layout, Table
from app.imports.text import open_text
from app.imports.workbook import open_workbook


@contextmanager
def open_table(path: Path, layout: Layout) -> Iterator[Table]:
    """Open a file by what it is, not by its name, and close it again."""
    magic = archive.magic_of(path)
    if not magic:
        raise IllFormed(f"文件“{path.name}”是空的。", f'The file "{path.name}" is empty.')
    if magic.startswith(archive.OLE_MAGIC):
        raise archive.locked(path)
    if magic.startswith(archive.ZIP_MAGIC):
        if layout.format in ("csv", "tsv"):
            raise _other_kind(path, layout)
        with open_workbook(path, layout) as table:
            yield table
        return
    if layout.format == "xlsx" and path.suffix.lower() != ".csv":
        raise archive.damaged(path)
    with open_text(path, archive.open_bytes(path, magic), layout) as table:
        yield table


def _other_kind(path: Path, layout: Layout) -> IllFormed:
    return IllFormed(
        f"映射要求 {layout.format} 文件，“{path.name}”是 xlsx。",
        f'The mapping expects a {layout.format} file; "{path.name}" is xlsx.',
    )
