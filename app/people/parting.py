"""What a person leaves behind: roles end, tokens close, loans return, and the features hear whose work is to be handed over."""

from __future__ import annotations

from typing import Any

from app.core.tx import Tx
from app.errors import Refused
from app.people.common import the_user
from app.people.roles import ROLES, SEPARATE

HELD = "SELECT id, role, unit_id FROM user_roles WHERE user_id = %(user)s AND until IS NULL ORDER BY unit_id, role"
TOKENS = "SELECT id, unit_id FROM access_tokens WHERE user_id = %(user)s AND revoked_at IS NULL"
LOANS = "SELECT id, unit_id FROM delegations WHERE (from_user_id = %(user)s OR to_user_id = %(user)s) AND revoked_at IS NULL"
SUBSTITUTED = "SELECT id, user_id FROM absences WHERE substitute_id = %(user)s AND cancelled_at IS NULL AND until > %(now)s"
OTHERS = """
SELECT 1 FROM user_roles r JOIN users u ON u.id = r.user_id
WHERE r.role = %s AND r.until IS NULL AND r.user_id <> %s AND u.deactivated_at IS NULL LIMIT 1
"""
REMAINING = "SELECT 1 FROM user_roles WHERE unit_id = %s AND role = %s AND user_id <> %s AND until IS NULL LIMIT 1"


def part(tx: Tx, user: dict[str, Any], successor_id: int | None, only_unit: int | None = None) -> dict[str, Any]:
    """Ends what the person holds, in one unit or altogether, and returns the list of what was held."""
    take_over(tx, user, successor_id)
    asked = {"user": user["id"], "now": tx.now}
    held = within(tx.query(HELD, asked), only_unit)
    for row in held:
        last_of_its_kind(tx, user["id"], row["role"])
        tx.update("user_roles", row["id"], {"until": tx.now})
    tokens, loans = within(tx.query(TOKENS, asked), only_unit), within(tx.query(LOANS, asked), only_unit)
    for row in tokens:
        tx.update("access_tokens", row["id"], {"revoked_at": tx.now})
    for row in loans:
        tx.update("delegations", row["id"], {"revoked_at": tx.now})
    waiting = tx.query(SUBSTITUTED, asked) if only_unit is None else []
    for row in waiting:
        tx.update("absences", row["id"], {"substitute_id": None})
    emit_left(tx, user, successor_id, only_unit)
    return {
        "roles": [{"role": row["role"], "unit_id": row["unit_id"]} for row in held],
        "posts_left_empty": empty_posts(tx, user["id"], held),
        "without_substitute": [row["user_id"] for row in waiting],
        "tokens_revoked": len(tokens),
        "loans_ended": len(loans),
        "successor_id": successor_id,
    }


def within(rows: list[dict[str, Any]], unit_id: int | None) -> list[dict[str, Any]]:
    return [row for row in rows if unit_id is None or row["unit_id"] == unit_id]


def take_over(tx: Tx, user: dict[str, Any], successor_id: int | None) -> None:
    if successor_id is None:
        return
    successor = the_user(tx, successor_id)
    if successor_id == user["id"] or successor["unit_id"] != user["unit_id"]:
        raise Refused("接手人须为同一单位的其他人员。", "The successor is another person of the same unit.")


def emit_left(tx: Tx, user: dict[str, Any], successor_id: int | None, only_unit: int | None) -> None:
    payload = {"user_id": user["id"], "unit_id": user["unit_id"], "successor_id": successor_id, "only_unit": only_unit}
    tx.emit("UserLeft", 0, 0, payload)


def last_of_its_kind(tx: Tx, user_id: int, role: str) -> None:
    """Without its last administrator or security officer an installation could not be governed any more."""
    if role in SEPARATE and not tx.query(OTHERS, (role, user_id)):
        zh, en = ROLES[role]
        raise Refused(f"至少须保留一名{zh}。", f"At least one {en} has to remain.")


def empty_posts(tx: Tx, user_id: int, held: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The posts of a unit that nobody fills any more: its cases would lie unsigned."""
    posts = [row for row in held if row["role"] in ("unit_clerk", "unit_lead")]
    empty = [row for row in posts if not tx.query(REMAINING, (row["unit_id"], row["role"], user_id))]
    return [{"unit_id": row["unit_id"], "role": row["role"]} for row in empty]
