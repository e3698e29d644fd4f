"""An export shows what its account may see, masked, and no cell of it can become a formula."""

from __future__ import annotations

import csv
import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson
from openpyxl import Workbook

from app.core.actors import Actor
from app.core.system import System
from app.errors import IllFormed, Refused
from app.hotline.citizens import shown as picture
from app.hotline.filters import TICKET_FILTERS
from app.hotline.lists import chosen_for
from app.hotline.queries import reading, run
from app.hotline.redaction import for_public, mask
from app.hotline.reference import Reference
from app.hotline.searching import spans_of

CHUNK = 1_000
SHEET_ROWS = 1_048_575
# A cell that begins so is taken for a formula by spreadsheets; so are the full-width forms once they are folded.
FORMULA = re.compile(r"[=+\-@\t\r\n＝＋－＠]")
# Characters that no XML may hold, and lone surrogates.
UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")

READ = (
    "number", "upstream_number", "type", "channel", "source", "urgency", "title", "content", "labels", "round", "category_id",
    "lead_unit_id", "address", "street", "community", "citizen_id", "citizen_shown", "confidential", "spoken", "registered_at",
    "accepted_at", "dispatched_at", "replied_at", "completed_at", "closed_at", "upstream_due_at", "rating", "solved",
)  # fmt: skip
PAGE = f"""
SELECT c.id, json_build_array(c.state, c.due_at, c.open AND c.due_at <= %(at)s,
    (SELECT json_agg(DISTINCT a.unit_id) FROM assignments a WHERE a.root_id = c.id AND a.role = 'co'),
    {", ".join("t." + name for name in READ)})::text
FROM cases c JOIN tickets t ON t.id = c.id WHERE c.kind = 'ticket' AND {{where}} AND c.id < %(after)s ORDER BY c.id DESC LIMIT %(rows)s"""


@dataclass(frozen=True, slots=True)
class Line:
    """One ticket as the columns of the file read it."""

    system: System
    named: Reference
    state: str
    due_at: str | None
    overdue: bool | None
    co_units: Sequence[int] | None
    row: Mapping[str, Any]

    def citizen(self, name: str) -> str:
        """A file leaves the house: of a confidential ticket it carries nothing of the citizen, not even masked."""
        return "" if self.row["confidential"] else picture(self.system.keyring, self.row).get(name, "")

    def text(self, name: str) -> str:
        return mask(self.row[name], spans_of(self.row["spoken"], name))


def plain(name: str) -> Callable[[Line], Any]:
    return lambda line: line.row[name]


def instant(name: str) -> Callable[[Line], Any]:
    return lambda line: when(line.row[name])


def when(shown: str | None) -> str:
    """The district's own time, as spreadsheets read it."""
    return datetime.fromisoformat(shown).strftime("%Y-%m-%d %H:%M:%S") if shown else ""


def yes(value: bool | None) -> str:
    return "" if value is None else "是" if value else "否"


def unit_name(line: Line, unit_id: int | None) -> str:
    return line.named.units[unit_id].name if unit_id else ""


COLUMNS: Sequence[tuple[str, Callable[[Line], Any]]] = (
    ("工单编号", plain("number")),
    ("市工单编号", plain("upstream_number")),
    ("状态", lambda line: line.system.registry.latest["ticket"].states[line.state].label_zh),
    ("诉求类型", plain("type")),
    ("渠道", plain("channel")),
    ("来源", plain("source")),
    ("紧急程度", plain("urgency")),
    ("事项分类", lambda line: " / ".join(category.name for category in line.named.path(line.row["category_id"]))),
    ("标题", lambda line: line.text("title")),
    ("诉求内容", lambda line: line.text("content")),
    ("标签", lambda line: "、".join(line.row["labels"] or ())),
    ("街道", plain("street")),
    ("社区", plain("community")),
    ("地址", lambda line: for_public(line.row["address"] or "")),
    ("诉求人", lambda line: line.citizen("name")),
    ("联系电话", lambda line: line.citizen("phone")),
    ("保密", lambda line: yes(line.row["confidential"])),
    ("主办单位", lambda line: unit_name(line, line.row["lead_unit_id"])),
    ("协办单位", lambda line: "、".join(unit_name(line, unit) for unit in line.co_units or ())),
    ("办理轮次", plain("round")),
    ("登记时间", instant("registered_at")),
    ("受理时间", instant("accepted_at")),
    ("派单时间", instant("dispatched_at")),
    ("答复时间", instant("replied_at")),
    ("办结时间", instant("completed_at")),
    ("结案时间", instant("closed_at")),
    ("办理期限", lambda line: when(line.due_at)),
    ("是否超期", lambda line: yes(line.overdue)),
    ("市级时限", instant("upstream_due_at")),
    ("满意度", plain("rating")),
    ("是否解决", lambda line: yes(line.row["solved"])),
)


def export_tickets(system: System, actor: Actor, path: Path, filters: Mapping[str, Any] | None = None) -> int:
    """Writes an xlsx or a csv by the ending of `path`, whole or not at all, and returns the number of tickets."""
    writers = {".xlsx": write_workbook, ".csv": write_csv}
    if path.suffix.lower() not in writers:
        raise IllFormed("导出文件须以 .xlsx 或 .csv 结尾。", "The file to export to must end in .xlsx or .csv.")
    aside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        count = writers[path.suffix.lower()](aside, export_rows(system, actor, filters or {}))
        aside.replace(path)
    except OSError as error:
        raise Refused(f"无法写入 {path}：{error.strerror}。", f"{path} cannot be written: {error.strerror}.") from error
    finally:
        aside.unlink(missing_ok=True)
    return count


def export_rows(system: System, actor: Actor, filters: Mapping[str, Any]) -> Iterator[list[str]]:
    """Newest first, in steps that hold neither a transaction nor the whole list."""
    after = 2**63 - 1
    while True:
        with reading(system) as connection:
            asked, chosen = chosen_for(system, actor, connection, filters, TICKET_FILTERS)
            found = run(connection, PAGE.format(where=chosen.where), chosen.params | {"after": after, "rows": CHUNK})
        for _, body in found:
            state, due_at, overdue, co_units, *columns = orjson.loads(body)
            line = Line(system, asked.named, state, due_at, overdue, co_units, dict(zip(READ, columns, strict=True)))
            yield [cell(make(line)) for _, make in COLUMNS]
        if len(found) < CHUNK:
            return
        after = found[-1][0]


def cell(value: Any) -> str:
    """Text that stays text: an apostrophe before what a spreadsheet would reckon with, nothing that XML cannot hold."""
    text = UNPRINTABLE.sub("", "" if value is None else str(value))
    return f"'{text}" if FORMULA.match(text.lstrip()) or FORMULA.match(text) else text


def write_csv(path: Path, rows: Iterable[Sequence[str]]) -> int:
    """With the mark by which spreadsheets know UTF-8."""
    written = 0
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([title for title, _ in COLUMNS])
        for row in rows:
            writer.writerow(row)
            written += 1
    return written


def write_workbook(path: Path, rows: Iterable[Sequence[str]]) -> int:
    """Streamed: a sheet of a million rows is never held in memory."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("工单")
    written = 0
    with ExitStack() as unfinished:
        unfinished.callback(sheet.close)
        sheet.append([title for title, _ in COLUMNS])
        for row in rows:
            if written == SHEET_ROWS:
                raise Refused("工单超过一张工作表的行数，请导出为 csv。", "More tickets than a sheet has rows: export to csv.")
            sheet.append(row)
            written += 1
        unfinished.pop_all()
    book.save(path)
    return written
