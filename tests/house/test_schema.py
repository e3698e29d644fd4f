"""The models and the migrated schema are the same thing said twice; every migration can be undone."""

from __future__ import annotations

import importlib
from collections.abc import Iterator

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, create_engine, inspect, text
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.pool import NullPool

from app.core.base import Base
from app.tables import MODELS
from cli import migrations
from tests.fixtures.servers import Database
from tests.house.sources import ROOT, python


@pytest.fixture
def owner(database: Database) -> Iterator[Engine]:
    engine = create_engine(database.owner_url, poolclass=NullPool)
    yield engine
    engine.dispose()


def test_the_models_are_the_schema(owner: Engine) -> None:
    for path in python("app"):
        if path.name.endswith("models.py"):
            importlib.import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))
    options = {"compare_type": True, "compare_server_default": False}
    with owner.connect() as connection:
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, Base.metadata) == []


def test_no_models_are_forgotten_on_the_page_of_all_tables() -> None:
    written = {".".join(path.relative_to(ROOT).with_suffix("").parts) for path in python("app") if path.name.endswith("models.py")}
    assert {module.__name__ for module in MODELS} == written


def test_every_migration_goes_down_and_up_again(owner: Engine, database: Database) -> None:
    before = columns(owner)
    revisions = [script.revision for script in ScriptDirectory.from_config(migrations.alembic_config()).walk_revisions()]
    for revision in revisions:
        migrations.downgrade(database.owner_url, f"{revision}-1" if revision != revisions[-1] else "base")
    assert set(inspect(owner).get_table_names()) <= {"alembic_version"}
    for revision in reversed(revisions):
        migrations.upgrade(database.owner_url, revision)
    assert columns(owner) == before


def test_there_is_one_line_of_migrations() -> None:
    assert len(ScriptDirectory.from_config(migrations.alembic_config()).get_heads()) == 1


def test_a_later_start_changes_nothing(owner: Engine, database: Database) -> None:
    before = columns(owner)
    migrations.upgrade(database.owner_url)
    assert columns(owner) == before


@pytest.mark.parametrize("statement", ["UPDATE history SET seq = seq + 1", "DELETE FROM history", "TRUNCATE history"])
def test_the_application_cannot_change_history(database: Database, statement: str) -> None:
    engine = create_engine(database.url, poolclass=NullPool)
    with engine.connect() as connection, pytest.raises(ProgrammingError, match="permission denied"):
        connection.execute(text(statement))
    engine.dispose()


def columns(engine: Engine) -> dict[str, list[str]]:
    """Every table with its columns and their types, as the database tells them."""
    look = inspect(engine)
    return {
        table: sorted(f"{column['name']} {column['type']!r} {column['nullable']}" for column in look.get_columns(table))
        for table in look.get_table_names()
    }
