"""How a call is told: the contract's first clients say whether the citizen was reached, a callback says how the call ended."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def as_call(fields: Mapping[str, Any]) -> dict[str, Any]:
    """`reached: false` is a call that nobody answered; who says both keeps what he says of the call."""
    told = dict(fields)
    reached = told.pop("reached", None)
    if reached is not None:
        told.setdefault("call_outcome", "reached" if reached else "no_answer")
    return told
