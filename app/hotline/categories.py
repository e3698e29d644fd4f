"""The tree of matters is kept by the administrator: added, retired by date, and confirmed where an import had to invent it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from app.clock import local
from app.core.actors import Actor
from app.core.bus import Result
from app.core.tx import Tx
from app.errors import Conflict, IllFormed, Refused
from app.people.common import clean, done, log, take_turn
from app.people.roles import require
from app.people.units import CODE

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class AddCategory:
    """Below `parent_id`, or at the top. `valid_from` is the first day on which tickets may carry it; at once when it is not said."""

    actor: Actor
    code: str
    name: str
    parent_id: int | None = None
    valid_from: date | None = None
    key: str | None = None


@dataclass(frozen=True, slots=True)
class RetireCategory:
    """`valid_to` is the first day on which no ticket may take it any more, today when it is not said. Old tickets keep it."""

    actor: Actor
    category_id: int
    valid_to: date | None = None
    key: str | None = None


@dataclass(frozen=True, slots=True)
class ConfirmCategory:
    """A person has looked at a category that an import created; code and name may be corrected."""

    actor: Actor
    category_id: int
    code: str = ""
    name: str = ""
    key: str | None = None


def handle_add(tx: Tx, command: AddCategory) -> Result:
    require(command.actor, "admin")
    take_turn(tx)
    if command.parent_id is not None and over(the_category(tx, command.parent_id), today(tx)):
        raise Refused("上级分类已停用。", "The category above is no longer in use.")
    code, name = free_code(tx, command.code), free_name(tx, command.name, command.parent_id)
    category_id = tx.system.ids.next()
    row = {"id": category_id, "code": code, "name": name, "parent_id": command.parent_id}
    tx.insert("categories", row | {"valid_from": command.valid_from, "provisional": False})
    log(tx, "add_category", category_id=category_id, code=code, name=name)
    return done("category", category_id, code=code)


def handle_retire(tx: Tx, command: RetireCategory) -> Result:
    require(command.actor, "admin")
    take_turn(tx)
    category, now = the_category(tx, command.category_id), today(tx)
    end = command.valid_to or now
    if over(category, now):
        raise Refused("该分类已停用。", "This category is no longer in use.")
    if end < now:
        raise Refused("停用日期不能早于今天。", "A category cannot be retired as of a day that is past.")
    if any(not over(child, end) for child in below(tx, command.category_id)):
        raise Refused("下级分类届时仍在使用，请先停用下级。", "Categories below it would still be in use then: retire those first.")
    tx.update("categories", command.category_id, {"valid_to": end})
    log(tx, "retire_category", category_id=command.category_id, code=category["code"], valid_to=end.isoformat())
    return done("category", command.category_id, code=category["code"], valid_to=end.isoformat())


def handle_confirm(tx: Tx, command: ConfirmCategory) -> Result:
    require(command.actor, "admin")
    take_turn(tx)
    category = the_category(tx, command.category_id)
    if not category["provisional"]:
        raise Refused("该分类已核定。", "This category is confirmed already.")
    code = free_code(tx, command.code) if command.code and command.code != category["code"] else category["code"]
    renamed = command.name and command.name != category["name"]
    name = free_name(tx, command.name, category["parent_id"]) if renamed else category["name"]
    tx.update("categories", command.category_id, {"code": code, "name": name, "provisional": False})
    log(tx, "confirm_category", category_id=command.category_id, code=code, name=name)
    return done("category", command.category_id, code=code)


def today(tx: Tx) -> date:
    return local(tx.now).date()


def over(category: Mapping[str, Any], on: date) -> bool:
    return category["valid_to"] is not None and category["valid_to"] <= on


def the_category(tx: Tx, category_id: int) -> Row:
    rows = tx.query("SELECT * FROM categories WHERE id = %s", (category_id,))
    if not rows:
        raise IllFormed("没有此事项分类。", "There is no such category.", {"category": ["unknown"]})
    return rows[0]


def below(tx: Tx, category_id: int | None) -> Iterable[Row]:
    return tx.query("SELECT * FROM categories WHERE parent_id IS NOT DISTINCT FROM %s", (category_id,))


def free_code(tx: Tx, code: str) -> str:
    if not CODE.fullmatch(code):
        rule = "1 to 40 of A-Z a-z 0-9 . _ -, beginning with a letter or a digit"
        raise IllFormed("分类代码只能用字母、数字和 . _ -，不超过 40 位。", f"A category's code is {rule}.", {"code": [rule]})
    if tx.query("SELECT 1 FROM categories WHERE code = %s", (code,)):
        raise Conflict(f"分类代码 {code} 已被使用。", f"The code {code} is taken by another category.")
    return code


def free_name(tx: Tx, name: str, parent_id: int | None) -> str:
    """Retired ones do not count: a matter may come back under its old name."""
    line = clean("name", name)
    if any(beside["name"] == line and not over(beside, today(tx)) for beside in below(tx, parent_id)):
        raise Conflict(f"同级已有分类“{line}”。", f"There is a category {line} in this place already.")
    return line


HANDLERS = {AddCategory: handle_add, RetireCategory: handle_retire, ConfirmCategory: handle_confirm}
