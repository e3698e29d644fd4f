"""Each row of a file becomes a planned ticket or a rejection; nothing is written, nothing is dropped, nothing is half told."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import Any

import orjson

from app.core.masking import NotAPhone, normalise_phone
from app.hotline.coordinates import BadCoordinate, check
from app.imports.cells import Cell
from app.imports.getters import BadRowCell, Getter, Header, Row, getter
from app.imports.mapping import Mapping, NamedCells
from app.imports.planned import Named, Plan, PlannedTicket, Rejected, Repeated
from app.imports.roads import Roads
from app.imports.rows import BadRow, RawRow
from app.imports.values import BadCell, as_text

# A clock of another system may run ahead a little; what lies a day ahead has not happened.
AHEAD = timedelta(days=1)
LONGEST_KEY = 200


class Planner:
    """Plans the rows of one file. `now` is the instant after which nothing can have happened yet."""

    def __init__(self, mapping: Mapping, columns: Sequence[str], epoch: datetime, now: datetime) -> None:
        header = Header.of(columns, mapping, epoch, _wanted(mapping))
        self.mapping = mapping
        self._latest = now + AHEAD
        self._key = [header.index[name] for name in mapping.key]
        self._ticket = [(name, getter(cell, header)) for name, cell in mapping.ticket.items()]
        self._labels = [getter(cell, header) for cell in mapping.labels]
        self._category = [_named(each, header) for each in mapping.category]
        self._citizen = [(name, getter(cell, header)) for name, cell in mapping.citizen.items()]
        self._place = _place(mapping, header)
        self._unit = _unit(mapping, header)
        self._roads = Roads(mapping, header)

    def plan(self, row: RawRow | BadRow) -> PlannedTicket | Rejected:
        """The plan of one row; a row that cannot be planned keeps its cells and gets a sentence."""
        if isinstance(row, BadRow):
            return Rejected(row.number, row.cells, row.zh, row.en)
        try:
            return self._planned(row)
        except BadRowCell as bad:
            return Rejected(row.number, row.cells, bad.zh + "。", bad.en + ".")

    def key_of(self, row: Row) -> str:
        """The row's key at its source; several columns are joined so that no two rows can be taken for each other."""
        parts = []
        for place, column in zip(self._key, self.mapping.key, strict=True):
            try:
                text = as_text(row[place])
            except BadCell as bad:
                raise BadRowCell(f"“{column}”{bad.zh}", f'"{column}" {bad.en}') from None
            if text is None or text in self.mapping.missing:
                raise BadRowCell(f"编号列“{column}”为空", f'the key column "{column}" is empty')
            parts.append(text)
        key = parts[0] if len(parts) == 1 else "|".join(part.replace("\\", "\\\\").replace("|", "\\|") for part in parts)
        if len(key) > LONGEST_KEY:
            raise BadRowCell(f"编号超过 {LONGEST_KEY} 字", f"the key is longer than {LONGEST_KEY} characters")
        return key

    def _planned(self, row: RawRow) -> PlannedTicket:
        cells = row.cells
        key = self.key_of(cells)
        birth = _told(self._ticket, cells)
        labels = sorted({label for label in (get(cells) for get in self._labels) if label})
        if labels:
            birth["labels"] = labels
        category = tuple(named for named in (get(cells) for get in self._category) if named)
        citizen = _citizen(_told(self._citizen, cells))
        unit = self._unit(cells)
        state, steps, outcome = self._roads.walk(cells)
        if steps[0].at > self._latest:
            raise BadRowCell("登记时间在将来", "the time of registration lies in the future")
        location = self._place(cells)
        content = (birth, citizen, location, category, unit, state, steps, outcome)
        digest = blake2b(orjson.dumps(content, option=orjson.OPT_SORT_KEYS), digest_size=16).digest()
        return PlannedTicket(row.number, cells, key, digest, *content)


def plan_all(planner: Planner, rows: Iterator[RawRow | BadRow]) -> Iterator[Plan]:
    """Every row's plan. Within one file a key counts once: the same content again is a repetition, other content is rejected."""
    seen: dict[str, tuple[int, bytes]] = {}
    for row in rows:
        planned = planner.plan(row)
        yield _once(planned, seen) if isinstance(planned, PlannedTicket) else planned


