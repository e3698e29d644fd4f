"""Trips to the database: several prepared statements travel as one script, since on the hot path a trip costs more than its work."""

# PREPARE and EXECUTE are said in SQL, which lets BEGIN, a lock and a read, or a write and COMMIT, be one message. The connection is in
# autocommit mode for psycopg, because the scripts themselves say where a transaction begins and ends.

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from psycopg import Connection, Cursor, errors
from psycopg.pq import DiagnosticField, Escaping, ExecStatus
from psycopg.pq.abc import PGresult
from psycopg.rows import dict_row

# A command touches a few rows by their keys. What the planner guesses of a JSON array, a hundred rows, would have it read whole tables,
# and a plan made while a table was young would go on doing so.
BEGIN = """BEGIN; SET LOCAL plan_cache_mode = force_generic_plan; SET LOCAL enable_seqscan = off; SET LOCAL enable_hashjoin = off;
SET LOCAL enable_mergejoin = off"""
GOOD = (ExecStatus.TUPLES_OK, ExecStatus.COMMAND_OK)
# A plan takes some kilobytes of the server's memory; far fewer shapes than this occur in practice.
MOST_PLANS = 400


class Wire:
    """One connection for the length of one transaction. `plans` outlives it: what this connection has prepared, by text. After a script
    that failed nobody knows which plans it still made: the wire is `spoilt`."""

    def __init__(self, connection: Connection[Any], plans: dict[str, str]) -> None:
        self.connection = connection
        self.plans = plans
        self.begun = False
        self.spoilt = False
        self._script: list[str] = []
        self._new: dict[str, str] = {}
        self._escaping = Escaping(connection.pgconn)

    def say(self, statement: str, types: str = "", params: Sequence[int | str] = ()) -> None:
        """Adds one prepared statement to the next trip. `types` are those of its $1, $2, ... in SQL."""
        given = ", ".join(str(value) if isinstance(value, int) else self.quoted(value) for value in params)
        name = self.plans.get(statement) or self._new.get(statement)
        if name is None:
            name = self._new[statement] = f"p{len(self.plans) + len(self._new)}"
            self._script.append(f"PREPARE {name}{types} AS {statement}")
        self._script.append(f"EXECUTE {name}({given})" if params else f"EXECUTE {name}")

    def quoted(self, value: str) -> str:
        """The text as a literal, made safe by libpq for this connection."""
        return bytes(self._escaping.escape_literal(value.encode())).decode()

    def go(self, commit: bool = False) -> list[tuple[bytes | None, ...]]:
        """Makes the trip and returns the rows of its last statement, as the bytes of their text; with `commit` there are none."""
        script = "; ".join(([] if self.begun else [BEGIN]) + self._script + (["COMMIT"] if commit else []))
        self._script = []
        # libpq itself is asked here: what the driver adds for every statement costs as much as the decision of a transition.
        result = self.connection.pgconn.exec_(script.encode())
        self.begun = not commit
        if result.status not in GOOD:
            self.spoilt = True
            raise in_words(result)
        self.plans.update(self._new)
        self._new = {}
        columns = range(result.nfields)
        return [tuple(result.get_value(row, column) for column in columns) for row in range(result.ntuples)]

    def ask(self, sql: str, params: Sequence[Any] | Mapping[str, Any] = ()) -> list[dict[str, Any]]:
        """A plain statement within the transaction."""
        if not self.begun:
            self.go()
        with self.connection.cursor(row_factory=dict_row) as cursor:
            done: Cursor[dict[str, Any]] = cursor.execute(sql, params)
            return done.fetchall() if done.description else []


def in_words(result: PGresult) -> errors.Error:
    """The driver's own exception for what the server said; of a broken uniqueness rule the rule's name is kept."""
    state = (result.error_field(DiagnosticField.SQLSTATE) or b"08000").decode()
    rule = (result.error_field(DiagnosticField.CONSTRAINT_NAME) or b"").decode()
    said = (result.error_field(DiagnosticField.MESSAGE_PRIMARY) or b"the connection was lost").decode(errors="replace")
    error = errors.lookup(state)(said)
    error.add_note(rule)
    return error
