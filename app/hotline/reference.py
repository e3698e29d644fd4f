"""Units, people's names and categories as this process last read them. They are read again when the installation's epoch has moved."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Engine, create_engine
from sqlalchemy.pool import NullPool

from app.clock import local
from app.people.finding import Entry, Index, index_of

AREAS = frozenset({"street", "town", "community", "village"})


@dataclass(frozen=True, slots=True)
class UnitName:
    id: int
    code: str
    name: str
    kind: str
    parent_id: int | None
    opened_at: datetime
    closed_at: datetime | None

    def active(self, now: datetime) -> bool:
        return self.opened_at <= now and (self.closed_at is None or now < self.closed_at)


@dataclass(frozen=True, slots=True)
class CategoryName:
    id: int
    code: str
    name: str
    parent_id: int | None
    valid_from: date | None
    valid_to: date | None
    provisional: bool

    def valid(self, now: datetime) -> bool:
        """From `valid_from` (included) to `valid_to` (excluded), as days of the district."""
        today = local(now).date()
        return (self.valid_from is None or self.valid_from <= today) and (self.valid_to is None or today < self.valid_to)


@dataclass(frozen=True, slots=True)
class PersonName:
    id: int
    name: str
    unit_id: int


@dataclass(frozen=True)
class Reference:
    """`past_names` are the names that a unit had before; `people` holds names of accounts, gone ones too, for old tickets."""

    epoch: int
    units: Mapping[int, UnitName]
    categories: Mapping[int, CategoryName]
    people: Mapping[int, PersonName]
    past_names: Mapping[int, frozenset[str]]

    @cached_property
    def unit_by_code(self) -> Mapping[str, UnitName]:
        return {unit.code: unit for unit in self.units.values()}

    @cached_property
    def category_by_code(self) -> Mapping[str, CategoryName]:
        return {category.code: category for category in self.categories.values()}

    @cached_property
    def areas(self) -> Mapping[str, UnitName]:
        """Streets, towns, communities and villages by code and by name."""
        areas = sorted((unit for unit in self.units.values() if unit.kind in AREAS), key=lambda unit: unit.closed_at is None)
        return {unit.name: unit for unit in areas} | {unit.code: unit for unit in areas}

    def area(self, text: str | None) -> str:
        """The code of the street or community that a text names, "" for none of ours."""
        found = self.areas.get(text or "")
        return found.code if found else ""

    @cached_property
    def centre(self) -> int | None:
        """The oldest unit of kind `centre` that is still there: the installation's own."""
        centres = sorted(unit.id for unit in self.units.values() if unit.kind == "centre" and unit.closed_at is None)
        return centres[0] if centres else None

    def active_units(self, now: datetime) -> frozenset[int]:
        return frozenset(unit.id for unit in self.units.values() if unit.active(now))

    @cached_property
    def category_index(self) -> Index:
        found = self.categories.values()
        entries = (Entry(each.id, each.code, each.name, " ".join(above.name for above in self.path(each.parent_id))) for each in found)
        return index_of(tuple(sorted(entries, key=lambda entry: entry.id)))

    def path(self, category_id: int | None) -> tuple[CategoryName, ...]:
        """A category and those above it, the topmost first."""
        found: list[CategoryName] = []
        while category_id is not None and len(found) < 9:
            found.append(self.categories[category_id])
            category_id = found[-1].parent_id
        return tuple(reversed(found))

    def subtree(self, category_id: int) -> list[int]:
        below: dict[int | None, list[int]] = {}
        for category in self.categories.values():
            below.setdefault(category.parent_id, []).append(category.id)
        found, waiting = [], [category_id]
        while waiting:
            found.append(waiting.pop())
            waiting.extend(below.get(found[-1], ()))
        return sorted(found)

    def complained_of(self, subject: str | None) -> frozenset[int]:
        """The units that a text names, by a name that they have or had."""
        if not subject:
            return frozenset()
        named = (unit.id for unit in self.units.values() if unit.name in subject or any(old in subject for old in self.past(unit.id)))
        return frozenset(named)

    def past(self, unit_id: int) -> frozenset[str]:
        return self.past_names.get(unit_id, frozenset())


_SHELF: WeakKeyDictionary[Engine, Reference] = WeakKeyDictionary()
EPOCH = "SELECT epoch FROM installation"
UNITS = "SELECT id, code, name, kind, parent_id, opened_at, closed_at FROM units"
CATEGORIES = "SELECT id, code, name, parent_id, valid_from, valid_to, provisional FROM categories"
PEOPLE = "SELECT id, name, unit_id FROM users"
PAST = "SELECT unit_id, name FROM unit_periods"


def reference(engine: Engine, epoch: int | None = None) -> Reference:
    """What this process knows, read anew when `epoch` (by default the one in the database) is another."""
    known = _SHELF.get(engine)
    if known is not None and known.epoch == epoch:
        return known
    # Whoever asks within a command holds a connection of the pool; waiting there for a second one could wait for ever.
    with create_engine(engine.url, poolclass=NullPool).connect() as connection:
        found = connection.exec_driver_sql(EPOCH).scalar_one()
        if known is None or known.epoch != found:
            known = _SHELF[engine] = _read(connection, found)
    return known


def _read(connection: Connection, epoch: int) -> Reference:
    units = {row.id: UnitName(*row) for row in connection.exec_driver_sql(UNITS)}
    categories = {row.id: CategoryName(*row) for row in connection.exec_driver_sql(CATEGORIES)}
    people = {row.id: PersonName(*row) for row in connection.exec_driver_sql(PEOPLE)}
    past: dict[int, set[str]] = {}
    for unit_id, name in connection.exec_driver_sql(PAST):
        past.setdefault(unit_id, set()).add(name)
    names = {unit: frozenset(named - {units[unit].name}) for unit, named in past.items()}
    return Reference(epoch, units, categories, people, names)
