"""What the database logs names its errors and quotes nobody."""

from __future__ import annotations

from pathlib import Path

import psycopg
import pytest

from cli.servers import postgres

NAME, PHONE = "王小明", "13812345678"


def test_a_failing_statement_leaves_no_personal_value_in_the_log(state_folder: Path) -> None:
    server = postgres.start(state_folder, fast=True)
    with server.connect() as connection:
        connection.execute("CREATE TABLE people (phone text PRIMARY KEY, age int CHECK (age > 0))")
        connection.execute("INSERT INTO people VALUES (%s, 1)", [PHONE])
        for statement in (
            f"INSERT INTO people VALUES ('{PHONE}', 2) -- {NAME}",
            f"INSERT INTO people VALUES ('{NAME} {PHONE}', -1)",
            f"PREPARE p AS SELECT $1::text, 1 / 0; EXECUTE p('{NAME}')",
        ):
            with pytest.raises(psycopg.Error):
                connection.execute(statement)
    server.stop()
    logged = (state_folder / "logs" / "postgres.log").read_text(encoding="utf-8")
    assert "duplicate key value" in logged and "division by zero" in logged
    assert NAME not in logged and PHONE not in logged
