"""Trips to the database: several prepared statements travel as one script, since on the hot path a trip costs more than its work."""

# PREPARE and EXECUTE are said in SQL, which lets BEGIN, a lock and a read, or a write and COMMIT, be one message. The connection is in
# autocommit mode for psycopg, because the scripts themselves say where a transaction begins and ends.

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from psycopg import ClientCursor, Connection, Cursor
from psycopg.rows import dict_row

BEGIN = "BEGIN; SET LOCAL plan_cache_mode = force_generic_plan"
# A plan takes some kilobytes of the server's memory; far fewer shapes than this occur in practice.
MOST_PLANS = 400


class Wire:
    """One connection for the length of one transaction. `plans` outlives it: what this connection has prepared, by text."""

    def __init__(self, connection: Connection[Any], plans: dict[str, str]) -> None:
        self.connection = connection
        self.plans = plans
        self.begun = False
        self._script: list[str] = []
        self._params: list[Any] = []

    def say(self, statement: str, types: str = "", params: Sequence[Any] = ()) -> None:
        """Adds one prepared statement to the next trip. `types` are those of its $1, $2, ... in SQL."""
        name = self.plans.get(statement)
        if name is None:
            name = self.plans[statement] = f"p{len(self.plans)}"
            # A percent sign would be taken for a placeholder by the client's own binding.
            self._script.append(f"PREPARE {name}{types} AS {statement}".replace("%", "%%"))
        marks = ", ".join(["%s"] * len(params))
        self._script.append(f"EXECUTE {name}({marks})" if params else f"EXECUTE {name}")
        self._params += params

    def go(self, commit: bool = False) -> list[tuple[Any, ...]]:
        """Makes the trip and returns the rows of its last statement that has any."""
        script = "; ".join(([] if self.begun else [BEGIN]) + self._script + (["COMMIT"] if commit else []))
        self.begun = not commit
        params, self._script, self._params = self._params, [], []
        with ClientCursor(self.connection) as cursor:
            cursor.execute(script, params)
            rows: list[tuple[Any, ...]] = []
            while True:
                if cursor.description is not None:
                    rows = cursor.fetchall()
                if not cursor.nextset():
                    return rows

    def ask(self, sql: str, params: Sequence[Any] | Mapping[str, Any] = ()) -> list[dict[str, Any]]:
        """A plain statement within the transaction."""
        if not self.begun:
            self.go()
        with self.connection.cursor(row_factory=dict_row) as cursor:
            done: Cursor[dict[str, Any]] = cursor.execute(sql, params)
            return done.fetchall() if done.description else []
