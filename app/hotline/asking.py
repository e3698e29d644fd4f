"""What asks for a list, and what is chosen of it: conditions and their parameters, as the filters put them together."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from app.core.actors import Actor
from app.core.system import System
from app.hotline.reference import Reference
from app.hotline.search_tokens import Query


@dataclass(frozen=True, slots=True)
class Asked:
    """By whom, when, and by which names a list is asked for."""

    system: System
    actor: Actor
    named: Reference
    now: datetime


@dataclass(frozen=True, slots=True)
class Offer:
    """Ids that an index of words offers, and the condition by which a walk through the newest meets the same rows."""

    select: str
    condition: str


@dataclass(slots=True)
class Chosen:
    """The conditions of a list and their parameters. `query` must be found again, exactly, in each candidate's text."""

    conditions: list[str]
    params: dict[str, Any]
    given: Mapping[str, Any] = field(default_factory=dict)
    offers: list[Offer] = field(default_factory=list)
    query: Query | None = None

    @property
    def where(self) -> str:
        return " AND ".join(self.conditions) or "true"


Filter = Callable[[Asked, Chosen, Any], str]
