"""Passwords are argon2id; a weak one is refused with the rule that it breaks."""

from __future__ import annotations

import unicodedata
from datetime import datetime, timedelta
from functools import lru_cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from argon2.low_level import Type

from app.config import Config
from app.errors import Refused
from app.people.policy import Policy

MAX_LENGTH = 128  # longer ones would only make the hash work


@lru_cache(maxsize=2)
def _hasher(cheap: bool) -> PasswordHasher:
    if cheap:
        return PasswordHasher(time_cost=1, memory_cost=8, parallelism=1, type=Type.ID)
    return PasswordHasher(time_cost=3, memory_cost=64 * 1024, parallelism=4, type=Type.ID)


@lru_cache(maxsize=2)
def _nobodys(cheap: bool) -> str:
    return _hasher(cheap).hash("nobody has this password")


def hash_password(config: Config, password: str) -> str:
    return _hasher(config.cheap_passwords).hash(_plain(password))


def verify_password(config: Config, stored: str | None, password: str) -> bool:
    """Takes as long for an unknown account as for a known one, so that the time tells nothing."""
    try:
        right = _hasher(config.cheap_passwords).verify(stored or _nobodys(config.cheap_passwords), _plain(password))
    except (VerificationError, InvalidHashError):
        return False
    return right and stored is not None


def needs_rehash(config: Config, stored: str) -> bool:
    return _hasher(config.cheap_passwords).check_needs_rehash(stored)


def expired(policy: Policy, set_at: datetime, now: datetime) -> bool:
    return policy.password_days > 0 and now >= set_at + timedelta(days=policy.password_days)


def check_policy(policy: Policy, password: str, username: str) -> None:
    """Long enough, of enough classes (lower, upper, digit, other), not built around the account's own name."""
    plain = _plain(password)
    if not policy.min_length <= len(plain) <= MAX_LENGTH:
        raise Refused(
            f"密码长度应为 {policy.min_length} 至 {MAX_LENGTH} 个字符。",
            f"A password has {policy.min_length} to {MAX_LENGTH} characters.",
        )
    if len({_class(character) for character in plain}) < policy.classes:
        raise Refused(
            f"密码须包含大写字母、小写字母、数字、其他字符中的至少 {policy.classes} 类。",
            f"A password needs at least {policy.classes} of: capital letters, small letters, digits, other characters.",
        )
    if username.casefold() in plain.casefold():
        raise Refused("密码不得包含用户名。", "A password must not contain the user name.")


def _plain(password: str) -> str:
    """One spelling for one key press: full-width and half-width, composed and decomposed."""
    return unicodedata.normalize("NFKC", password)


def _class(character: str) -> str:
    if character.isdecimal():
        return "digit"
    if character.isupper():
        return "upper"
    return "lower" if character.islower() else "other"
