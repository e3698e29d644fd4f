"""Keys live in files outside the database; every sealed value and every look-up hash names the key that made it."""

import hashlib
import hmac
import os
import re
import secrets as randomness
import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

AES_256_GCM = 1
HMAC_SHA256 = 2
KEY_BYTES = 32
NONCE_BYTES = 12
HEADER_BYTES = 5  # one byte of algorithm, four of key id
KEY_FILE = re.compile(r"key-(\d{4,9})\.hex")


class KeyUnknown(Exception):
    """A value names a key that this machine's key folder does not hold."""


class SealBroken(Exception):
    """A sealed value was changed, cut, or moved to another row or column."""


@dataclass(frozen=True, slots=True)
class _Key:
    number: int
    cipher: AESGCM
    lookup: bytes


@dataclass(frozen=True, slots=True)
class _Ring:
    stamp: int
    keys: Mapping[int, _Key]

    @property
    def current(self) -> _Key:
        return self.keys[max(self.keys)]


def header(algorithm: int, key_id: int) -> bytes:
    return bytes([algorithm]) + key_id.to_bytes(4, "big")


def key_id_of(blob: bytes) -> int:
    """The id of the key that made a sealed value or a look-up hash."""
    if len(blob) < HEADER_BYTES:
        raise SealBroken("the value is shorter than its header")
    return int.from_bytes(blob[1:HEADER_BYTES], "big")


def place(table: str, column: str, row_id: int) -> bytes:
    """The associated data of a sealed column: a value copied to another row or column does not open there."""
    return f"{table}.{column}:{row_id}".encode()


class Keyring:
    """The keys of one installation, read from a folder; a key added by another process is noticed by the folder's time stamp."""

    def __init__(self, keys_dir: Path) -> None:
        self._dir = Path(keys_dir)
        self._lock = threading.Lock()
        self._ring: _Ring | None = None

    def seal(self, plaintext: str | bytes, aad: bytes) -> bytes:
        """algorithm(1) key id(4) nonce(12) ciphertext and tag; header and aad are authenticated."""
        key = self._read().current
        nonce = os.urandom(NONCE_BYTES)
        head = header(AES_256_GCM, key.number)
        text = plaintext.encode() if isinstance(plaintext, str) else plaintext
        return head + nonce + key.cipher.encrypt(nonce, text, head + aad)

    def open(self, blob: bytes, aad: bytes) -> bytes:
        key = self._key(key_id_of(blob))
        if blob[0] != AES_256_GCM:
            raise SealBroken(f"unknown algorithm {blob[0]}")
        nonce, body = blob[HEADER_BYTES : HEADER_BYTES + NONCE_BYTES], blob[HEADER_BYTES + NONCE_BYTES :]
        try:
            return key.cipher.decrypt(nonce, body, blob[:HEADER_BYTES] + aad)
        except (InvalidTag, ValueError) as failure:
            raise SealBroken("the sealed value does not fit its place") from failure

    def open_text(self, blob: bytes, aad: bytes) -> str:
        return self.open(blob, aad).decode()

    def lookup(self, kind: str, value: str) -> bytes:
        """The hash to store beside a sealed value, under the current key."""
        return _lookup(self._read().current, kind, value)

    def lookups(self, kind: str, value: str) -> list[bytes]:
        """The hashes to search for: one under each key that rows may still carry."""
        return [_lookup(key, kind, value) for key in self._read().keys.values()]

    def key_ids(self) -> tuple[int, ...]:
        return tuple(sorted(self._read().keys))

    def current_id(self) -> int:
        return self._read().current.number

    def add_key(self) -> int:
        """A new key becomes the one that seals; the old ones stay for reading until their rows are resealed."""
        number = self.current_id() + 1
        _write_key(self._dir, number)
        return number

    def retire(self, key_id: int, still_in_use: Iterable[int]) -> None:
        """Remove a key file. Refused for the sealing key and for one that rows still name."""
        if key_id == self.current_id() or key_id in set(still_in_use):
            raise KeyInUse(key_id)
        self._key(key_id)
        self._file(key_id).unlink()

    def _file(self, number: int) -> Path:
        return self._dir / f"key-{number:04d}.hex"

    def _key(self, number: int) -> _Key:
        key = self._read().keys.get(number)
        if key is None:
            raise KeyUnknown(f"key {number} is not in the key folder")
        return key

    def _read(self) -> _Ring:
        ring = self._ring
        try:
            stamp = self._dir.stat().st_mtime_ns
        except FileNotFoundError:
            stamp = -1
        if ring is not None and ring.stamp == stamp:
            return ring
        with self._lock:
            self._ring = ring = _load(self._dir)
        return ring


class KeyInUse(Exception):
    """The key still seals, or rows still name it."""


def _lookup(key: _Key, kind: str, value: str) -> bytes:
    mac = hmac.new(key.lookup, f"{kind}\0{value}".encode(), hashlib.sha256).digest()
    return header(HMAC_SHA256, key.number) + mac


def _load(folder: Path) -> _Ring:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not _numbers(folder):
        _write_key(folder, 1)
    stamp = folder.stat().st_mtime_ns  # taken before reading, so a key added meanwhile is read the next time
    return _Ring(stamp, {number: _derive(number, folder / f"key-{number:04d}.hex") for number in _numbers(folder)})


def _numbers(folder: Path) -> list[int]:
    return sorted(int(match[1]) for file in folder.iterdir() if (match := KEY_FILE.fullmatch(file.name)))


def _derive(number: int, file: Path) -> _Key:
    master = bytes.fromhex(file.read_text().strip())
    if len(master) != KEY_BYTES:
        raise KeyUnknown(f"{file.name} does not hold a key of {KEY_BYTES} bytes")
    # One file a key, one purpose a derived key: the sealing key never serves as the look-up key.
    return _Key(number, AESGCM(_expand(master, b"seal")), _expand(master, b"lookup"))


def _expand(master: bytes, purpose: bytes) -> bytes:
    return hmac.new(master, b"citydesk:" + purpose, hashlib.sha256).digest()


def _write_key(folder: Path, number: int) -> None:
    """Written aside and linked: two processes starting at once agree on one key, and no reader sees half a file."""
    aside = folder / f".{os.getpid()}-{randomness.token_hex(4)}"
    descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(os.urandom(KEY_BYTES).hex() + "\n")
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(aside, folder / f"key-{number:04d}.hex")
    except FileExistsError:
        return  # the other process was first: its key is the key
    finally:
        aside.unlink()
