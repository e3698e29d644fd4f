"""Units are found by name, former name, code and pinyin; what a process holds of them is read again when the epoch has moved."""

from __future__ import annotations

from weakref import WeakKeyDictionary

from sqlalchemy import Engine

from app.core.system import System
from app.people.finding import Entry, Index, index_of
from app.people.signin import reading

# Former names stand about the present one.
NAMES = """SELECT u.id, u.code, u.name, coalesce((SELECT string_agg(p.name, ' ' ORDER BY p.since) FROM unit_periods p
  WHERE p.unit_id = u.id AND p.name <> u.name), ''), u.closed_at IS NULL OR u.closed_at > i.now
FROM units u CROSS JOIN (SELECT coalesce(frozen_at, clock_timestamp() + shift) AS now FROM installation) i ORDER BY u.id"""
_SHELF: WeakKeyDictionary[Engine, tuple[int, Index, frozenset[int]]] = WeakKeyDictionary()


def find_units(system: System, asked: str, most: int) -> list[int]:
    """Ids, the best first; closed units after all others."""
    epoch = system.settings.epoch
    known = _SHELF.get(system.engine)
    if known is None or known[0] != epoch:
        with reading(system) as cursor:
            rows = cursor.execute(NAMES).fetchall()
        entries = tuple(Entry(unit_id, code, name, before) for unit_id, code, name, before, _ in rows)
        known = _SHELF[system.engine] = epoch, index_of(entries), frozenset(row[0] for row in rows if row[4])
    _, index, open_ids = known
    return index.find(asked, most, open_ids.__contains__)
