"""Daily figures kept beside the tickets."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
INDEXES = {"history": "ix_history_at", "fires": "ix_fires_at"}


def upgrade() -> None:
    create_tables()
    for table, name in INDEXES.items():
        op.create_index(name, table, ["at"], postgresql_using="brin", postgresql_with={"autosummarize": "on"})


def downgrade() -> None:
    for table, name in INDEXES.items():
        op.drop_index(name, table)
    for table in ("folding", "folded_days", "category_figures", "day_figures"):
        op.drop_table(table)


def create_tables() -> None:
    op.create_table(
        "day_figures",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("unit_id", sa.BigInteger(), nullable=False),
        sa.Column("measure", sa.Text(), nullable=False),
        sa.Column("hour", sa.SmallInteger(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("day", "unit_id", "measure", "hour", name=op.f("pk_day_figures")),
    )
    op.create_table(
        "category_figures",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("unit_id", sa.BigInteger(), nullable=False),
        sa.Column("category_id", sa.BigInteger(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("day", "unit_id", "category_id", name=op.f("pk_category_figures")),
    )
    op.create_table(
        "folded_days",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("folded_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_folded_days")),
    )
    op.create_table(
        "folding",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("looked_until", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_folding_one_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_folding")),
    )
