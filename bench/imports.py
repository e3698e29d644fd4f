"""An import with history and clocks, beside COPY of the same rows into indexed tables on the same server."""

from __future__ import annotations

import csv
import random
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from psycopg import sql

from app.imports.mapping_file import parse_mapping
from app.imports.run import Ways, run_import
from app.main import build
from bench.ground import DATABASE, World
from bench.world import world

MAPPING = Path(__file__).parent / "imports.toml"
HEADER = ("no", "created", "type", "title", "content", "unit_code", "unit", "replied", "closed", "reply")
COPIED = ("cases", "citizens", "tickets", "assignments", "history", "texts", "replies", "clocks", "case_access", "import_rows")


def measure(background: int, seconds: int, repeats: int) -> dict[str, Any]:
    """`ratio` is how many times as long as COPY of the same finished rows the import took; `background` tickets are imported.

    The rows are imported once; `seconds` and `repeats` are not used, since a second import of the same file imports nothing.
    """
    count = min(background, 345_300)
    with tempfile.TemporaryDirectory() as folder, world(0) as made:
        file = Path(folder) / "orders.csv"
        write_file(file, count)
        mapping = parse_mapping(MAPPING.read_text(encoding="utf-8"))
        started = time.perf_counter()
        report = run_import(made.system, file, mapping, Ways(build))
        took = time.perf_counter() - started
        copied, rows = copy_again(made)
    return {
        "tickets": report.counts["imported"], "rows_in_database": rows, "seconds": round(took, 1),
        "tickets_per_second": round(report.counts["imported"] / took), "copy_seconds": round(copied, 1), "ratio": round(took / copied, 2),
    }  # fmt: skip


def write_file(file: Path, count: int) -> None:
    """Orders of a year, each with its unit and its reply, most of them finished."""
    chance = random.Random(7)
    begin = datetime(2025, 1, 2, 1, 0, tzinfo=UTC)
    with file.open("w", newline="", encoding="utf-8") as out:
        writer = csv.writer(out)
        writer.writerow(HEADER)
        for n in range(count):
            created = begin + timedelta(seconds=n * 31_000_000 / max(count, 1))
            replied = created + timedelta(hours=chance.uniform(2, 240))
            closed = replied + timedelta(hours=chance.uniform(2, 72))
            unit = chance.randrange(60)
            words = f"第{n}件：和平路{chance.randrange(400)}号门前路灯不亮，夜间出行不便，请尽快安排维修。" * 5
            kind = chance.choice(("投诉", "求助", "咨询", "建议"))
            times = [f"{at:%Y-%m-%d %H:%M:%S}" for at in (created, replied, closed)]
            told = (f"B{n:08}", times[0], kind, f"路灯不亮 {n}", words, f"U{unit:02}", f"承办单位{unit:02}", *times[1:])
            writer.writerow((*told, "已安排维修，路灯恢复照明。"))


def copy_again(made: World) -> tuple[float, int]:
    """Seconds that COPY takes for the very rows of the import into empty tables with the same indexes, and how many rows they are."""
    rows = 0
    took = 0.0
    with made.server.connect(DATABASE) as connection, tempfile.TemporaryFile() as spool:
        for table in COPIED:
            name, twin = sql.Identifier(table), sql.Identifier(f"copy_of_{table}")
            connection.execute(sql.SQL("CREATE TABLE {} (LIKE {} INCLUDING INDEXES INCLUDING IDENTITY)").format(twin, name))
            spool.seek(0)
            spool.truncate()
            with connection.cursor().copy(sql.SQL("COPY {} TO STDOUT").format(name)) as source:
                for block in source:
                    spool.write(block)
            spool.seek(0)
            started = time.perf_counter()
            with connection.cursor() as cursor:
                with cursor.copy(sql.SQL("COPY {} FROM STDIN").format(twin)) as target:
                    while block := spool.read(1 << 20):
                        target.write(block)
                rows += cursor.rowcount
            took += time.perf_counter() - started
    return took, rows
