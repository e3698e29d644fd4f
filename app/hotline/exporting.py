"""A list taken away as a file: what its reader may see, masked, as much as is answered at once, and it is written down who took it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from flask import Response

from app.api.doors import Ask, Door
from app.api.values import Body, Choice
from app.clock import local
from app.core.actors import Actor
from app.core.bus import Result, execute
from app.core.file_names import download_headers
from app.core.system import System
from app.core.tx import Tx
from app.errors import Refused
from app.hotline.export import export_rows, write_csv, write_workbook
from app.hotline.queries import now_of, reading
from app.hotline.schemas import TicketFilters
from app.people.common import done, log

# So many are written in some seconds; a whole installation is exported by its operator.
MOST = 10_000
WRITERS = {"xlsx": write_workbook, "csv": write_csv}
TYPES = {"xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "csv": "text/csv; charset=utf-8"}
# What a filter of these says may be somebody's name or number: the log tells only that it was asked.
PERSONAL = frozenset({"q", "phone", "person"})


class ExportFilters(TicketFilters):
    """`GET /tickets/export`: the filters of the list."""

    class Meta(Body.Meta):
        exclude = ("limit", "cursor", "order")

    format = Choice(*WRITERS, load_default="xlsx", metadata={"description": "文件格式 / the kind of file"})


@dataclass(frozen=True, slots=True)
class RecordExport:
    """Who took how many tickets away, and by which filters."""

    actor: Actor
    rows: int
    filters: Sequence[str]
    key: str | None = None


def handle_record(tx: Tx, command: RecordExport) -> Result:
    log(tx, "export_tickets", command.actor.id, command.actor.unit_id, rows=command.rows, filters=list(command.filters))
    return done("export", 0, rows=command.rows)


def export(ask: Ask) -> Response:
    kind = ask.query["format"]
    filters = {name: value for name, value in ask.query.items() if name != "format" and value is not None}
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"tickets.{kind}"
        count = WRITERS[kind](path, some(export_rows(ask.system, ask.actor, filters)))
        file = path.read_bytes()
    execute(ask.system, RecordExport(ask.actor, count, [written(*each) for each in filters.items()]))
    with reading(ask.system) as connection:
        now, _ = now_of(ask.system, connection)
    name = f"工单-{local(now):%Y%m%d-%H%M}.{kind}"
    return Response(file, headers=download_headers(name, TYPES[kind], len(file)))


def some(rows: Iterator[Sequence[str]]) -> Iterator[Sequence[str]]:
    for number, row in enumerate(rows):
        if number == MOST:
            zh = f"超过 {MOST} 件，请缩小范围后再导出；全量导出由运维人员用命令行进行。"
            raise Refused(zh, f"More than {MOST} tickets: narrow the list; a whole installation is exported from the command line.")
        yield row


def written(name: str, value: Any) -> str:
    return f"{name}=…" if name in PERSONAL else f"{name}={value}"


def doors(system: System) -> list[Door]:
    """For the composition root."""
    asked, tag = ExportFilters(), "tickets"
    return [Door("GET", "/tickets/export", export, "导出工单", "Export tickets", scope="tickets:read", query_schema=asked, tag=tag)]


HANDLERS = {RecordExport: handle_record}
