"""What a unit still owes, which windows are about to close and what was handed down are found without all shares of all years."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"


def upgrade() -> None:
    op.create_index("ix_assignments_unreplied", "assignments", ["unit_id", "id"], postgresql_where=sa.text("replied_at IS NULL"))
    op.create_index("ix_clocks_running", "clocks", ["name", "due_at"], postgresql_where=sa.text("state = 'running'"))
    op.create_index("ix_cases_deep_open", "cases", ["kind", "parent_id"], postgresql_where=sa.text("open AND parent_id <> root_id"))


def downgrade() -> None:
    op.drop_index("ix_cases_deep_open", table_name="cases")
    op.drop_index("ix_clocks_running", table_name="clocks")
    op.drop_index("ix_assignments_unreplied", table_name="assignments")
