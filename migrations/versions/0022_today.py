"""What is over of today is folded too, and figures are found by their measure."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"


def upgrade() -> None:
    op.add_column("folded_days", sa.Column("counted_until", sa.DateTime(timezone=True), nullable=True))
    keyed_by("day", "measure", "unit_id", "hour")


def downgrade() -> None:
    keyed_by("day", "unit_id", "measure", "hour")
    # Whoever knows only whole days must not take a part for one.
    op.execute("DELETE FROM folded_days WHERE counted_until IS NOT NULL")
    op.drop_column("folded_days", "counted_until")


def keyed_by(*columns: str) -> None:
    op.drop_constraint("pk_day_figures", "day_figures")
    op.create_primary_key("pk_day_figures", "day_figures", list(columns))
