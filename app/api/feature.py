"""What a feature brings to the composition root: its kinds of case, its verbs, its reactions, and its doors."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Engine

from app.api.doors import Door
from app.core.registry import Chore, Kind, Loader, Reaction
from app.core.system import System


def no_kinds(engine: Engine) -> Sequence[Kind]:
    return ()


def no_doors(system: System) -> Sequence[Door]:
    return ()


@dataclass(frozen=True)
class Feature:
    """One line of the composition root. `kinds(engine)` may look up units and categories in the database that `engine` leads to.
    `facts` are loaders for kinds of earlier features, by kind and fact: what their guards ask of this feature without knowing it.
    `chores` are done once in a while by every tick process; `gauges` are numbers for its health, as SQL."""

    kinds: Callable[[Engine], Sequence[Kind]] = no_kinds
    handlers: Mapping[Any, Any] = field(default_factory=dict)
    reactions: Sequence[Reaction] = ()
    doors: Callable[[System], Sequence[Door]] = no_doors
    facts: Mapping[str, Mapping[str, Loader]] = field(default_factory=dict)
    chores: Sequence[Chore] = ()
    gauges: Mapping[str, str] = field(default_factory=dict)
