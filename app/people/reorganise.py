"""Units are renamed, moved, merged, split and closed at an instant; what came before stays answerable, open work goes to a successor."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.core.actors import Actor
from app.core.bus import Result
from app.core.tx import Tx
from app.errors import IllFormed, Refused
from app.people.common import clean, done, log, reason_of, take_turn, the_unit
from app.people.roles import require
from app.people.succession import Plan, close, new_period, succeed


@dataclass(frozen=True, slots=True)
class RenameUnit:
    actor: Actor
    unit_id: int
    name: str
    reason: str
    effective_at: datetime | None = None
    key: str | None = None


@dataclass(frozen=True, slots=True)
class MoveUnit:
    """Under another parent, or under none."""

    actor: Actor
    unit_id: int
    parent_id: int | None
    reason: str
    effective_at: datetime | None = None
    key: str | None = None


@dataclass(frozen=True, slots=True)
class MergeUnits:
    """The units close and `into`, which exists already, takes over. A newly founded one is added first."""

    actor: Actor
    unit_ids: tuple[int, ...]
    into: int
    reason: str
    effective_at: datetime | None = None
    key: str | None = None


@dataclass(frozen=True, slots=True)
class SplitUnit:
    """The unit closes and several take over; `main`, one of them, gets its open cases, its people and its old files."""

    actor: Actor
    unit_id: int
    into: tuple[int, ...]
    main: int
    reason: str
    effective_at: datetime | None = None
    key: str | None = None


@dataclass(frozen=True, slots=True)
class CloseUnit:
    """Without a successor only where nothing is left: no open case, no people, no subordinate unit."""

    actor: Actor
    unit_id: int
    reason: str
    successor_id: int | None = None
    effective_at: datetime | None = None
    key: str | None = None


@dataclass(frozen=True, slots=True)
class ApplyReorganisation:
    """What was decided for a later instant, now that it has come."""

    actor: Actor
    reorganisation_id: int
    key: str | None = None


@dataclass(frozen=True, slots=True)
class CancelReorganisation:
    actor: Actor
    reorganisation_id: int
    reason: str
    key: str | None = None


def handle_rename(tx: Tx, command: RenameUnit) -> Result:
    return _decide(tx, command, "rename", {"unit_ids": [command.unit_id], "name": clean("name", command.name)})


def handle_move(tx: Tx, command: MoveUnit) -> Result:
    return _decide(tx, command, "move", {"unit_ids": [command.unit_id], "parent_id": command.parent_id})


def handle_merge(tx: Tx, command: MergeUnits) -> Result:
    return _decide(tx, command, "merge", {"unit_ids": sorted(set(command.unit_ids)), "main": command.into, "others": []})


def handle_split(tx: Tx, command: SplitUnit) -> Result:
    if len(set(command.into)) < 2 or command.main not in command.into:
        rule = "two units or more, one of them the main successor"
        raise IllFormed("拆分须有两个以上承接单位，并指定其中一个为主要承接单位。", f"A split needs {rule}.", {"into": [rule]})
    others = sorted(set(command.into) - {command.main})
    return _decide(tx, command, "split", {"unit_ids": [command.unit_id], "main": command.main, "others": others})


def handle_close(tx: Tx, command: CloseUnit) -> Result:
    return _decide(tx, command, "close", {"unit_ids": [command.unit_id], "main": command.successor_id, "others": []})


Change = RenameUnit | MoveUnit | MergeUnits | SplitUnit | CloseUnit


def _decide(tx: Tx, command: Change, change: str, plan: dict[str, Any]) -> Result:
    """Records the decision; what is not due yet waits for `ApplyReorganisation`."""
    require(command.actor, "admin")
    reason = reason_of(command.reason)
    take_turn(tx)
    if not plan["unit_ids"]:
        raise IllFormed("请指明单位。", "Name the units.", {"unit_ids": ["empty"]})
    effective_at = command.effective_at or tx.now
    number, due = tx.system.ids.next(), effective_at <= tx.now
    moves = _apply(tx, Plan(number, change, plan, effective_at), due)
    row = {"id": number, "change": change, "plan": plan, "reason": reason, "effective_at": effective_at, "decided_at": tx.now}
    tx.insert("reorganisations", row | {"decided_by": command.actor.label, "applied_at": tx.now if due else None})
    log(tx, f"{change}_unit", unit_id=plan["unit_ids"][0], reorganisation=number, reason=reason, effective_at=effective_at)
    return done("reorganisation", number, "applied" if due else "waiting", moves=moves)


def handle_apply(tx: Tx, command: ApplyReorganisation) -> Result:
    require(command.actor, "admin")
    take_turn(tx)
    row = _waiting(tx, command.reorganisation_id)
    if row["effective_at"] > tx.now:
        raise Refused("尚未到生效时间。", "It is not yet in effect.")
    moves = _apply(tx, Plan(row["id"], row["change"], row["plan"], row["effective_at"]), True)
    tx.update("reorganisations", row["id"], {"applied_at": tx.now})
    log(tx, "apply_reorganisation", unit_id=row["plan"]["unit_ids"][0], reorganisation=row["id"])
    return done("reorganisation", row["id"], "applied", moves=moves)


def handle_cancel(tx: Tx, command: CancelReorganisation) -> Result:
    require(command.actor, "admin")
    reason = reason_of(command.reason)
    take_turn(tx)
    row = _waiting(tx, command.reorganisation_id)
    tx.update("reorganisations", row["id"], {"cancelled_at": tx.now})
    log(tx, "cancel_reorganisation", unit_id=row["plan"]["unit_ids"][0], reorganisation=row["id"], reason=reason)
    return done("reorganisation", row["id"], "cancelled")


def _waiting(tx: Tx, number: int) -> dict[str, Any]:
    rows = tx.query("SELECT * FROM reorganisations WHERE id = %s", (number,))
    if not rows or rows[0]["applied_at"] is not None or rows[0]["cancelled_at"] is not None:
        raise Refused("没有此项待生效的机构调整。", "No such reorganisation is waiting.")
    return rows[0]


def _apply(tx: Tx, plan: Plan, due: bool) -> list[dict[str, int]]:
    """Every rule is checked when it is decided and again when it comes into effect; only then is anything written."""
    units = [the_unit(tx, unit_id) for unit_id in plan.of["unit_ids"]]
    return APPLY[plan.change](tx, plan, units, due)


def _rename(tx: Tx, plan: Plan, units: list[dict[str, Any]], due: bool) -> list[dict[str, int]]:
    if due:
        new_period(tx, units[0], plan.at, {"name": plan.of["name"]})
    return []


def _move(tx: Tx, plan: Plan, units: list[dict[str, Any]], due: bool) -> list[dict[str, int]]:
    parent_id = plan.of["parent_id"]
    if parent_id is not None:
        the_unit(tx, parent_id)
        not_below(tx, parent_id, plan.of["unit_ids"])
    if due:
        new_period(tx, units[0], plan.at, {"parent_id": parent_id})
    return []


def _succeed(tx: Tx, plan: Plan, units: list[dict[str, Any]], due: bool) -> list[dict[str, int]]:
    successors = [plan.of["main"], *plan.of["others"]]
    for successor_id in successors:
        successor = the_unit(tx, successor_id)
        not_below(tx, successor_id, plan.of["unit_ids"])
        if any((unit["kind"] == "centre") != (successor["kind"] == "centre") for unit in units):
            raise Refused("指挥中心只能由指挥中心承接。", "Only a centre can succeed a centre, and it succeeds nothing else.")
        if successor["opened_at"] > plan.at:
            raise Refused("承接单位在生效时尚未成立。", "The successor is not founded by then.")
    return succeed(tx, plan, units) if due else []


def _close(tx: Tx, plan: Plan, units: list[dict[str, Any]], due: bool) -> list[dict[str, int]]:
    if plan.of["main"] is not None:
        return _succeed(tx, plan, units, due)
    if due:
        nothing_left(tx, units[0])
        close(tx, units[0], plan.at)
    return []


APPLY: Mapping[str, Callable[[Tx, Plan, list[dict[str, Any]], bool], list[dict[str, int]]]] = {
    "rename": _rename,
    "move": _move,
    "merge": _succeed,
    "split": _succeed,
    "close": _close,
}

BELOW = """
WITH RECURSIVE below(id) AS (
  SELECT unnest(%s::bigint[]) UNION SELECT u.id FROM units u JOIN below b ON u.parent_id = b.id)
