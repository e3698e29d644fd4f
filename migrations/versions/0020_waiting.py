"""What waits for somebody's decision is found by an index that holds nothing else."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"

WAITING = {
    "ix_tickets_termination_requested": ("tickets", "termination_requested_by"),
    "ix_tickets_suspension_requested": ("tickets", "suspension_requested_by"),
    "ix_tickets_earlier_reply": ("tickets", "earlier_reply_by"),
    "ix_assignments_pause_requested": ("assignments", "pause_requested_by"),
}


def upgrade() -> None:
    for name, (table, column) in WAITING.items():
        op.create_index(name, table, ["id"], postgresql_where=sa.text(f"{column} IS NOT NULL"))


def downgrade() -> None:
    for name, (table, _) in WAITING.items():
        op.drop_index(name, table_name=table)
