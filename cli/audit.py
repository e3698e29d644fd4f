"""What an auditor runs: every chain and every anchor is made again from the rows and compared."""

from __future__ import annotations

from pathlib import Path

import click

from app.core import anchors
from app.errors import Refused
from cli import stores


@click.group()
def command() -> None:
    """Verify and anchor the histories."""


@command.command()
@click.option(
    "--anchors", "copy", metavar="FILE", type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The exported anchors as another machine kept them (default: those in the state folder).",
)  # fmt: skip
def verify(copy: Path | None) -> None:
    """Walk every history; exit 1 and the first broken row when a chain does not hold."""
    with stores.system("audit verify") as system:
        kept = anchors.file_of(system)
        try:
            histories, rows, anchored = anchors.verify(system, copy or (kept if kept.exists() else None))
        except anchors.Broken as broken:
            raise Refused(f"历史链断裂：{broken}", f"the chain is broken: {broken}") from broken
    print(f"{anchored} anchors made again and equal")
    print(f"{histories} histories, {rows} rows, chain intact")


@command.command()
def anchor() -> None:
    """Write an anchor now and print what belongs on another machine."""
    with stores.system("audit anchor") as system:
        row = anchors.anchor(system)
        print(f"anchor {row['digest']} over {row['heads']} histories, {row['cases']} cases, up to {row['at'].isoformat()}")
        print(f"kept in {anchors.file_of(system)}")