SELECT 1 FROM below WHERE id = %s
"""
LEFT = """
SELECT (SELECT count(*) FROM units WHERE parent_id = %(unit)s AND closed_at IS NULL) AS units,
       (SELECT count(*) FROM users WHERE unit_id = %(unit)s AND deactivated_at IS NULL) AS people,
       (SELECT count(*) FROM case_access a JOIN cases c ON c.id = a.root_id WHERE a.unit_id = %(unit)s AND c.open) AS cases
"""


def not_below(tx: Tx, unit_id: int, tops: list[int]) -> None:
    if tx.query(BELOW, (tops, unit_id)):
        raise Refused("单位不得归入自身或其下级。", "A unit cannot go to itself or to its own subordinate.")


def nothing_left(tx: Tx, unit: dict[str, Any]) -> None:
    left = tx.query(LEFT, {"unit": unit["id"]})[0]
    if any(left.values()):
        raise Refused(
            f"单位“{unit['name']}”仍有在办件 {left['cases']} 件、人员 {left['people']} 人、下级单位 {left['units']} 个，须指定承接单位。",
            f"{unit['name']} still has {left['cases']} open cases, {left['people']} people, {left['units']} units: name a successor.",
        )


HANDLERS = {
    RenameUnit: handle_rename,
    MoveUnit: handle_move,
    MergeUnits: handle_merge,
    SplitUnit: handle_split,
    CloseUnit: handle_close,
    ApplyReorganisation: handle_apply,
    CancelReorganisation: handle_cancel,
}
