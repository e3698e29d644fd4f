"""What leaves the system as a file: masked, of what the account may see, and whole or not at all."""

from __future__ import annotations

from pathlib import Path

import click

from app.core.actors import SYSTEM
from app.hotline.export import export_tickets
from app.people.accounts import actor_of
from cli import stores


@click.group()
def command() -> None:
    """Export to a file."""


@command.command()
@click.option("--to", "path", required=True, type=click.Path(path_type=Path, dir_okay=False), help="FILE.xlsx or FILE.csv.")
@click.option("--as", "username", metavar="USERNAME", help="Only what this account may see (default: the whole installation).")
def tickets(path: Path, username: str | None) -> None:
    """Tickets, newest first; personal data is masked and that of confidential tickets left out."""
    with stores.system("export") as system:
        actor = actor_of(system, username) if username else SYSTEM
        count = export_tickets(system, actor, path)
    print(f"exported {count}")
