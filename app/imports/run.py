"""One import from the first row to the last: planned row by row, replayed in chunks, resumed where it was interrupted."""

from __future__ import annotations

import hashlib
import os
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from pathlib import Path

from app.config import Config
from app.core import bus
from app.core.actors import IMPORTER
from app.core.system import System
from app.imports import archive
from app.imports.chunk import Done, Order
from app.imports.commands import BeginRun, EndRun, here_already
from app.imports.mapping import Mapping
from app.imports.plan import Planner, plan_all
from app.imports.planned import Plan, PlannedTicket, Rejected, Repeated
from app.imports.pool import replaying
from app.imports.reader import open_table
from app.imports.rejects import Rejects

CHUNK = 500
# A second process costs about two seconds to begin; below this size it would only come to watch.
LARGE = 2 * 1024 * 1024
CREATED = "SELECT what, code, name FROM import_names WHERE run_id = %s AND created ORDER BY id"
RENAMED = """
SELECT code, array_agg(name ORDER BY id) AS names FROM import_names WHERE what = 'unit' AND code <> '' AND namespace = %(namespace)s
GROUP BY code HAVING count(*) > 1 AND bool_or(run_id = %(run)s) ORDER BY code
"""


@dataclass
class Report:
    """What became of the rows; `created` names the units and categories that were added for review."""

    resumed: bool = False
    counts: Counter[str] = field(default_factory=Counter)
    created: list[tuple[str, str, str]] = field(default_factory=list)
    renamed: list[tuple[str, list[str]]] = field(default_factory=list)

    def line(self) -> str:
        counts = self.counts
        told = {"read": "read", "imported": "imported", "updated": "updated", "already": "already there", "rejected": "rejected"}
        return ", ".join(f"{words} {counts[name]}" for name, words in told.items())


@dataclass(frozen=True)
class Ways:
    """How an import is run: `build` makes a system in another process, `processes` None goes by the file's size."""

    build: Callable[[Config], System]
    live: bool = False
    processes: int | None = None
    progress: Callable[[Report], None] | None = None


def run_import(system: System, path: Path, mapping: Mapping, ways: Ways) -> Report:
    """Import a file. Interrupted, it may be called again with the same file; called again after its end, it imports nothing."""
    archive.magic_of(path)
    begun = bus.execute(system, BeginRun(IMPORTER, path.name, file_digest(path), mapping.name, ways.live))
    report, run_id = Report(resumed=begun.detail["resumed"]), begun.case_id
    order = Order(mapping, run_id, ways.live)
    with open_table(path, mapping.layout) as table, Rejects(path, table.header, mapping.layout, table.text) as rejects:
        planner = Planner(mapping, table.header, table.epoch, database_now(system))
        with replaying(system, order, ways.build, ways.processes or by_size(path)) as replay:
            for done in replay(chunks(plan_all(planner, table.rows))):
                take(report, rejects, done)
                if ways.progress:
                    ways.progress(report)
    bus.execute(system, EndRun(IMPORTER, run_id, dict(report.counts)))
    with bus.transaction(system, IMPORTER) as tx:
        report.created = [(row["what"], row["code"], row["name"]) for row in tx.query(CREATED, (run_id,))]
        told = tx.query(RENAMED, {"namespace": mapping.namespace, "run": run_id})
        report.renamed = [(row["code"], row["names"]) for row in told]
    return report


def take(report: Report, rejects: Rejects, done: Done) -> None:
    report.counts.update(done.counts)
    for rejected in done.rejected:
        rejects.add(rejected)


def by_size(path: Path) -> int:
    return min(os.cpu_count() or 1, 2) if path.stat().st_size > LARGE else 1


def dry_run(system: System, path: Path, mapping: Mapping) -> tuple[Report, list[Rejected]]:
    """What an import would do, without doing any of it."""
    report, rejected = Report(), []
    with open_table(path, mapping.layout) as table:
        planner = Planner(mapping, table.header, table.epoch, database_now(system))
        for chunk in chunks(plan_all(planner, table.rows)):
            planned = [plan for plan in chunk if isinstance(plan, PlannedTicket)]
            rejected += [plan for plan in chunk if isinstance(plan, Rejected)]
            with bus.transaction(system, IMPORTER) as tx:
                report.counts.update(here_already(tx, mapping, planned))
            report.counts["read"] += len(chunk)
            report.counts["already"] += sum(isinstance(plan, Repeated) for plan in chunk)
    report.counts["rejected"] = len(rejected)
    return report, rejected


def chunks(plans: Iterator[Plan]) -> Iterator[list[Plan]]:
    while chunk := list(islice(plans, CHUNK)):
        yield chunk


def database_now(system: System) -> datetime:
    with bus.transaction(system, IMPORTER) as tx:
        return tx.now


def file_digest(path: Path) -> bytes:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").digest()
