"""Whose numbers a reader is told: the whole centre's, those of his units, or none."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from app.core.actors import Actor
from app.core.visibility import OF_UNITS, predicate, sees_all
from app.errors import Forbidden

WHOLE = 0
# The administrator sees no demand by that, only how many there are.
COUNTS_ALL = frozenset({"admin"})
WALL = frozenset({"leader", "supervisor", "duty_officer", "admin"})


@dataclass(frozen=True, slots=True)
class Scope:
    """`units` are those under which figures stand: the whole centre's, or one's own."""

    whole: bool
    units: tuple[int, ...]

    @property
    def name(self) -> str:
        return "whole" if self.whole else "units"


def scope_of(actor: Actor) -> Scope:
    if sees_all(actor) or not actor.roles.isdisjoint(COUNTS_ALL):
        return Scope(True, (WHOLE,))
    return Scope(False, () if actor.roles.isdisjoint(OF_UNITS) else tuple(sorted(actor.units)))


def seen(actor: Actor, root_column: str = "c.root_id") -> tuple[str, dict[str, Any]]:
    """The condition of visibility for what is only counted; what is shown one by one asks the predicate itself."""
    return ("true", {}) if scope_of(actor).whole else predicate(actor, root_column)


def may_open_wall(actor: Actor) -> None:
    if actor.kind != "system" and actor.roles.isdisjoint(WALL):
        zh = "大屏由领导、督办员、值班员或系统管理员打开。"
        en = "Leaders, supervisors, duty officers and administrators open the wall screen."
        raise Forbidden(zh, en)
