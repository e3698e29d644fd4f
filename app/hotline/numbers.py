"""A ticket number says the day and is checked by its last digit; a tracking code says nothing and cannot be guessed."""

from __future__ import annotations

import re
import secrets
import unicodedata
from datetime import date
from typing import Final

# The totally anti-symmetric quasigroup of H. M. Damm: it notices every wrong digit and every swap of neighbours.
_DAMM: Final = (
    "0317598642", "7092154863", "4206871359", "1750983426", "6123045978",
    "3674209581", "5869720134", "8945362017", "9438617205", "2581436790",
)  # fmt: skip
_NUMBER: Final = re.compile(r"\d{8}\d{6,12}\d")

# Crockford's base 32: no I, L, O and U, so that each sign has one reading.
_SIGNS: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_HEARD_AS: Final = str.maketrans("OIL", "011")
_SECRET_SIGNS: Final = 18  # 90 random bits
_CHECK_PRIME: Final = 1021  # the largest prime that two signs can hold
_GROUP: Final = 4
_LOOSE: Final = re.compile(r"[\s\-·.]")


def ticket_number(day: date, serial: int) -> str:
    """The day, the serial in at least six digits, a check digit: 202503150001234. `serial` is never dealt twice, on no day."""
    if not 0 <= serial < 10**12:
        raise ValueError("a serial lies between 0 and 999999999999")
    digits = f"{day:%Y%m%d}{serial:06d}"
    return digits + _check_digit(digits)


def valid_ticket_number(text: str) -> bool:
    """Whether this can be a number of ours: shape and check digit."""
    return text.isascii() and _NUMBER.fullmatch(text) is not None and _check_digit(text) == "0"


def _check_digit(digits: str) -> str:
    state = "0"
    for digit in digits:
        state = _DAMM[int(state)][int(digit)]
    return state


def new_tracking_code() -> str:
    """Five groups of four signs to be read aloud: 90 random bits and two check signs."""
    secret = secrets.randbits(_SECRET_SIGNS * 5)
    signs = _written(secret, _SECRET_SIGNS) + _written(secret % _CHECK_PRIME, 2)
    return "-".join(signs[start : start + _GROUP] for start in range(0, len(signs), _GROUP))


def parse_tracking_code(text: str) -> str | None:
    """The code as it was issued, from what a person typed or heard; None when it cannot be a code, so that no look-up is made."""
    if len(text) > 100:
        return None
    signs = _LOOSE.sub("", unicodedata.normalize("NFKC", text)).upper().translate(_HEARD_AS)
    if len(signs) != _SECRET_SIGNS + 2 or any(sign not in _SIGNS for sign in signs):
        return None
    if _written(_read(signs[:_SECRET_SIGNS]) % _CHECK_PRIME, 2) != signs[_SECRET_SIGNS:]:
        return None
    return "-".join(signs[start : start + _GROUP] for start in range(0, len(signs), _GROUP))


def _written(value: int, width: int) -> str:
    return "".join(_SIGNS[value >> 5 * place & 31] for place in reversed(range(width)))


def _read(signs: str) -> int:
    value = 0
    for sign in signs:
        value = value << 5 | _SIGNS.index(sign)
    return value
