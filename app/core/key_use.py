"""Which keys are still needed: those that a sealed column or a stored file names. A look-up hash is made anew with its sealed value."""

from __future__ import annotations

from sqlalchemy import LargeBinary

from app.core.actors import SYSTEM
from app.core.base import Base
from app.core.bus import transaction
from app.core.file_store import NAME
from app.core.files import store_of
from app.core.system import System

# By these endings a column says that it holds what a keyring has sealed.
SEALED = ("_sealed", "_shown")
NAMED = """
SELECT DISTINCT ('x' || encode(substring({column} FROM 2 FOR 4), 'hex'))::bit(32)::int AS key_id FROM {table} WHERE {column} IS NOT NULL
"""


def keys_in_use(system: System) -> set[int]:
    """The ids of all keys without which something could not be opened any more."""
    columns = [
        (table.name, column.name)
        for table in Base.metadata.sorted_tables
        for column in table.columns
        if isinstance(column.type, LargeBinary) and column.name.endswith(SEALED)
    ]
    with transaction(system, SYSTEM) as tx:
        rows = [row for table, column in columns for row in tx.query(NAMED.format(table=table, column=column))]
    store = store_of(system)
    files = {store.key_id(path.name) for path, _ in store.walk() if NAME.fullmatch(path.name)}
    return files | {row["key_id"] for row in rows}
