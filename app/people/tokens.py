"""A token is 256 random bits shown once; the database holds its SHA-256, which is enough because it cannot be guessed."""

from __future__ import annotations

import hashlib
import re
import secrets

PREFIX = {"api": "cd_", "session": "cs_"}
SHAPE = re.compile(r"c[ds]_[A-Za-z0-9_-]{43}")


def new_token(kind: str) -> str:
    return PREFIX[kind] + secrets.token_urlsafe(32)


def looks_like_token(token: str) -> bool:
    return SHAPE.fullmatch(token) is not None


def token_digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
