"""The hash chain of each case: what is hashed, in which form, and how a broken row is found."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import orjson

BIRTH = b"\x00" * 32
CHAINED = (
    "case_id", "seq", "root_id", "at", "recorded_at", "actor", "unit_id", "trigger", "from_state", "to_state", "fields", "inferred",
    "cause",
)  # fmt: skip


def canonical(row: Mapping[str, Any]) -> bytes:
    """The one byte form of a history row: sorted keys, UTC instants to the microsecond."""
    plain = {name: row[name].astimezone(UTC) if isinstance(row[name], datetime) else row[name] for name in CHAINED}
    return orjson.dumps(plain, option=orjson.OPT_SORT_KEYS)


def link(previous: bytes, row: Mapping[str, Any]) -> bytes:
    """The hash of a row given the hash of the row before it, SHA-256, 32 bytes."""
    return hashlib.sha256(previous + canonical(row)).digest()


def digest(salt: str, words: str) -> str:
    """What history keeps of words that may be personal: a salted digest, SHA-256 in hexadecimal."""
    return hashlib.sha256(salt.encode() + b"\x00" + words.encode()).hexdigest()


def merkle(leaves: list[bytes]) -> bytes:
    """The Merkle root of 32-byte leaves in the given order; an odd one is carried up unpaired."""
    level = leaves or [BIRTH]
    while len(level) > 1:
        pairs = [level[i : i + 2] for i in range(0, len(level), 2)]
        level = [hashlib.sha256(b"".join(pair)).digest() if len(pair) == 2 else pair[0] for pair in pairs]
    return level[0]
