"""Clocks that were set aside are few, and are asked for at every look at the system's health: they have an index of their own."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
WHERE = "set_aside_at IS NOT NULL AND state <> 'stopped'"


def upgrade() -> None:
    op.create_index("ix_clocks_set_aside", "clocks", ["set_aside_at"], postgresql_where=sa.text(WHERE))


def downgrade() -> None:
    op.drop_index("ix_clocks_set_aside", "clocks")