def _once(planned: PlannedTicket, seen: dict[str, tuple[int, bytes]]) -> Plan:
    first, digest = seen.setdefault(planned.external_key, (planned.row_number, planned.digest))
    if first == planned.row_number:
        return planned
    if digest == planned.digest:
        return Repeated(planned.row_number)
    zh = f"编号“{planned.external_key}”在第 {first} 行已出现，内容不同。"
    en = f'The key "{planned.external_key}" is already in row {first} with other content.'
    return Rejected(planned.row_number, planned.cells, zh, en)


def _wanted(mapping: Mapping) -> list[str]:
    """Every column that the mapping names."""
    cells: list[Cell | None] = [*mapping.ticket.values(), *mapping.labels, *mapping.citizen.values(), *mapping.location.values()]
    for named in (*mapping.category, mapping.street, mapping.community, mapping.unit.told):
        if named:
            cells += [named.code, named.name]
    for step in mapping.steps.values():
        cells += [step.at, *step.fields.values()]
    if mapping.outcome:
        cells += [mapping.outcome.due, mapping.outcome.late]
    cells.append(mapping.state)
    return list(dict.fromkeys([*mapping.key, *(column for cell in cells if cell for column in cell.columns)]))


def _told(getters: Sequence[tuple[str, Getter]], cells: Row) -> dict[str, Any]:
    told = {}
    for name, get in getters:
        value = get(cells)
        if value is not None:
            told[name] = value
    return told


def _citizen(told: dict[str, Any]) -> dict[str, Any]:
    for name in ("phone", "calling_number"):
        if name in told:
            try:
                told[name] = normalise_phone(told[name])
            except NotAPhone:
                zh = "来电号码" if name == "calling_number" else "联系电话"
                raise BadRowCell(f"{zh}不是电话号码", f"the {name} is no telephone number") from None
    return told


def _named(cells: NamedCells, header: Header, kinds: Sequence[tuple[str, str]] | None = None) -> Callable[[Row], Named | None]:
    name_of = getter(cells.name, header)
    code_of = getter(cells.code, header) if cells.code else None

    def get(row: Row) -> Named | None:
        name = name_of(row)
        if name is None:
            return None
        line = " ".join(name.split())
        return Named(code_of(row) if code_of else None, line, _kind(line, kinds) if kinds is not None else None)

    return get


def _kind(name: str, kinds: Sequence[tuple[str, str]]) -> str:
    """A unit's kind by the end of its name, without the parent that some systems add in brackets."""
    plain = re.sub(r"[（(].*[)）]$", "", name)
    return next((kind for suffix, kind in kinds if plain.endswith(suffix)), "department")


def _unit(mapping: Mapping, header: Header) -> Callable[[Row], Named | None]:
    unknown = Named(None, mapping.unit.unknown, "department")
    if mapping.unit.told is None:
        return lambda row: unknown
    told = _named(mapping.unit.told, header, mapping.unit.kinds)
    return lambda row: told(row) or unknown


def _place(mapping: Mapping, header: Header) -> Callable[[Row], dict[str, Any]]:
    getters = [(name, getter(cell, header)) for name, cell in mapping.location.items()]
    named = [(key, _named(each, header)) for key, each in (("street", mapping.street), ("community", mapping.community)) if each]

    def get(row: Row) -> dict[str, Any]:
        told = _told(getters, row)
        told |= {key: place for key, place in ((key, of(row)) for key, of in named) if place}
        # A system that found no place writes the point where the meridian crosses the equator.
        if mapping.crs and (told.get("lon"), told.get("lat")) == (0, 0):
            del told["lon"], told["lat"]
        if mapping.crs:
            try:
                position = check(told.get("lon"), told.get("lat"), mapping.crs)
            except BadCoordinate as bad:
                raise BadRowCell(bad.zh.rstrip("。"), bad.en.rstrip(".")) from None
            if position:
                told |= {"crs": position.crs, "coarse": position.coarse}
        return told

    return get


