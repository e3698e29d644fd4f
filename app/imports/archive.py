"""What a compressed file may cost is checked before it is opened: a workbook or a gzip stream never grows past its limits."""

from __future__ import annotations

import gzip
import io
import zipfile
import zlib
from pathlib import Path
from typing import IO

from app.errors import IllFormed, Refusal, TooLarge

MEBIBYTE = 1024 * 1024
# A workbook of a million rows unpacks to about half a gibibyte; what claims more is not a day's orders.
MAX_UNPACKED = 1024 * MEBIBYTE
MAX_ENTRIES = 4096
# Ordinary sheets shrink 5 to 30 times; a part that shrinks 200 times is made of repetition. Small parts cost nothing.
MAX_RATIO = 200
RATIO_FROM = 8 * MEBIBYTE

ZIP_MAGIC = b"PK\x03\x04"
GZIP_MAGIC = b"\x1f\x8b"
OLE_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def damaged(path: Path) -> IllFormed:
    return IllFormed(f"文件“{path.name}”已损坏，无法读取。", f'The file "{path.name}" is damaged and cannot be read.')


def _bomb(path: Path) -> TooLarge:
    return TooLarge(
        f"文件“{path.name}”解压后过大（疑似压缩炸弹），未打开。",
        f'The file "{path.name}" would unpack far beyond its size (a zip bomb?); it was not opened.',
    )


def magic_of(path: Path) -> bytes:
    """The first eight bytes, from which the kind of a file is known; its name may lie."""
    try:
        with path.open("rb") as stream:
            return stream.read(8)
    except FileNotFoundError:
        raise IllFormed(f"文件“{path}”不存在。", f'There is no file "{path}".') from None
    except OSError as error:
        raise IllFormed(f"文件“{path}”不能读取：{error.strerror}。", f'"{path}" cannot be read: {error.strerror}.') from None


def check_workbook(path: Path) -> None:
    """Refuse a workbook that is damaged or that would unpack beyond the limits, from its directory alone."""
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError, EOFError, OSError):
        raise damaged(path) from None
    names = [entry.filename for entry in entries]
    if len(entries) > MAX_ENTRIES or len(set(names)) != len(names):
        raise _bomb(path)
    # Parts that overlap share their compressed bytes: together they claim more than the file has.
    if sum(entry.compress_size for entry in entries) > path.stat().st_size:
        raise _bomb(path)
    if sum(entry.file_size for entry in entries) > MAX_UNPACKED or any(_too_dense(entry) for entry in entries):
        raise _bomb(path)
    if any(entry.flag_bits & 0x1 for entry in entries):
        raise locked(path)
    if "[Content_Types].xml" not in names:
        raise IllFormed(f"文件“{path.name}”不是 xlsx 工作簿。", f'The file "{path.name}" is not an xlsx workbook.')


def _too_dense(entry: zipfile.ZipInfo) -> bool:
    return entry.file_size > RATIO_FROM and entry.file_size > MAX_RATIO * max(entry.compress_size, 1)


def locked(path: Path) -> Refusal:
    return IllFormed(
        f"文件“{path.name}”是加密文件或旧版 xls，请去掉密码另存为 xlsx。",
        f'The file "{path.name}" is encrypted or an old xls; save it as xlsx without a password.',
    )


class _Gunzip(io.RawIOBase):
    """Unpacks while it is read and stops at the limits, so that a gzip bomb costs what was read of it and no more."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._packed = path.stat().st_size
        self._stream = gzip.GzipFile(path)
        self._given = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        try:
            piece = self._stream.read(len(buffer))
        except (EOFError, zlib.error, gzip.BadGzipFile):
            raise damaged(self._path) from None
        self._given += len(piece)
        if self._given > MAX_UNPACKED or (self._given > RATIO_FROM and self._given > MAX_RATIO * self._packed):
            raise _bomb(self._path)
        buffer[: len(piece)] = piece
        return len(piece)

    def close(self) -> None:
        self._stream.close()
        super().close()


def open_bytes(path: Path, magic: bytes) -> IO[bytes]:
    """The bytes of a text file, unpacked when it is gzip."""
    if magic.startswith(GZIP_MAGIC):
        return io.BufferedReader(_Gunzip(path), buffer_size=MEBIBYTE)
    return path.open("rb", buffering=MEBIBYTE)
