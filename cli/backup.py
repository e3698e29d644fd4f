"""The whole system in one file: the database first, then the files it names. Keys are named in it, never contained."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
from sqlalchemy import URL, create_engine, make_url, text
from sqlalchemy.pool import NullPool

from app.clock import wall
from app.config import Config
from app.core.secrets import Keyring
from app.core.system import System
from app.errors import Conflict, IllFormed, Refused, Unavailable
from cli import stores
from cli.servers import place

FORMAT = "citydesk-backup-1"
DUMP = "database.dump"
MANIFEST = "manifest.json"
HOURS = 6 * 3600


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def backup(file: Path) -> None:
    """Write the whole system to FILE; the keys in the state folder must be kept apart."""
    if file.exists():
        raise Conflict(f"文件已存在：{file}", f"the file is there already: {file}")
    half = file.with_name(file.name + ".part")
    with stores.system("backup") as system, tempfile.TemporaryDirectory(dir=file.absolute().parent) as folder:
        dump = Path(folder) / DUMP
        program("pg_dump", "--format=custom", "--no-owner", f"--file={dump}", url=system.config.owner_url)
        manifest = describe(system, dump)
        with tarfile.open(half, "w") as archive:
            path = Path(folder) / MANIFEST
            path.write_text(json.dumps(manifest, ensure_ascii=False, indent=1), encoding="utf-8")
            archive.add(path, MANIFEST)
            archive.add(dump, DUMP)
            for stored in contents(system.config.files_dir):
                archive.add(stored, f"files/{stored.relative_to(system.config.files_dir)}")
    with half.open("rb") as written:
        os.fsync(written.fileno())
    half.rename(file)
    keys = ", ".join(str(key) for key in manifest["keys"])
    print(f"{manifest['cases']} cases, {manifest['files']} files, {file.stat().st_size} bytes in {file}; needs the keys {keys}")


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def restore(file: Path) -> None:
    """Put the system of FILE into an empty database and state folder; the keys it names must be there."""
    config = Config.from_env()
    with stores.empty(config, "restore") as filled, tempfile.TemporaryDirectory(dir=config.home) as folder:
        manifest = unpack(file, Path(folder))
        needed = set(manifest["keys"]) - set(Keyring(config.keys_dir).key_ids() if config.keys_dir.exists() else ())
        if needed:
            names = ", ".join(str(key) for key in sorted(needed))
            raise Refused(f"缺少密钥 {names}，请先放入 {config.keys_dir}。", f"keys {names} are missing; put them into {config.keys_dir}")
        refuse_unless_empty(filled.owner_url)
        program("pg_restore", "--no-owner", "--exit-on-error", "--single-transaction", "--dbname", url=filled.owner_url,
                last=str(Path(folder) / DUMP))  # fmt: skip
        taken = Path(folder) / "files"
        if taken.exists():
            config.files_dir.parent.mkdir(parents=True, exist_ok=True)
            taken.rename(config.files_dir)
    print(f"{manifest['cases']} cases and {manifest['files']} files restored, as of {manifest['at']}")


def describe(system: System, dump: Path) -> dict[str, Any]:
    engine = create_engine(system.config.owner_url, poolclass=NullPool)
    with engine.connect() as connection:
        cases = connection.execute(text("SELECT count(*) FROM cases")).scalar_one()
    return {
        "format": FORMAT, "at": wall().isoformat(), "cases": cases, "files": sum(1 for _ in contents(system.config.files_dir)),
        "keys": list(system.keyring.key_ids()), "dump_sha256": digest_of(dump),
    }  # fmt: skip


def contents(folder: Path) -> Iterator[Path]:
    """The stored files; what is still being written has another name and is left out."""
    return (path for path in sorted(folder.rglob("*")) if path.is_file() and not path.name.endswith((".tmp", ".part")))


def digest_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def unpack(file: Path, folder: Path) -> dict[str, Any]:
    """Unpacks what we packed, and nothing that points outside of the folder."""
    try:
        with tarfile.open(file, "r") as archive:
            archive.extractall(folder, filter="data")
        manifest: dict[str, Any] = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (tarfile.TarError, OSError, ValueError) as error:
        raise IllFormed(f"备份文件无法读取：{file}", f"the backup cannot be read: {file}") from error
    if manifest.get("format") != FORMAT or digest_of(folder / DUMP) != manifest["dump_sha256"]:
        raise IllFormed(f"备份文件已损坏或版本不符：{file}", f"the backup is damaged or of another version: {file}")
    return manifest


def refuse_unless_empty(owner_url: str) -> None:
    engine = create_engine(owner_url, poolclass=NullPool)
    with engine.connect() as connection:
        tables = connection.execute(text("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'")).scalar_one()
    if tables:
        raise Conflict("数据库不为空，不能恢复到其中。", "the database is not empty; restore into an empty one")


def program(name: str, *options: str, url: str, last: str | None = None) -> None:
    """One of PostgreSQL's own programs on our database. The password, if there is one, travels in the environment."""
    address: URL = make_url(url).set(drivername="postgresql")
    env = dict(os.environ) | ({"PGPASSWORD": str(address.password)} if address.password else {})
    shown = address.set(password=None).render_as_string(hide_password=False)
    line = [str(place.postgres_program(name)), *options, shown, *([last] if last else [])]
    done = subprocess.run(line, env=env, capture_output=True, text=True, timeout=HOURS, check=False)
    if done.returncode:
        said = done.stderr.strip().splitlines()[-1:] or [""]
        raise Unavailable(f"{name} 失败：{said[0]}", f"{name} failed: {said[0]}")


