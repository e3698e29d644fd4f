"""The ready phrases of reviewers: read once from their file, said in both languages."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path

# By gate, and `request`: pairs of Chinese and English.
PHRASES: Mapping[str, list[tuple[str, str]]] = {
    name: [(zh, en) for zh, en in rows]
    for name, rows in tomllib.loads((Path(__file__).parent / "phrases.toml").read_text(encoding="utf-8")).items()
}


def phrases_of(name: str, lang: str) -> list[str]:
    return [pair[lang == "en"] for pair in PHRASES[name]]


def with_phrase(written: str, phrase: str) -> str:
    """What is written already stays; the same phrase is not added twice."""
    if phrase in written:
        return written
    return f"{written.rstrip()} {phrase}".strip() if written.isascii() else f"{written.rstrip()}{phrase}"
