"""A lead unit asks the centre for a co-unit."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "co_requests",
        sa.Column("id", sa.BigInteger(), sa.ForeignKey("cases.id"), primary_key=True, autoincrement=False),
        sa.Column("root_id", sa.BigInteger(), nullable=False, index=True),
        sa.Column("unit_id", sa.BigInteger(), sa.ForeignKey("units.id"), nullable=False),
        sa.Column("person_id", sa.BigInteger()),
        sa.Column("round", sa.SmallInteger(), nullable=False),
        sa.Column("wished_unit_id", sa.BigInteger(), sa.ForeignKey("units.id"), nullable=False),
        sa.Column("helping_unit_id", sa.BigInteger(), sa.ForeignKey("units.id")),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("refusal", sa.Text()),
        sa.Column("requested_at", INSTANT, nullable=False),
        sa.Column("decided_at", INSTANT),
        sa.Column("decided_by", sa.BigInteger()),
    )
    op.create_index("ix_co_requests_unit_id", "co_requests", ["unit_id", "id"])


def downgrade() -> None:
    op.drop_table("co_requests")
