"""The one file of a backup: the dump first, then the stored files, last the manifest by which a reader knows that it is whole."""

from __future__ import annotations

import hashlib
import io
import json
import os
import re
import shutil
import tarfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from app.core.file_store import NAME
from app.errors import IllFormed

FORMAT = "citydesk-backup-1"
DUMP, FILES, MANIFEST = "database.dump", "files", "manifest.json"
OURS = re.compile(rf"{re.escape(DUMP)}|{re.escape(MANIFEST)}|{FILES}/[0-9a-f]{{2}}/[0-9a-f]{{2}}/{NAME.pattern}")


@dataclass(frozen=True, slots=True)
class Contents:
    """What the dump holds. `keys` are the ids of the keys that open it, each with a mark that tells it from another key."""

    at: str
    schema: str
    cases: int
    keys: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Manifest:
    contents: Contents
    files: int
    files_sha256: str
    dump_sha256: str
    format: str = FORMAT


def pack(target: Path, dump: Path, store: Path, contents: Contents) -> Manifest:
    """Writes the file and sees it safely on disk. Only its owner may read it: a dump holds what citizens wrote."""
    descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as out:
        with tarfile.open(fileobj=out, mode="w") as archive:
            archive.add(dump, DUMP)
            files, digest = 0, hashlib.sha256()
            for name in stored(store):
                try:
                    content = (store / name).read_bytes()
                except FileNotFoundError:  # The sweep removed it meanwhile: no row of ours named it any more.
                    continue
                put(archive, f"{FILES}/{name}", content)
                files += 1
                digest.update(line(name, content))
            manifest = Manifest(contents, files, digest.hexdigest(), digest_of(dump))
            put(archive, MANIFEST, json.dumps(asdict(manifest), ensure_ascii=False, indent=1).encode())
        out.flush()
        os.fsync(out.fileno())
    return manifest


def unpack(file: Path, folder: Path) -> Manifest:
    """Unpacks what we packed into the folder; a file that is cut, changed or of another kind is refused."""
    try:
        with tarfile.open(file, "r:") as archive:
            for member in archive:
                take(archive, member, folder)
        manifest = read(json.loads((folder / MANIFEST).read_text(encoding="utf-8")))
        whole = digest_of(folder / DUMP) == manifest.dump_sha256 and (manifest.files, manifest.files_sha256) == counted(folder / FILES)
    except (tarfile.TarError, FileNotFoundError, ValueError, KeyError, TypeError) as error:
        raise IllFormed(f"备份文件无法读取：{file}", f"the backup is damaged, cut, or no backup: {file}") from error
    if not whole:
        raise IllFormed(f"备份文件已损坏：{file}", f"the backup is damaged: {file}")
    return manifest


def take(archive: tarfile.TarFile, member: tarfile.TarInfo, folder: Path) -> None:
    """Only plain files under the names that we give: an archive of somebody's making reaches no other place."""
    content = archive.extractfile(member) if member.isreg() and OURS.fullmatch(member.name) else None
    if content is None:
        raise ValueError(member.name)
    target = folder / member.name
    target.parent.mkdir(parents=True, exist_ok=True)
    with content, target.open("wb") as out:
        shutil.copyfileobj(content, out)
    target.chmod(0o600)


def read(told: dict[str, Any]) -> Manifest:
    if told["format"] != FORMAT:
        raise ValueError(told["format"])
    return Manifest(**{**told, "contents": Contents(**told["contents"])})


def put(archive: tarfile.TarFile, name: str, content: bytes) -> None:
    info = tarfile.TarInfo(name)
    info.size, info.mode = len(content), 0o600
    archive.addfile(info, io.BytesIO(content))


def stored(store: Path) -> list[str]:
    """The names of the stored files, by which a half-written one is left out."""
    return sorted(path.relative_to(store).as_posix() for path in store.glob("*/*/*") if NAME.fullmatch(path.name))


def counted(store: Path) -> tuple[int, str]:
    digest = hashlib.sha256()
    names = stored(store)
    for name in names:
        digest.update(line(name, (store / name).read_bytes()))
    return len(names), digest.hexdigest()


def line(name: str, content: bytes) -> bytes:
    return name.encode() + b" " + hashlib.sha256(content).digest()


def digest_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
