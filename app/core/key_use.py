"""Which keys are still needed: those that a sealed column or a stored file names. A look-up hash is made anew with its sealed value."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import LargeBinary

from app.core.actors import SYSTEM
from app.core.base import Base
from app.core.bus import transaction
from app.core.file_store import NAME
from app.core.files import store_of
from app.core.system import System

# By these endings a column says that it holds what a keyring has sealed.
SEALED = ("_sealed", "_shown")
KEY_ID = "('x' || encode(substring({column} FROM 2 FOR 4), 'hex'))::bit(32)::int"
NAMED = f"SELECT DISTINCT {KEY_ID} AS key_id FROM {{table}} WHERE {{column}} IS NOT NULL"


# Asked of a few keys: the first row that names one ends the search for it.
ASKED = f"""
SELECT k.key_id FROM unnest(%(keys)s::int[]) k(key_id) CROSS JOIN LATERAL
(SELECT FROM {{table}} WHERE {{column}} IS NOT NULL AND {KEY_ID} = k.key_id LIMIT 1) named
"""


def keys_in_use(system: System) -> set[int]:
    """The ids of all keys without which something could not be opened any more."""
    with transaction(system, SYSTEM) as tx:
        rows = [row for sealed in sealed_columns() for row in tx.query(NAMED.format(**sealed))]
    return files_of(system) | {row["key_id"] for row in rows}


def in_use_of(system: System, keys: Iterable[int]) -> set[int]:
    """Those of the keys without which something could not be opened any more; a key that was found is looked for no further."""
    left = set(keys)
    found = left & files_of(system)
    with transaction(system, SYSTEM) as tx:
        for sealed in sealed_columns():
            if left - found:
                found |= {row["key_id"] for row in tx.query(ASKED.format(**sealed), {"keys": sorted(left - found)})}
    return found


def sealed_columns() -> list[dict[str, str]]:
    return [
        {"table": table.name, "column": column.name}
        for table in Base.metadata.sorted_tables
        for column in table.columns
        if isinstance(column.type, LargeBinary) and column.name.endswith(SEALED)
    ]


def files_of(system: System) -> set[int]:
    store = store_of(system)
    return {store.key_id(path.name) for path, _ in store.walk() if NAME.fullmatch(path.name)}
