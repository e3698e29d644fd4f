"""Who stands behind the label that a log keeps of an actor, as an expression of SQL."""

from __future__ import annotations


def actor_name(column: str) -> str:
    """The name of the person whom `user:ID` names; null for the system, an import and a citizen."""
    return f"(SELECT a.name FROM users a WHERE a.id = CASE WHEN starts_with({column}, 'user:') THEN substr({column}, 6)::bigint END)"
