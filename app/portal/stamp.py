"""A form's stamp says when we handed it out and whether a question is put; nobody else can write one, and nothing of it is stored."""

from __future__ import annotations

import hmac
import re
import unicodedata
import uuid
from dataclasses import dataclass, replace

from app.core.secrets import Keyring

FORM, QUESTION = "portal_form", "portal_question"
KEY = re.compile(r"[0-9a-f]{32}")
WRITTEN = re.compile(r"(\d{1,12})\.([01])\.([0-9a-f]{74})")
DIGITS_ZH = "零一二三四五六七八九"
DIGITS_EN = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


@dataclass(frozen=True, slots=True)
class Stamp:
    """`key` makes sending twice do the thing once; `at` is in seconds since 1970; `asked` wants an answer to the form's question."""

    key: str
    at: int
    asked: bool = False

    def put(self) -> Stamp:
        """From now on this form must answer."""
        return replace(self, asked=True)


def fresh(at: int, asked: bool = False) -> Stamp:
    return Stamp(uuid.uuid4().hex, at, asked)


def written(keyring: Keyring, stamp: Stamp) -> str:
    return f"{stamp.at}.{stamp.asked:d}.{keyring.lookup(FORM, signed(stamp)).hex()}"


def read(keyring: Keyring, key: str, text: str) -> Stamp | None:
    """The stamp of a form as it came back; None when it is not one of ours, or belongs to another form."""
    parts = WRITTEN.fullmatch(text)
    if parts is None or not KEY.fullmatch(key):
        return None
    stamp = Stamp(key, int(parts[1]), parts[2] == "1")
    ours = any(hmac.compare_digest(parts[3], known.hex()) for known in keyring.lookups(FORM, signed(stamp)))
    return stamp if ours else None


def signed(stamp: Stamp) -> str:
    return f"{stamp.key} {stamp.at} {stamp.asked:d}"


def terms(keyring: Keyring, key: str) -> list[tuple[int, int]]:
    """The two digits of a form's question; after a change of keys the former question may still be answered."""
    return [(mac[-1] % 8 + 2, mac[-2] % 8 + 2) for mac in (keyring.lookup(QUESTION, key), *keyring.lookups(QUESTION, key))]


def question(keyring: Keyring, key: str, lang: str) -> str:
    """In words, so that a reader of the screen says it, and it needs no picture."""
    one, other = terms(keyring, key)[0]
    if lang == "en":
        return f"What is {DIGITS_EN[one]} plus {DIGITS_EN[other]}? Answer with a number."
    return f"{DIGITS_ZH[one]}加{DIGITS_ZH[other]}等于几？请填数字。"


def right(keyring: Keyring, key: str, answer: str) -> bool:
    plain = unicodedata.normalize("NFKC", answer).strip()
    return plain.isdecimal() and len(plain) < 4 and int(plain) in {one + other for one, other in terms(keyring, key)}
