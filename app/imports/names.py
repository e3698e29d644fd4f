"""A file's words for units, streets and categories become ours: known ones are found, unknown ones are added for review."""

# One code is one thing, whatever names it bore; a street or a community is one unit, whether it handles matters or only lies there.

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.core.actors import Actor
from app.core.bus import Result
from app.core.tx import Tx
from app.imports.planned import Named, PlannedTicket
from app.people.common import take_turn
from app.people.units import CODE, AddUnit, handle_add_unit

AREAS = frozenset({"street", "community", "town", "village"})
BRACKETS = re.compile(r"[（(].*[)）]$")
# A unit that was merged is found where it went.
KNOWN = """
SELECT n.what, n.code, n.name, coalesce(s.new_unit_id, n.target_id) AS target_id FROM import_names n
LEFT JOIN unit_successions s ON n.what = 'unit' AND s.old_unit_id = n.target_id AND s.main WHERE n.namespace = %s ORDER BY n.id
"""
UNITS = "SELECT id, code, name FROM units WHERE closed_at IS NULL ORDER BY id"
CATEGORIES = "SELECT id, code, name, parent_id FROM categories WHERE valid_to IS NULL ORDER BY id"

NameKey = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Sought:
    """A name in a file. `code` and `name` of a category hold its whole path; `depth` says what must be there before it."""

    what: str
    code: str
    name: str
    label: str
    kind: str | None
    above: NameKey | None
    depth: int
    since: datetime

    @property
    def key(self) -> NameKey:
        return self.what, self.code, self.name


@dataclass(frozen=True, slots=True)
class LearnNames:
    """Find or add what these names stand for. `ours` says that the file speaks of this district's own units and categories."""

    actor: Actor
    namespace: str
    run_id: int
    ours: bool
    sought: tuple[Sought, ...]
    known: dict[NameKey, int]
    key: str | None = None


def unit_key(named: Named) -> NameKey:
    return "unit", named.code or "", named.name


def category_key(path: tuple[Named, ...]) -> NameKey:
    codes = [each.code or "" for each in path]
    return "category", "/".join(codes) if all(codes) else "", "／".join(each.name for each in path)


def names_in(ticket: PlannedTicket) -> Iterable[Sought]:
    """Every name that a ticket speaks of, those above before those below."""
    since = ticket.steps[0].at
    street, community = ticket.location.get("street"), ticket.location.get("community")
    if street:
        yield Sought(*unit_key(street), street.name, "street", None, 0, since)
    if community:
        yield Sought(*unit_key(community), community.name, "community", unit_key(street) if street else None, 1, since)
    if ticket.unit and ticket.dispatched:
        yield Sought(*unit_key(ticket.unit), ticket.unit.name, ticket.unit.kind, None, 1, since)
    for depth in range(len(ticket.category)):
        path = ticket.category[: depth + 1]
        above = category_key(path[:-1]) if depth else None
        yield Sought(*category_key(path), path[-1].name, None, above, depth, since)


def read_known(tx: Tx, namespace: str) -> dict[NameKey, int]:
    return {(row["what"], row["code"], row["name"]): row["target_id"] for row in tx.query(KNOWN, (namespace,))}


def handle_learn_names(tx: Tx, command: LearnNames) -> Result:
    take_turn(tx)
    learner = _Learner(tx, command)
    for sought in command.sought:
        learner.learn(sought)
    return Result(0, "import", 0, "", 0, detail={"known": learner.learnt})


class _Learner:
    """The names of one namespace while new ones are learnt; another process may have learnt some in the meantime."""

    def __init__(self, tx: Tx, command: LearnNames) -> None:
        self._tx, self._command = tx, command
        self._known = {**command.known, **read_known(tx, command.namespace)}
        self._by_code = {(what, code): target for (what, code, _), target in self._known.items() if code}
        self._areas = {_plain(name): target for (what, _, name), target in self._known.items() if what == "unit"}
        self._units = tx.query(UNITS) if command.ours else []
        self._categories = tx.query(CATEGORIES) if command.ours else []
        self.learnt: list[tuple[NameKey, int]] = []

    def learn(self, sought: Sought) -> None:
        target = self._known.get(sought.key)
        if target is None:
            found = self._found(sought)
            target = found or (self._add_unit(sought) if sought.what == "unit" else self._add_category(sought))
            self._keep(sought, target, created=found is None)
        self.learnt.append((sought.key, target))

    def _found(self, sought: Sought) -> int | None:
        if sought.code and (sought.what, sought.code) in self._by_code:
            return self._by_code[sought.what, sought.code]
        if sought.what == "unit" and sought.kind in AREAS and _plain(sought.label) in self._areas:
            return self._areas[_plain(sought.label)]
        return self._own_unit(sought) if sought.what == "unit" else self._own_category(sought)

    def _own_unit(self, sought: Sought) -> int | None:
        coded = (unit["id"] for unit in self._units if sought.code and unit["code"] == sought.code)
        named = (unit["id"] for unit in self._units if unit["name"] == sought.label)
        return next(coded, None) or next(named, None)

    def _own_category(self, sought: Sought) -> int | None:
        above = self._known[sought.above] if sought.above else None
        beside = (row for row in self._categories if row["parent_id"] == above)
        return next((row["id"] for row in beside if row["name"] == sought.label), None)

    def _add_unit(self, sought: Sought) -> int:
        code = sought.code if self._command.ours else f"{self._command.namespace}.{sought.code}"
        free = sought.code and CODE.fullmatch(code) and not any(unit["code"] == code for unit in self._units)
        above = self._known[sought.above] if sought.above else None
        wanted = AddUnit(
            self._command.actor, sought.label, sought.kind or "department", code if free else "", above, sought.since, provisional=True
        )
        return handle_add_unit(self._tx, wanted).case_id

    def _add_category(self, sought: Sought) -> int:
        category_id = self._tx.system.ids.next()
        code = f"{self._command.namespace}.{sought.code.replace('/', '.')}" if sought.code else f"P{category_id}"
        row = {"id": category_id, "code": code, "name": sought.label, "parent_id": self._known[sought.above] if sought.above else None}
        self._tx.insert("categories", row | {"provisional": True})
        return category_id

    def _keep(self, sought: Sought, target: int, created: bool) -> None:
        self._known[sought.key] = target
        if sought.code:
            self._by_code[sought.what, sought.code] = target
        if sought.what == "unit":
            self._areas.setdefault(_plain(sought.label), target)
        row: dict[str, Any] = {"id": self._tx.system.ids.next(), "namespace": self._command.namespace, "what": sought.what}
        row |= {"code": sought.code, "name": sought.name, "target_id": target, "created": created, "run_id": self._command.run_id}
        self._tx.insert("import_names", row)


def _plain(name: str) -> str:
    """A unit's name without the parent that some systems add in brackets."""
    return BRACKETS.sub("", name)
