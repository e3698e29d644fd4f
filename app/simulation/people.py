"""The people of the district as the simulation meets them: each acts with the roles and for the unit of a real account."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from app.core.actors import SYSTEM, Actor
from app.core.bus import transaction
from app.core.system import System
from app.errors import Refused

# What each demonstration account of the centre may do.
CENTRE_ACCOUNTS: Mapping[str, tuple[str, str]] = {
    "agent": ("agent", "话务员 周敏"),
    "dispatcher": ("dispatcher", "派单员 林建华"),
    "reviewer": ("reviewer", "审核员 何静"),
    "callback": ("callback_agent", "回访员 罗芳"),
    "supervisor": ("supervisor", "督办员 黄国强"),
    "leader": ("leader", "分管领导 郑志明"),
    "secretary": ("secretary", "秘书 宋雅婷"),
    "duty": ("duty_officer", "值班员 唐勇"),
    "admin": ("admin", "系统管理员"),
    "auditor": ("auditor", "安全审计员"),
    "security": ("security_officer", "安全管理员"),
}
# And the three accounts of every handling unit: `clerk.CODE` and so on.
UNIT_ACCOUNTS: Mapping[str, tuple[str, str]] = {
    "clerk": ("unit_clerk", "热线联络员"),
    "handler": ("handler", "承办人"),
    "lead": ("unit_lead", "单位审核人"),
}

STREETS = ("street", "town")
UNITS = "SELECT id, code, name, kind, parent_id FROM units WHERE closed_at IS NULL ORDER BY code"
PEOPLE = """SELECT u.id, u.username, u.name, u.unit_id, array_agg(r.role ORDER BY r.role) AS roles
FROM users u JOIN user_roles r ON r.user_id = u.id AND r.unit_id = u.unit_id AND r.until IS NULL
WHERE u.deactivated_at IS NULL GROUP BY u.id ORDER BY u.id"""
CATEGORIES = "SELECT id, code FROM categories"


@dataclass(frozen=True)
class District:
    """Units and categories by their codes, people by their user names; `handling` are the units that answer to the centre directly,
    `streets` those with communities below them."""

    units: Mapping[str, int]
    codes: Mapping[int, str]
    categories: Mapping[str, int]
    people: Mapping[str, Actor]
    handling: tuple[int, ...]
    departments: tuple[int, ...]
    streets: Mapping[int, tuple[int, ...]]

    def centre(self, account: str) -> Actor:
        return self.people[account]

    def of_unit(self, part: str, unit_id: int) -> Actor:
        """`part` is clerk, handler or lead."""
        return self.people[f"{part}.{self.codes[unit_id]}"]


def read_district(system: System) -> District:
    """Raises Refused when the demonstration's units or accounts are not all there."""
    with transaction(system, SYSTEM) as tx:
        units, people, categories = tx.query(UNITS), tx.query(PEOPLE), tx.query(CATEGORIES)
    below = reach({row["id"]: row["parent_id"] for row in units})
    actors = {
        row["username"]: Actor(row["id"], row["name"], frozenset(row["roles"]), row["unit_id"], below[row["unit_id"]]) for row in people
    }
    codes = {row["id"]: row["code"] for row in units}
    expected = {f"{part}.{row['code']}" for row in units if row["kind"] != "centre" for part in UNIT_ACCOUNTS} | CENTRE_ACCOUNTS.keys()
    missing = sorted(expected - actors.keys())
    if missing:
        raise Refused(f"缺少模拟所需账号：{missing[0]} 等。", f"Accounts that the simulation needs are missing: {missing[0]} and others.")
    by_code = {row["code"]: row["id"] for row in categories}
    handling = tuple(row["id"] for row in units if row["kind"] not in ("centre", "community", "village"))
    streets = {row["id"]: tuple(sorted((below[row["id"]] - {row["id"]}), key=codes.__getitem__)) for row in units if row["kind"] in STREETS}
    departments = tuple(unit for unit in handling if unit not in streets)
    return District({code: unit for unit, code in codes.items()}, codes, by_code, actors, handling, departments, streets)


def reach(parents: Mapping[int, int | None]) -> Mapping[int, frozenset[int]]:
    """For each unit itself and all that stand below it."""
    found: dict[int, set[int]] = defaultdict(set)
    for unit in parents:
        above: int | None = unit
        while above is not None:
            found[above].add(unit)
            above = parents[above]
    return {unit: frozenset(units) for unit, units in found.items()}
