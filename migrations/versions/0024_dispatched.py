"""What was sent out a moment ago is found by when it was sent, however old the ticket is."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"


def upgrade() -> None:
    op.create_index("ix_tickets_dispatched_at", "tickets", ["dispatched_at"], postgresql_where=sa.text("dispatched_at IS NOT NULL"))


def downgrade() -> None:
    op.drop_index("ix_tickets_dispatched_at", table_name="tickets")
