"""One bearer token for one account, for scripts and for trying things out."""

from __future__ import annotations

import click

from app.core.actors import SYSTEM
from app.people.signin import issue_token
from cli import stores


@click.command()
@click.argument("username")
@click.option("--days", default=90, show_default=True, help="How long it opens the door, 1 to 366.")
def command(username: str, days: int) -> None:
    """Print one bearer token for the account USERNAME and nothing else. It cannot be shown again."""
    with stores.system("token") as system:
        token = issue_token(system, SYSTEM, username, "command line", days)
    print(token)
