"""How much waits behind each tab of a desk, in one question for all of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.web.look import Look


def counts_of(look: Look, desk: str) -> dict[str, Mapping[str, Any]]:
    """By the names of the tabs; a list that has no end, as of what is decided, has no number."""
    return {item["code"]: item for item in look.get("/overview/tabs", {"desk": desk})["items"]}
