"""The list of restricted callers is no reading matter: it opens to those who answer the line and to who decides."""

from __future__ import annotations

from app.core.actors import Actor
from app.errors import Forbidden

NAMED = frozenset({"agent", "callback_agent", "dispatcher", "supervisor", "auditor", "system"})


def may_open(actor: Actor) -> None:
    if actor.roles.isdisjoint(NAMED):
        raise Forbidden(
            "限制来电名单只向话务、回访、派单、督办和审计人员开放。", "The list of restricted callers is open to named roles only."
        )
