"""Files lie sealed under a name that only a key holder can compute from their content; a file is whole or it is not there."""

from __future__ import annotations

import hashlib
import os
import re
import secrets
from collections.abc import Iterator
from pathlib import Path

from app.core.secrets import Keyring, key_id_of

NAME = re.compile(r"[0-9a-f]{74}")
PURPOSE = "file"


class FileStore:
    """`folder` is made when first written to. Equal content has one name as long as its key is in the key folder."""

    def __init__(self, folder: Path, keyring: Keyring) -> None:
        self._folder = folder
        self._keyring = keyring

    def put(self, data: bytes) -> str:
        """Writes the content, unless it is there already, and returns its name. When this returns, the file survives a power cut."""
        digest = hashlib.sha256(data).hexdigest()
        for known in self._keyring.lookups(PURPOSE, digest):
            if self._touch(known.hex()):
                return known.hex()
        name = self._keyring.lookup(PURPOSE, digest).hex()
        self._write(name, self._keyring.seal(data, name.encode()))
        return name

    def get(self, name: str) -> bytes:
        """The content. Raises FileNotFoundError, or SealBroken when the file was changed or took another's place."""
        return self._keyring.open(self.path(name).read_bytes(), name.encode())

    def exists(self, name: str) -> bool:
        return self.path(name).is_file()

    def remove(self, name: str) -> None:
        self.path(name).unlink(missing_ok=True)

    def reseal(self, name: str) -> int:
        """Seals the file under the current key and returns the key's id; the name stays, so that rows need not change it."""
        if key_id_of(self.path(name).read_bytes()[:5]) != self._keyring.current_id():
            self._write(name, self._keyring.seal(self.get(name), name.encode()))
        return self._keyring.current_id()

    def key_id(self, name: str) -> int:
        with self.path(name).open("rb") as file:
            return key_id_of(file.read(5))

    def path(self, name: str) -> Path:
        """Two levels of folders keep each of them small. Names are ours; anything else would be a path of somebody's choosing."""
        if not NAME.fullmatch(name):
            raise ValueError("not the name of a stored file")
        return self._folder / name[10:12] / name[12:14] / name

    def walk(self) -> Iterator[tuple[Path, float]]:
        """Every file below the folder with the time of its last upload, half-written ones included."""
        for path in self._folder.glob("*/*/*"):
            try:
                yield path, path.stat().st_mtime
            except FileNotFoundError:
                continue

    def _touch(self, name: str) -> bool:
        """Another upload of the same content makes the file young again, so that the sweep leaves it alone."""
        try:
            os.utime(self.path(name))
        except FileNotFoundError:
            return False
        return True

    def _write(self, name: str, sealed: bytes) -> None:
        target = self.path(name)
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        aside = target.with_name(f"{name}.{secrets.token_hex(4)}.part")
        descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(sealed)
                file.flush()
                os.fsync(file.fileno())
            aside.replace(target)
        finally:
            aside.unlink(missing_ok=True)
        for folder in (target.parent, target.parent.parent, self._folder):
            _sync_folder(folder)


def _sync_folder(folder: Path) -> None:
    """The rename itself is only safe once the folder that holds the name has been written."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
