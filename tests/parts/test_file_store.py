"""A stored file is sealed, whole, found again by its content, and opens only under its own name."""

import os
import time
from pathlib import Path

import pytest

from app.core.file_store import FileStore
from app.core.secrets import Keyring, SealBroken


@pytest.fixture
def keyring(tmp_path: Path) -> Keyring:
    return Keyring(tmp_path / "keys")


@pytest.fixture
def store(tmp_path: Path, keyring: Keyring) -> FileStore:
    return FileStore(tmp_path / "files", keyring)


def test_what_was_put_is_got_and_lies_sealed(store: FileStore) -> None:
    name = store.put(b"evidence of noise")
    path = store.path(name)
    assert store.get(name) == b"evidence of noise" and b"noise" not in path.read_bytes()
    assert path.stat().st_mode & 0o777 == 0o600 and path.parent.stat().st_mode & 0o777 == 0o700


def test_equal_content_is_stored_once_and_grows_young_again(store: FileStore) -> None:
    name = store.put(b"same")
    os.utime(store.path(name), (1, 1))
    assert store.put(b"same") == name and store.put(b"other") != name
    assert [path.name for path, at in store.walk() if at > time.time() - 60].count(name) == 1 and len(list(store.walk())) == 2


def test_the_name_tells_nothing_without_the_key(store: FileStore, tmp_path: Path) -> None:
    elsewhere = FileStore(tmp_path / "other-files", Keyring(tmp_path / "other-keys"))
    assert elsewhere.put(b"same") != store.put(b"same")


def test_a_changed_or_exchanged_file_does_not_open(store: FileStore) -> None:
    first, second = store.put(b"first"), store.put(b"second")
    store.path(first).write_bytes(store.path(second).read_bytes())
    with pytest.raises(SealBroken):
        store.get(first)
    sealed = bytearray(store.path(second).read_bytes())
    sealed[-1] ^= 1
    store.path(second).write_bytes(sealed)
    with pytest.raises(SealBroken):
        store.get(second)


def test_a_write_that_fails_leaves_nothing(store: FileStore, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError("no space left")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="no space"):
        store.put(b"too much")
    assert list(store.walk()) == []


def test_after_a_new_key_old_files_open_and_are_found_and_can_be_resealed(store: FileStore, keyring: Keyring) -> None:
    name = store.put(b"old")
    second = keyring.add_key()
    assert store.get(name) == b"old" and store.put(b"old") == name and store.key_id(name) == 1
    assert store.reseal(name) == second == store.key_id(name) and store.get(name) == b"old"
    keyring.retire(1, still_in_use=[])
    assert store.get(name) == b"old"


@pytest.mark.parametrize("name", ["", "../../etc/passwd", "a" * 73, "A" * 74, "g" * 74, "/" * 74, "a" * 74 + "\n"])
def test_no_other_name_becomes_a_path(store: FileStore, name: str) -> None:
    with pytest.raises(ValueError, match="not the name"):
        store.get(name)


def test_a_missing_file_is_said_to_be_missing(store: FileStore) -> None:
    assert not store.exists("a" * 74)
    with pytest.raises(FileNotFoundError):
        store.get("a" * 74)
    store.remove("a" * 74)
