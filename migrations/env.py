"""Runs migrations on the one connection that it is given: the whole way up or down is one transaction."""

from __future__ import annotations

from alembic import context

from app.core.base import Base

context.configure(connection=context.config.attributes["connection"], target_metadata=Base.metadata)
with context.begin_transaction():
    context.run_migrations()
