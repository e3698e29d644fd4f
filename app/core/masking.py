"""What a person is shown of personal data before giving a reason to see all of it."""

import re
import unicodedata

AREA_LINE = re.compile(r"(0\d{2,3}-?\d{7,8})-\d{1,6}")
EXTENSION = re.compile(r"(?:转|ext\.?|x|#)\s*\d{1,6}$", re.IGNORECASE)
SEPARATORS = re.compile(r"[\s\-.()/\u2010-\u2015\u2212\u3000]")
NATIONAL = re.compile(r"(?:\+86|0086)(\d+)")
MOBILE = re.compile(r"1[3-9]\d{9}")
PHONE = re.compile(r"\+?\d{3,20}")


class NotAPhone(ValueError):
    """The text cannot be a telephone number."""


def normalise_phone(text: str) -> str:
    """One spelling per number: half-width digits, no separators, no +86 and no extension; landlines keep area code and 0."""
    plain = unicodedata.normalize("NFKC", text).strip()
    plain = EXTENSION.sub("", plain)
    extended = AREA_LINE.fullmatch(plain)
    plain = SEPARATORS.sub("", extended[1] if extended else plain)
    while national := NATIONAL.fullmatch(plain):
        plain = national[1] if MOBILE.fullmatch(national[1]) or national[1].startswith("0") else "0" + national[1]
    if len(plain) == 13 and plain.startswith("86") and MOBILE.fullmatch(plain[2:]):
        plain = plain[2:]
    if not plain.isascii() or not PHONE.fullmatch(plain):
        raise NotAPhone("not a telephone number")
    return plain


def last_four(phone: str) -> str:
    return normalise_phone(phone)[-4:]


def mask_phone(phone: str) -> str:
    """13812345678 -> 138****5678; shorter numbers keep less, and never all."""
    if len(phone) >= 11:
        return phone[:3] + "*" * (len(phone) - 7) + phone[-4:]
    return "*" * (len(phone) - 2) + phone[-2:] if len(phone) > 4 else "*" * len(phone)


def mask_id_number(number: str) -> str:
    """The first six (the place) and the last four of an identity number; anything shorter keeps its last two."""
    if len(number) >= 15:
        return number[:6] + "*" * (len(number) - 10) + number[-4:]
    return "*" * max(len(number) - 2, 1) + number[-2:] if len(number) > 2 else "*" * len(number)


def mask_name(name: str) -> str:
    """The first character: 王小明 -> 王**."""
    return name[:1] + "*" * max(len(name) - 1, 1) if name else ""
