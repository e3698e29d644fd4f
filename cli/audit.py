"""What an auditor runs: every chain and every anchor is made again from the rows and compared."""

from __future__ import annotations

import click

from app.core import anchors
from app.errors import Refused
from cli import stores


@click.group()
def command() -> None:
    """Verify and anchor the histories."""


@command.command()
def verify() -> None:
    """Walk every history; exit 1 and the first broken row when a chain does not hold."""
    with stores.system("audit verify") as system:
        try:
            histories, rows, anchored = anchors.verify(system)
        except anchors.Broken as broken:
            raise Refused(f"历史链断裂：{broken}", f"the chain is broken: {broken}") from broken
    print(f"{anchored} anchors made again and equal")
    print(f"{histories} histories, {rows} rows, chain intact")


@command.command()
def anchor() -> None:
    """Write an anchor now and print the line that belongs on another machine."""
    with stores.system("audit anchor") as system:
        row = anchors.anchor(system)
    print(f"anchor {row['digest']} over {row['heads']} histories, {row['cases']} cases, up to {row['at'].isoformat()}")
