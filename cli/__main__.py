"""The one entry: which command lives in which file, and how an ending becomes an exit code."""

from __future__ import annotations

import importlib
import os
import sys
from typing import NamedTuple

import click

from app.errors import Refusal


class Place(NamedTuple):
    """The file of a command, its name in there, and what the list of commands says of it."""

    module: str
    name: str
    says: str


COMMANDS = {
    "up": Place("cli.up", "command", "Run everything in the foreground; --demo fills an empty database with a district."),
    "web": Place("cli.parts", "web", "Run the web processes alone."),
    "worker": Place("cli.parts", "worker", "Run one worker alone; any number may run."),
    "tick": Place("cli.parts", "tick", "Run the clock watcher alone; any number may run."),
    "test": Place("cli.testing", "command", "Run all tests with all that they need; --deep adds the long ones."),
    "workflows": Place("cli.workflows", "command", "list | check | diagram NAME: the definitions of what may happen."),
    "rules": Place("cli.rules", "command", "list | check | explain TABLE KEY=VALUE ...: who, how long, how urgent."),
    "deadline": Place("cli.deadline", "command", "START AMOUNT: when a limit ends, with the walk to it."),
    "import": Place("cli.import_", "command", "FILE --mapping NAME_OR_FILE: rows of another system, through the same door."),
    "export": Place("cli.export", "command", "tickets --to FILE: what an account may see, masked, as xlsx or csv."),
    "calendar": Place("cli.calendar", "command", "publish FILE: give a year its working days; running clocks follow."),
    "boundaries": Place("cli.boundaries", "command", "import FILE | package NAME@VERSION | list | restore N: outlines for maps."),
    "report": Place("cli.report", "command", "overdue --by unit|type|category: who and what is late worst, with denominators."),
    "simulate": Place("cli.simulate", "command", "--days N --per-day M: a district's life on a moved clock, then every invariant."),
    "bench": Place("cli.bench", "command", "NAME [--json]: one measurement, beside its yardstick."),
    "screens": Place("cli.screens", "command", "Take a picture of every page, from a running demonstration or one of its own."),
    "docs": Place("cli.documents", "command", "Make the data dictionary, the API document and the diagrams anew."),
    "backup": Place("cli.backup", "backup", "FILE: the whole system, database and files; keys are named, never contained."),
    "restore": Place("cli.backup", "restore", "FILE: the whole system from a backup, into an empty state folder."),
    "token": Place("cli.token", "command", "USERNAME [--days N]: one bearer token for that account, and nothing else."),
    "second-factor": Place("cli.second_factor", "command", "reset USERNAME --reason WHY: when nobody is left who may."),
    "keys": Place("cli.keys", "command", "list | rotate | reseal | retire N: what seals personal values."),
    "audit": Place("cli.audit", "command", "verify: prove that no history was changed."),
}


class Table(click.Group):
    """Loads the file of a command only when that command is called, so that none pays for another's imports."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        place = COMMANDS[cmd_name]
        command = getattr(importlib.import_module(place.module), place.name)
        if not isinstance(command, click.Command):
            raise TypeError(f"{place.module}:{place.name} is no command")
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, place.says) for name, place in COMMANDS.items()])


@click.group(cls=Table, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 130})
def citydesk() -> None:
    """Citydesk: a district's 12345 hotline desk. State lives in $CITYDESK_HOME (default ./var)."""


def main(arguments: list[str]) -> int:
    """0 on success, 1 with one sentence on stderr for a refusal, 2 for wrong usage."""
    try:
        ended = citydesk.main(arguments, prog_name="citydesk", standalone_mode=False)
    except click.ClickException as wrong:
        wrong.show()
        return 2
    except Refusal as refusal:
        print(f"citydesk: {refusal}", file=sys.stderr)
        return 1
    except (click.Abort, KeyboardInterrupt):
        return 130
    except BrokenPipeError:
        # Whoever read our output has had enough; Python's own flush at the end must not fail on it again.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    return ended if isinstance(ended, int) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
