"""A pack as the doors show it: its tables in words, what its text is refused for with the line, and how one text differs from another."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from typing import Any

from rules.explaining import Reason, written
from rules.lint import Finding
from rules.packs import Pack
from rules.tables import Row, Table

AROUND = 3
AT_LINE = re.compile(r"\(at line (\d+)")
AT_ROW = re.compile(r"^([a-z_]+)/([^：:/]+)[：:]")
TABLE_LINE = re.compile(r"^\s*\[\[?tables\.([a-z_]+)")
ID_LINE = re.compile(r"""^\s*id\s*=\s*["']([^"']+)["']""")


def head_of(pack: Pack) -> dict[str, Any]:
    return {
        "title": pack.title, "official": pack.official, "valid_from": pack.valid_from, "valid_to": pack.valid_to,
        "parameters": {name: written(value) for name, value in sorted(pack.parameters.items())},
        "tables": [{"name": table.name, "policy": table.policy, "rows": len(table.rows)} for table in pack.tables.values()],
    }  # fmt: skip


def table_of(table: Table, q: str | None, most: int) -> dict[str, Any]:
    """Its rows, or those in which the word stands; `columns` are what any row asks, `gives` what any row says."""
    rows = [row_of(row) for row in table.rows]
    found = [row for row in rows if q is None or stands_in(row, q.lower())]
    return {
        "name": table.name, "policy": table.policy, "by": table.by, "total": len(found), "rows": found[:most],
        "columns": sorted({column for row in rows for column in row["when"]}),
        "gives": list(dict.fromkeys(name for row in rows for name in row["give"])),
    }  # fmt: skip


def row_of(row: Row) -> dict[str, Any]:
    return {
        "id": row.id, "pack": row.pack, "basis": row.basis, "valid_from": row.valid_from, "valid_to": row.valid_to,
        "when": {name: str(condition) for name, condition in row.when.items()},
        "give": {name: written(value) for name, value in row.give.items()},
    }  # fmt: skip


def stands_in(row: Mapping[str, Any], word: str) -> bool:
    texts = (row["id"], row["basis"], *row["when"].values(), *row["give"].values())
    return any(word in text.lower() for text in texts)


def reason_of(one: Reason) -> dict[str, Any]:
    failed = [{"column": each.column, "given": each.given, "asked": each.asked} for each in one.failed]
    return {**row_of(one.row), "decides": one.decides, "in_force": one.in_force, "failed": failed}


def finding_of(finding: Finding, text: str, english: bool) -> dict[str, Any]:
    said = finding.en if english else finding.zh
    place = {"table": finding.table, "row": finding.row, "line": line_of(text, finding.table, finding.row)}
    return {"severity": finding.severity, "said": said, **place}


def unreadable(text: str, zh: str, en: str, english: bool) -> dict[str, Any]:
    """What kept the text from being read, with the line where the sentence names one or a row."""
    line, row = AT_LINE.search(zh), AT_ROW.match(zh)
    place = int(line[1]) if line else line_of(text, row[1], row[2]) if row else None
    named = {"table": row[1], "row": row[2]} if row else {"table": "", "row": ""}
    return {"severity": "error", "said": en if english else zh, "line": place, **named}


def line_of(text: str, table: str, row: str) -> int | None:
    """The line of a row's id, or of its table; None for what another pack has written."""
    here, found = "", None
    for number, line in enumerate(text.splitlines(), 1):
        header = TABLE_LINE.match(line)
        here = header[1] if header else "" if line.startswith("[") and not line.startswith("[tables") else here
        named = ID_LINE.match(line)
        if here == table and named and named[1] == row:
            return number
        if header and here == table and found is None and not row:
            found = number
    return found


def differences(before: str, after: str) -> list[dict[str, Any]]:
    """Line by line with its sign, a few lines around each change; `…` stands for what is left out."""
    return list(told(before.splitlines(), after.splitlines()))


def told(old: Sequence[str], new: Sequence[str]) -> Iterator[dict[str, Any]]:
    for place, group in enumerate(SequenceMatcher(None, old, new, autojunk=False).get_grouped_opcodes(AROUND)):
        if place:
            yield {"sign": "…", "old": None, "new": None, "text": ""}
        for tag, low, high, begin, end in group:
            if tag == "equal":
                yield from ({"sign": "", "old": low + n + 1, "new": begin + n + 1, "text": old[low + n]} for n in range(high - low))
                continue
            yield from ({"sign": "-", "old": n + 1, "new": None, "text": old[n]} for n in range(low, high))
            yield from ({"sign": "+", "old": None, "new": n + 1, "text": new[n]} for n in range(begin, end))
