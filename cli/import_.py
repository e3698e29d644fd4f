"""Bringing a file of another system in: progress on stderr, one line of counts on stdout, rejected rows beside the file."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from app.imports.mapping_file import load_mapping
from app.imports.rejects import rejects_path
from app.imports.run import Report, Ways, dry_run, run_import
from app.main import build
from cli import stores

SHOWN = 20
LOGGED = 1000


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--mapping", required=True, metavar="NAME_OR_FILE", help="A shipped mapping's name, or a mapping file.")
@click.option("--dry-run", "only_look", is_flag=True, help="Read, check and count; write nothing.")
@click.option("--live", is_flag=True, help="Open tickets go on here: their clocks are armed.")
@click.option("--processes", type=click.IntRange(1, 16), default=None, help="How many processes replay (default: by size).")
def command(file: Path, mapping: str, only_look: bool, live: bool, processes: int | None) -> None:
    """Import FILE (xlsx, csv, tsv, also .gz). A row that is here with the same content is left alone; a changed one is an update."""
    known = load_mapping(mapping)
    with stores.system("import") as system:
        if only_look:
            report, rejected = dry_run(system, file, known)
            for row in rejected[:SHOWN]:
                say(f"{row.row_number}: {row.zh} / {row.en}")
        else:
            report = run_import(system, file, known, Ways(build, live, processes, show))
            tell(file, report)
    print(report.line())


def show(report: Report) -> None:
    """One line that moves on a screen; in a log, a line now and then."""
    read = report.counts["read"]
    if sys.stderr.isatty():
        click.echo(f"\r已读 read {read} …", err=True, nl=False)
    elif read % LOGGED == 0:
        say(f"已读 read {read} …")


def tell(file: Path, report: Report) -> None:
    if sys.stderr.isatty():
        say("")
    if report.resumed:
        say("上次未完成，已续接。 / An interrupted import was resumed.")
    for what, code, name in report.created[:SHOWN]:
        say(f"新增待核 added for review: {what} {code or '-'} {name}")
    if len(report.created) > SHOWN:
        say(f"…… 共 {len(report.created)} 项 in all")
    for code, names in report.renamed[:SHOWN]:
        say(f"同一代码多个名称 one code, several names: {code} {'、'.join(names)}")
    if report.counts["rejected"]:
        say(f"退回的行见 rejected rows are in {rejects_path(file)}")


def say(line: str) -> None:
    click.echo(line, err=True)
