"""Grounds and effects by the words of the pack, so that everybody reads what a restriction does, and what it does not."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from app.core.system import System


def spelt(system: System, pack: str, table: str, codes: Iterable[str]) -> list[dict[str, Any]]:
    """A row that the pack no longer has is told by its code alone."""
    found = system.settings.pack(pack).tables.get(table)
    rows = {row.id: row.give for row in found.rows} if found else {}
    return [{"code": code, "zh": rows.get(code, {}).get("zh", code), "en": rows.get(code, {}).get("en", code)} for code in codes]
