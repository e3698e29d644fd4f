"""What is late, and what lies open in each street, is read from indexes alone, for the limit's owner and the place stand in them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
DUE = {"table_name": "cases", "columns": ["kind", "due_at"], "postgresql_where": sa.text("open AND due_at IS NOT NULL")}


def upgrade() -> None:
    op.drop_index("ix_cases_due_open", table_name="cases")
    op.create_index("ix_cases_due_open", **DUE, postgresql_include=["root_id"])
    op.create_index("ix_tickets_lying", "tickets", ["street", "community", "id"], postgresql_where=sa.text("closed_at IS NULL"))


def downgrade() -> None:
    op.drop_index("ix_tickets_lying", table_name="tickets")
    op.drop_index("ix_cases_due_open", table_name="cases")
    op.create_index("ix_cases_due_open", **DUE)
