"""How one unit's place is taken by another: periods end, subordinates, people, roles and tokens move, cases are told to move."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.core.tx import Tx
from app.errors import Refused


@dataclass(frozen=True, slots=True)
class Plan:
    """`of` holds unit_ids and, as the change needs, name, parent_id, main, others: it is what the reorganisation's row keeps."""

    number: int
    change: str
    of: Mapping[str, Any]
    at: datetime


def new_period(tx: Tx, unit: Mapping[str, Any], at: datetime, changes: Mapping[str, Any], along: bool = False) -> None:
    """The unit is called or placed otherwise from `at` on. `along`: it only follows another unit, and may be younger than the change."""
    period = current_period(tx, unit["id"])
    tx.update("units", unit["id"], changes)
    if at < period["since"] and not along:
        raise too_early(unit)
    if at <= period["since"]:
        tx.update("unit_periods", period["id"], changes)
        return
    tx.insert("unit_periods", {"unit_id": unit["id"], "since": at, "name": unit["name"], "parent_id": unit["parent_id"], **changes})


def close(tx: Tx, unit: Mapping[str, Any], at: datetime) -> None:
    if at <= current_period(tx, unit["id"])["since"]:
        raise too_early(unit)
    tx.update("units", unit["id"], {"closed_at": at})


def current_period(tx: Tx, unit_id: int) -> dict[str, Any]:
    return tx.query("SELECT id, since FROM unit_periods WHERE unit_id = %s ORDER BY since DESC LIMIT 1", (unit_id,))[0]


def too_early(unit: Mapping[str, Any]) -> Refused:
    return Refused(
        f"生效时间早于单位“{unit['name']}”现状的起始时间。", f"The change would take effect before {unit['name']} became what it is now."
    )


def succeed(tx: Tx, plan: Plan, units: list[dict[str, Any]]) -> list[dict[str, int]]:
    """Returns which unit's open work goes where; the features that hold cases hear the same as the event UnitsReorganised."""
    main, old = plan.of["main"], [unit["id"] for unit in units]
    for unit in units:
        close(tx, unit, plan.at)
        for successor_id in (main, *plan.of["others"]):
            row = {"old_unit_id": unit["id"], "new_unit_id": successor_id, "main": successor_id == main}
            tx.insert("unit_successions", row | {"effective_at": plan.at})
    for child in tx.query("SELECT * FROM units WHERE parent_id = ANY(%s) AND closed_at IS NULL AND id <> ALL(%s)", (old, old)):
        new_period(tx, child, plan.at, {"parent_id": main}, along=True)
    move_people(tx, old, main)
    moves = [{"from": unit_id, "to": main} for unit_id in old]
    payload = {"reorganisation": plan.number, "change": plan.change, "moves": moves, "effective_at": plan.at}
    tx.emit("UnitsReorganised", 0, 0, payload)
    return moves


def move_people(tx: Tx, old: list[int], main: int) -> None:
    for user in tx.query("SELECT id FROM users WHERE unit_id = ANY(%s)", (old,)):
        tx.update("users", user["id"], {"unit_id": main})
    held = {(row["user_id"], row["role"]) for row in tx.query(HELD, ([main],))}
    for row in tx.query(HELD, (old,)):
        tx.update("user_roles", row["id"], {"until": tx.now})
        if (row["user_id"], row["role"]) not in held:
            held.add((row["user_id"], row["role"]))
            tx.insert("user_roles", {"user_id": row["user_id"], "unit_id": main, "role": row["role"], "since": tx.now})
    for lent in tx.query("SELECT id FROM delegations WHERE unit_id = ANY(%s) AND revoked_at IS NULL", (old,)):
        tx.update("delegations", lent["id"], {"unit_id": main})
    for token in tx.query("SELECT id FROM access_tokens WHERE unit_id = ANY(%s) AND revoked_at IS NULL", (old,)):
        tx.update("access_tokens", token["id"], {"unit_id": main})


HELD = "SELECT id, user_id, role FROM user_roles WHERE unit_id = ANY(%s) AND until IS NULL ORDER BY id"
