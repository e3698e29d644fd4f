"""Under which condition a command may run: If-Match against the row's version, Idempotency-Key against the receipts. Nowhere else."""

from __future__ import annotations

import re
from collections.abc import Callable

from app.errors import IllFormed

# RFC 9110: entity-tag = [ "W/" ] DQUOTE *etagc DQUOTE; a list of them, separated by commas.
_TAG = re.compile(r'\s*(W/)?"([\x21\x23-\x7e\x80-\xff]*)"\s*(?:,|$)')
_KEY = re.compile(r"[\x21-\x7e]{1,200}")
_VERSION = re.compile(r"[1-9]\d{0,8}")
# No row ever has this version: a condition that cannot be met. Core says so after it has looked whether the case is seen at all.
NEVER = -1


def etag(version: int) -> str:
    return f'"{version}"'


def versions_wanted(header: str | None) -> frozenset[int] | None:
    """The versions that If-Match allows; None when there is no condition; empty when none can match (weak and foreign tags never do)."""
    if header is None or header.strip() == "*":
        return None
    wanted, at = set(), 0
    while at < len(header):
        found = _TAG.match(header, at)
        if not found:
            raise IllFormed('If-Match 必须形如 "3"（带双引号）。', 'If-Match must look like "3", with the quotes.')
        weak, tag = found.groups()
        if not weak and _VERSION.fullmatch(tag):
            wanted.add(int(tag))
        at = found.end()
    if not at:
        raise IllFormed("If-Match 不能为空。", "If-Match must not be empty.")
    return frozenset(wanted)


def expected_version(header: str | None, current: Callable[[], int]) -> int | None:
    """The one version a command expects. `current` is asked only for a list of several: if it is in the list, it is the one.

    Should the row move between that look and the lock, the lock finds out and the answer is 412, as it should be.
    """
    wanted = versions_wanted(header)
    if wanted is None:
        return None
    if len(wanted) > 1:
        now = current()
        return now if now in wanted else NEVER
    return next(iter(wanted), NEVER)


def idempotency_key(header: str | None) -> str | None:
    if header is not None and not _KEY.fullmatch(header):
        raise IllFormed(
            "Idempotency-Key 必须是 1 到 200 个可见的 ASCII 字符。", "Idempotency-Key must be 1 to 200 visible ASCII characters."
        )
    return header
