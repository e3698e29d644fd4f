"""Ids are dealt from blocks: one trip to the sequence for many ids, gaps are allowed, no two processes ever share one."""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock

BLOCK = 64


class IdBlocks:
    """Thread-safe. `fetch(sequence)` returns the next block number of that sequence."""

    def __init__(self, fetch: Callable[[str], int]) -> None:
        self._fetch = fetch
        self._lock = Lock()
        self._left: dict[str, tuple[int, int]] = {}

    def next(self, sequence: str = "id_blocks") -> int:
        with self._lock:
            at, end = self._left.get(sequence, (0, 0))
            if at >= end:
                at = self._fetch(sequence) * BLOCK
                end = at + BLOCK
            self._left[sequence] = (at + 1, end)
            return at
