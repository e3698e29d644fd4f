"""Publishing a year of the calendar: checked, installed, and every running limit that reaches into it reckoned anew."""

from __future__ import annotations

from pathlib import Path

import click

from app.core.actors import SYSTEM
from app.core.reproject import publish
from app.errors import IllFormed
from cli import stores


@click.group()
def command() -> None:
    """The published years by which limits are reckoned."""


@command.command("publish")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def publish_year(file: Path) -> None:
    """Install the year in FILE (TOML) and re-project the running clocks that reach into it."""
    try:
        body = file.read_text(encoding="utf-8")
    except (UnicodeDecodeError, OSError) as error:
        raise IllFormed(f"无法读取（应为 UTF-8 文本）：{file}", f"cannot be read as UTF-8 text: {file}") from error
    with stores.system("calendar publish") as system:
        done = publish(system, SYSTEM, body, lambda at, of: click.echo(f"{at} of {of} tickets", err=True))
    print(f"{done['name']}@{done['version']} published, {done['reprojected']} tickets re-projected, {done['set_aside']} set aside")


@command.command("list")
def list_years() -> None:
    """The years that are published here."""
    with stores.system("calendar list") as system:
        for name, version in system.settings.versions("calendar"):
            print(f"{name}@{version}")
