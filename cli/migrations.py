"""The schema follows the migrations: one at a time, the whole way in one transaction, by the owner of the tables."""

from __future__ import annotations

from alembic import command
from alembic.config import Config as AlembicConfig
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, create_engine, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import NullPool

from app.config import APP_ROLE, CHECKOUT
from app.errors import Unavailable

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
    with reached(engine) as connection, connection.begin():
        config = alembic_config(connection)
        if up and to == "head" and _stands_at_head(connection, config):
            return
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
        make_role(connection)
        (command.upgrade if up else command.downgrade)(config, to)


def reached(engine: Engine) -> Connection:
    """A connection, or one sentence that says why there is none."""
    try:
        return engine.connect()
    except OperationalError as error:
        why = str(error.orig).strip().splitlines()[0]
        raise Unavailable(f"无法连接数据库：{why}", f"The database cannot be reached: {why}") from error


def _stands_at_head(connection: Connection, config: AlembicConfig) -> bool:
    """Looked at first, so that a later start neither waits for a lock nor needs the rights of the owner."""
    heads = ScriptDirectory.from_config(config).get_heads()
    return set(MigrationContext.configure(connection).get_current_heads()) == set(heads)


def make_role(connection: Connection) -> None:
    """The application's role, where somebody else's server does not have it yet. The migrations say what it may do."""
    if not connection.scalar(text("SELECT 1 FROM pg_roles WHERE rolname = :role"), {"role": APP_ROLE}):
        connection.execute(text(f"CREATE ROLE {APP_ROLE}"))
        connection.execute(text(f"GRANT {APP_ROLE} TO CURRENT_USER"))
