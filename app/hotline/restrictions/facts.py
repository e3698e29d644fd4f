"""What may be asked when a caller is to be restricted: the grounds and effects that the pack names, and for how long at most."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from sqlalchemy import Engine

from app.core.gather import Gather
from app.core.registry import Kind
from app.core.root import Case, Root
from app.hotline.pack_facts import rows_of, until

COLUMNS = (
    "phone_hash", "phone_sealed", "shown_sealed", "ticket_id", "ground", "effect", "restricted_until", "proposed_by", "approved_by",
    "approved_at", "ended_by", "ended_at",
)  # fmt: skip


def no_rule_facts(root: Root, case: Case) -> Mapping[str, object]:
    return {}


def longest(gather: Gather) -> timedelta | None:
    """None when the pack names no longest time: then the approver alone judges it."""
    last = until(gather, gather.root.now, "restriction_longest")
    return last - gather.root.now if last else None


def kinds(engine: Engine) -> tuple[Kind]:
    return (
        Kind(
            name="caller-restriction", family="caller-restriction", plural="caller-restrictions", table="caller_restrictions",
            columns=COLUMNS, instants=frozenset({"restricted_until", "approved_at", "ended_at"}),
            facts={
                "restriction_grounds": lambda gather: rows_of(gather, "restriction_grounds"),
                "restriction_effects": lambda gather: rows_of(gather, "restriction_effects"),
                "restriction_longest": longest,
            },
            rule_facts=no_rule_facts, fixed={"restriction_clock": "restricted_until"},
        ),
    )  # fmt: skip
