"""One-time codes by RFC 6238 (six digits, thirty seconds, SHA-1 as every authenticator has it), recovery codes, and what a phone scans."""

from __future__ import annotations

import base64
import hashlib
import hmac
import io
import secrets
import unicodedata
from datetime import datetime
from urllib.parse import quote

import segno
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.hotp import HOTP

ISSUER = "Citydesk 12345"
SECRET_BYTES, DIGITS, SECONDS, DRIFT = 20, 6, 30, 1
RECOVERY_CODES = 8
# Sixteen of 32 characters are 80 random bits: too many to be guessed, so that a fast digest of them may be kept.
ALPHABET, GROUPS, GROUP = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ", 4, 4


def new_secret() -> bytes:
    return secrets.token_bytes(SECRET_BYTES)


def base32(secret: bytes) -> str:
    """As it is typed into an authenticator that cannot scan."""
    return base64.b32encode(secret).decode()


def uri_of(secret: bytes, username: str) -> str:
    label = f"{quote(ISSUER)}:{quote(username, safe='')}"
    return f"otpauth://totp/{label}?secret={base32(secret)}&issuer={quote(ISSUER)}&algorithm=SHA1&digits={DIGITS}&period={SECONDS}"


def code_at(secret: bytes, step: int) -> str:
    return HOTP(secret, DIGITS, SHA1()).generate(step).decode()


def step_of(secret: bytes, code: str, now: datetime, last_step: int) -> int | None:
    """The step that a code belongs to: the present one or a neighbour, and later than the last that was accepted."""
    given, present = plain(code).encode(), int(now.timestamp()) // SECONDS
    steps = [step for step in range(present - DRIFT, present + DRIFT + 1) if step > last_step]
    # All of them are compared, so that the time does not tell which one was near.
    fitting = [step for step in steps if hmac.compare_digest(code_at(secret, step).encode(), given)]
    return max(fitting, default=None)


def new_recovery_codes() -> list[str]:
    def group() -> str:
        return "".join(secrets.choice(ALPHABET) for _ in range(GROUP))

    return ["-".join(group() for _ in range(GROUPS)) for _ in range(RECOVERY_CODES)]


def recovery_digest(user_id: int, code: str) -> bytes:
    """Bound to its account; spaces, hyphens and small letters make no difference."""
    return hashlib.sha256(f"recovery:{user_id}:{plain(code)}".encode()).digest()


def plain(code: str) -> str:
    """What was meant by what was typed, full width or half."""
    return "".join(unicodedata.normalize("NFKC", code).upper().replace("-", " ").split())


def qr_svg(uri: str) -> str:
    """The URI as a drawing to be scanned, dark on white on every ground; made of attributes, since pages allow no inline style."""
    drawn = io.BytesIO()
    code = segno.make(uri, error="m", micro=False)
    code.save(drawn, kind="svg", xmldecl=False, nl=False, omitsize=True, border=4, dark="#000", light="#fff", svgclass="qr", lineclass=None)
    return drawn.getvalue().decode()
