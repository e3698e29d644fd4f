"""What every command on people does: take its turn, check its words, leave a line in the log, answer in one shape."""

from __future__ import annotations

import unicodedata
from typing import Any

from app.core.bus import Result
from app.core.tx import Tx
from app.errors import IllFormed, Refused


def take_turn(tx: Tx) -> None:
    """Changes of units and people happen one after another, and each makes every process forget what it had cached."""
    tx.forget_caches()


def clean(field: str, text: str, least: int = 1, most: int = 100) -> str:
    """A line of text without control characters, within its length."""
    line = unicodedata.normalize("NFC", text).strip()
    if not least <= len(line) <= most or any(unicodedata.category(character).startswith("C") for character in line):
        rule = f"{least} to {most} characters in one line"
        raise IllFormed(f"{field} 须为 {least} 至 {most} 个字符的一行文字。", f"{field} is {rule}.", {field: [rule]})
    return line


def reason_of(text: str, least: int = 4) -> str:
    reason = unicodedata.normalize("NFC", text).strip()
    if len(reason) < least:
        raise Refused(f"请写明理由（不少于 {least} 个字）。", f"Give a reason of at least {least} characters.")
    return clean("reason", reason, least, 500)


def log(tx: Tx, action: str, user_id: int | None = None, unit_id: int | None = None, success: bool = True, **detail: Any) -> None:
    row = {"at": tx.now, "actor": tx.actor.label, "action": action, "success": success}
    tx.insert("people_log", row | {"user_id": user_id, "unit_id": unit_id, "detail": detail})


def done(kind: str, row_id: int, state: str = "", **detail: Any) -> Result:
    """People and units are no cases: they have no root and no version."""
    return Result(case_id=row_id, kind=kind, root_id=0, state=state, version=0, detail=detail)


def the_user(tx: Tx, user_id: int) -> dict[str, Any]:
    """An account that has not left."""
    rows = tx.query("SELECT * FROM users WHERE id = %s", (user_id,))
    if not rows:
        raise IllFormed("没有此账号。", "No such account.", {"user_id": ["unknown"]})
    if rows[0]["deactivated_at"] is not None:
        raise Refused("该账号已停用。", "This account was deactivated.")
    return rows[0]


def the_unit(tx: Tx, unit_id: int) -> dict[str, Any]:
    """A unit that has not been closed."""
    rows = tx.query("SELECT * FROM units WHERE id = %s", (unit_id,))
    if not rows:
        raise IllFormed("没有此单位。", "No such unit.", {"unit_id": ["unknown"]})
    if rows[0]["closed_at"] is not None:
        raise Refused(f"单位“{rows[0]['name']}”已撤并。", f"The unit {rows[0]['name']} was closed.")
    return rows[0]
