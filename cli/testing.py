"""All tests with all that they need, in as many processes as two cores can feed; the exit code is pytest's own."""

from __future__ import annotations

import os
import subprocess
import sys

import click

from app.config import CHECKOUT
from cli import chromium, front

PASS_ON = {"ignore_unknown_options": True, "allow_extra_args": True}


@click.command(context_settings=PASS_ON)
@click.option("--deep", is_flag=True, help="Also run the tests that take long.")
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
@click.pass_context
def command(context: click.Context, deep: bool, arguments: tuple[str, ...]) -> None:
    """Run all tests; ARGUMENTS go to pytest."""
    front.ready()
    no_browser = chromium.ready()
    line = [sys.executable, "-m", "pytest", "-n", "2", "--dist", "worksteal", "--durations", "10"]
    if not os.access(CHECKOUT, os.W_OK):
        line += ["-p", "no:cacheprovider"]
    if deep:
        line.append("--deep")
    code = subprocess.call([*line, *arguments], cwd=CHECKOUT)
    click.echo("citydesk: all tests passed" if code == 0 else f"citydesk: TESTS FAILED (pytest exit {code})")
    if no_browser:
        click.echo(f"citydesk: TESTS IN A BROWSER WERE SKIPPED: {no_browser}")
    context.exit(code)
