"""A file's name is shown and offered, never used as a path; the content decides what stands after its last dot."""

from __future__ import annotations

import re
import unicodedata
from typing import Final
from urllib.parse import quote

from app.core.file_types import FileType

LONGEST: Final = 120
# Besides path signs and controls: the marks that turn the writing direction can make exe.jpg of gpj.exe.
_UNSAFE: Final = re.compile(r'[\x00-\x1f\x7f-\x9f<>:"/\\|?*\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff\ufffe\uffff]')


def extension_of(name: str) -> str:
    """What stands after the last dot, lower case; empty when nothing does."""
    stem, dot, extension = name.rpartition(".")
    return extension.strip().lower() if dot and stem else ""


def clean_name(name: str, file_type: FileType) -> str:
    """The last part of the given name, without what is unsafe in a name, with the extension that the content has."""
    base = re.split(r"[/\\]", unicodedata.normalize("NFC", name.encode("utf-8", "ignore").decode()))[-1]
    base = " ".join(_UNSAFE.sub(" ", base).split()).strip(". ")
    extension = extension_of(base)
    stem = base[: -len(extension) - 1] if extension else base
    if extension != file_type.extension and extension not in file_type.also:
        stem, extension = (stem if _looks_like_extension(extension) else base), file_type.extension
    return f"{stem[:LONGEST].strip('. ') or '附件'}.{extension}"


def _looks_like_extension(text: str) -> bool:
    return text.isascii() and text.isalnum() and len(text) <= 5 and not text.isdecimal()


def download_headers(name: str, media_type: str, size: int) -> dict[str, str]:
    """Always a download and never a page: no browser guesses another type, runs it, or keeps it."""
    extension = extension_of(name)
    plain = f"attachment.{extension}" if extension.isascii() else "attachment"
    return {
        "Content-Type": media_type,
        "Content-Length": str(size),
        "Content-Disposition": f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}",
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "sandbox; default-src 'none'",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Cache-Control": "private, no-store",
    }
