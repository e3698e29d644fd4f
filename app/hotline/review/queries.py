"""Reading the findings of a ticket, by whoever looks before deciding: nothing is locked, nothing is written."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from app.core.actors import Actor
from app.core.bus import transaction
from app.core.gather import Gather
from app.core.root import Case, Root
from app.core.system import System
from app.hotline.queries import read_case
from app.hotline.review.facts import findings_of, share_under_review
from app.hotline.review.findings import Finding
from workflows.review_fields import FAILS, GATE_WORDS


def seen_in(system: System, actor: Actor, root: Root, share: Case | None, draft: Mapping[str, Any]) -> list[Finding]:
    with transaction(system, actor) as tx:
        return findings_of(Gather(tx, root, root.top(), {}, actor), share, draft)


def failing(findings: Iterable[Finding]) -> list[str]:
    """The gates at which approving needs a reason."""
    failed = {finding.gate for finding in findings if finding.severity == FAILS}
    return [gate for gate in GATE_WORDS if gate in failed]


def failing_gates(system: System, actor: Actor, ticket_id: int) -> list[str]:
    """Raises Unseen for a ticket that this actor may not see."""
    root = read_case(system, actor, "ticket", ticket_id)
    return failing(seen_in(system, actor, root, share_under_review(root), {}))
