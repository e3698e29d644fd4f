"""The schema follows the migrations: one at a time, the whole way in one transaction, by the owner of the tables."""

from __future__ import annotations

from alembic import command
from alembic.config import Config as AlembicConfig
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.pool import NullPool

from app.config import APP_ROLE, CHECKOUT

# Any number that nothing else locks: two processes that start together must not migrate together.
LOCK = 12345_0001


def upgrade(owner_url: str, to: str = "head") -> None:
    """Bring the database up to `to`; nothing happens where it already stands there."""
    _run(owner_url, to, up=True)


def downgrade(owner_url: str, to: str) -> None:
    """Take the database back to `to`; "base" empties it."""
    _run(owner_url, to, up=False)


def alembic_config(connection: Connection | None = None) -> AlembicConfig:
    """Alembic reads its folder through a parser that expands percent signs, so that those in a path are doubled."""
    config = AlembicConfig()
    config.set_main_option("script_location", str(CHECKOUT / "migrations").replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def _run(owner_url: str, to: str, up: bool) -> None:
    engine = create_engine(owner_url, poolclass=NullPool)
    with engine.begin() as connection:
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
        _admit_application(connection)
        (command.upgrade if up else command.downgrade)(alembic_config(connection), to)


def _admit_application(connection: Connection) -> None:
    """The application's role, made where somebody else's server does not have it yet, may use what the owner makes from now on.

    A migration takes away again what the application must not do to a table (history: UPDATE, DELETE).
    """
    if not connection.scalar(text("SELECT 1 FROM pg_roles WHERE rolname = :role"), {"role": APP_ROLE}):
        connection.execute(text(f"CREATE ROLE {APP_ROLE}"))
        connection.execute(text(f"GRANT {APP_ROLE} TO CURRENT_USER"))
    connection.execute(text(f"GRANT USAGE ON SCHEMA public TO {APP_ROLE}"))
    rights = "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT"
    connection.execute(text(f"{rights} SELECT, INSERT, UPDATE, DELETE ON TABLES TO {APP_ROLE}"))
    connection.execute(text(f"{rights} SELECT, USAGE ON SEQUENCES TO {APP_ROLE}"))
