"""Adding units, and confirming those that an import had to invent."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from app.core.actors import Actor
from app.core.bus import Result
from app.core.tx import Tx
from app.errors import Conflict, Forbidden, IllFormed, Refused
from app.people.common import clean, done, log, take_turn, the_unit
from app.people.roles import require

KINDS = ("centre", "department", "town", "street", "community", "village", "vertical", "utility")
CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}")


@dataclass(frozen=True, slots=True)
class AddUnit:
    """`opened_at` may lie in the past (records to be imported) or in the future (a unit still to be founded)."""

    actor: Actor
    name: str
    kind: str
    code: str = ""
    parent_id: int | None = None
    opened_at: datetime | None = None
    provisional: bool = False
    key: str | None = None


@dataclass(frozen=True, slots=True)
class ConfirmUnit:
    """A person has looked at a unit that an import created; code and kind may be corrected, a wrong double is merged instead."""

    actor: Actor
    unit_id: int
    code: str = ""
    kind: str = ""
    key: str | None = None


def handle_add_unit(tx: Tx, command: AddUnit) -> Result:
    if command.actor.kind == "importer":
        if not command.provisional:
            raise Forbidden("导入只能建立待核单位。", "An import may only add provisional units.")
    else:
        require(command.actor, "admin")
    take_turn(tx)
    unit_id, name = tx.system.ids.next(), clean("name", command.name)
    code = _code(tx, command.code or f"P{unit_id}")
    if command.parent_id is not None:
        the_unit(tx, command.parent_id)
    opened_at = command.opened_at or tx.now
    row = {"id": unit_id, "code": code, "name": name, "kind": _kind(command.kind), "parent_id": command.parent_id}
    tx.insert("units", row | {"opened_at": opened_at, "provisional": command.provisional})
    tx.insert("unit_periods", {"unit_id": unit_id, "since": opened_at, "name": name, "parent_id": command.parent_id})
    log(tx, "add_unit", unit_id=unit_id, code=code, name=name, provisional=command.provisional)
    return done("unit", unit_id, code=code)


def handle_confirm_unit(tx: Tx, command: ConfirmUnit) -> Result:
    require(command.actor, "admin")
    take_turn(tx)
    unit = the_unit(tx, command.unit_id)
    if not unit["provisional"]:
        raise Refused("该单位已核定。", "This unit is confirmed already.")
    code = _code(tx, command.code) if command.code and command.code != unit["code"] else unit["code"]
    kind = _kind(command.kind or unit["kind"])
    tx.update("units", command.unit_id, {"code": code, "kind": kind, "provisional": False})
    log(tx, "confirm_unit", unit_id=command.unit_id, code=code, kind=kind)
    return done("unit", command.unit_id, code=code)


def _kind(kind: str) -> str:
    if kind not in KINDS:
        raise IllFormed(f"没有此单位类型：{kind}。", f"No such kind of unit: {kind}.", {"kind": [f"one of {', '.join(KINDS)}"]})
    return kind


def _code(tx: Tx, code: str) -> str:
    if not CODE.fullmatch(code):
        rule = "1 to 40 of A-Z a-z 0-9 . _ -, beginning with a letter or a digit"
        raise IllFormed("单位代码只能用字母、数字和 . _ -，不超过 40 位。", f"A unit's code is {rule}.", {"code": [rule]})
    if tx.query("SELECT 1 FROM units WHERE code = %s", (code,)):
        raise Conflict(f"单位代码 {code} 已被使用。", f"The unit code {code} is taken.")
    return code


HANDLERS = {AddUnit: handle_add_unit, ConfirmUnit: handle_confirm_unit}
