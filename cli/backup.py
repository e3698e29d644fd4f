"""The whole system in one file: the database first, then the files it names. Keys are named in it, never contained."""

from __future__ import annotations

import os
import signal
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import click
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from app.clock import wall
from app.config import Config
from app.core.key_use import keys_in_use
from app.core.secrets import HEADER_BYTES, Keyring, key_id_of
from app.errors import Conflict, Refused, Unavailable
from cli import archive, dumps, home, migrations, stores


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def backup(file: Path) -> None:
    """Write the whole system to FILE; the keys in the state folder must be kept apart."""
    refuse_overwriting(file)
    with aside(file.absolute().parent, f".{file.name}.") as folder, stores.system("backup") as system:
        dump, half = folder / archive.DUMP, folder / "half"
        keys = keys_in_use(system)
        at, (schema, cases) = wall().isoformat(), dumped(system.config.owner_url, dump)
        keys |= keys_in_use(system) | {system.keyring.current_id()}
        needed = {key: mark for key, mark in marks(system.keyring).items() if int(key) in keys}
        manifest = archive.pack(half, dump, system.config.files_dir, archive.Contents(at, schema, cases, needed))
        refuse_overwriting(file)
        half.rename(file)
        sync(file.absolute().parent)
        shown = f"{cases} cases, {manifest.files} files, {file.stat().st_size} bytes in {file}"
        print(f"{shown}; opens with the keys {', '.join(needed)} of {system.config.keys_dir}")


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def restore(file: Path) -> None:
    """Put the system of FILE into an empty database and state folder; the keys it names must be there."""
    config = Config.from_env()
    home.prepare(config.home)
    with aside(config.home, "restore-") as folder:
        manifest = archive.unpack(file, folder)
        refuse_other_release(manifest.contents.schema)
        refuse_missing_keys(config.keys_dir, manifest.contents.keys)
        refuse_other_files(config.files_dir, folder / archive.FILES)
        with stores.empty(config, "restore") as filled:
            prepare(filled.owner_url)
            # Files first: with them in place and the database still empty, the same restore can be run again.
            give(folder / archive.FILES, config.files_dir)
            dumps.load(folder / archive.DUMP, filled.owner_url)
            stores.make_ready(filled)
    print(f"{manifest.contents.cases} cases and {manifest.files} files restored, as of {manifest.contents.at}")


@contextmanager
def aside(parent: Path, prefix: str) -> Iterator[Path]:
    """A folder that only we may read, on the disk where its contents will stay; gone afterwards, also when we are asked to end."""
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        with tempfile.TemporaryDirectory(dir=parent, prefix=prefix) as folder:
            yield Path(folder)
    except OSError as error:
        raise Unavailable(f"无法读写备份：{error}", f"the backup cannot be written or read: {error}") from error
    finally:
        signal.signal(signal.SIGTERM, before)


def refuse_overwriting(file: Path) -> None:
    if file.exists():
        raise Conflict(f"文件已存在：{file}", f"the file is there already: {file}")


def dumped(owner_url: str, dump: Path) -> tuple[str, int]:
    """The revision of the schema and the number of cases of the very state that was dumped."""
    engine = create_engine(owner_url, poolclass=NullPool, isolation_level="REPEATABLE READ")
    with migrations.reached(engine) as connection:
        snapshot = connection.execute(text("SELECT pg_export_snapshot()")).scalar_one()
        schema: str = connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one()
        cases: int = connection.execute(text("SELECT count(*) FROM cases")).scalar_one()
        dumps.dump(owner_url, snapshot, dump)
    return schema, cases


def marks(keyring: Keyring) -> dict[str, str]:
    """Each key's id with a few bytes that only this key makes, and that open nothing."""
    return {str(key_id_of(made)): made[HEADER_BYTES:].hex()[:16] for made in keyring.lookups("backup", "mark")}


def refuse_other_release(schema: str) -> None:
    known = {script.revision for script in ScriptDirectory.from_config(migrations.alembic_config()).walk_revisions()}
    if schema not in known:
        raise Refused(f"备份来自更新的版本（{schema}），请先升级程序。", f"the backup is of a newer release ({schema}): upgrade first")


def refuse_missing_keys(folder: Path, needed: Mapping[str, str]) -> None:
    """Looked for as files first, since a keyring without any key would make one of its own."""
    there = marks(Keyring(folder)) if any(folder.glob("key-*.hex")) else {}
    missing = [key for key in needed if key not in there]
    if missing:
        names = ", ".join(missing)
        raise Refused(f"缺少密钥 {names}，请先放入 {folder}。", f"keys {names} are missing; put their files into {folder}")
    other = [key for key, mark in needed.items() if there[key] != mark]
    if other:
        names = ", ".join(other)
        raise Refused(f"{folder} 中的密钥 {names} 不是备份所用的密钥。", f"keys {names} in {folder} are not those of the backup")


def refuse_other_files(folder: Path, taken: Path) -> None:
    if set(archive.stored(folder)) - set(archive.stored(taken)):
        raise Conflict(f"{folder} 中已有其他文件。", f"{folder} holds files that are not of this backup; restore into an empty folder")


def prepare(owner_url: str) -> None:
    """An empty database whose server knows the application's role."""
    with migrations.reached(create_engine(owner_url, poolclass=NullPool)) as connection, connection.begin():
        if connection.execute(text("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'")).scalar_one():
            raise Conflict("数据库不为空，不能恢复到其中。", "the database is not empty; restore into an empty one")
        migrations.make_role(connection)


def give(taken: Path, folder: Path) -> None:
    """Moves each file to its place under the same rights as the store gives."""
    for name in archive.stored(taken):
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        (taken / name).replace(target)
    for path in (folder, *folder.rglob("*")):
        if path.is_dir():
            path.chmod(0o700)
            sync(path)


def sync(folder: Path) -> None:
    """A rename is only safe once the folder that holds the name has been written."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
