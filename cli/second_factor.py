"""The way out when nobody is left who may reset a second factor: whoever operates the machine does it, and the log keeps why."""

from __future__ import annotations

import click

from app.core.actors import SYSTEM
from app.core.bus import execute
from app.people.accounts import actor_of
from app.people.second_factor import ResetSecondFactor
from cli import stores


@click.group()
def command() -> None:
    """Second factors of sign-in."""


@command.command()
@click.argument("username")
@click.option("--reason", required=True, help="Why; it is kept in the log of accounts.")
def reset(username: str, reason: str) -> None:
    """Forget the second factor of USERNAME, whose sessions all end; the next sign-in needs the password alone."""
    with stores.system("second-factor reset") as system:
        execute(system, ResetSecondFactor(SYSTEM, actor_of(system, username).id, reason))
    print(f"the second factor of {username} is off")
