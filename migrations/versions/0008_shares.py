"""Shares handed down, extended and paused."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
INSTANT = sa.DateTime(timezone=True)
OF_ASSIGNMENTS = {
    "held_at": INSTANT, "paused_at": INSTANT, "pause_ground": sa.Text(), "pause_until": INSTANT, "pause_total": sa.Boolean(),
    "pause_requested_by": sa.BigInteger(), "extended_until": INSTANT,
}  # fmt: skip
OF_TICKETS = {
    "suspended_at": INSTANT, "suspended_from": sa.Text(), "suspended_until": INSTANT, "suspension_level": sa.Text(),
    "suspension_requested_by": sa.BigInteger(),
}  # fmt: skip


def upgrade() -> None:
    for table, columns in (("assignments", OF_ASSIGNMENTS), ("tickets", OF_TICKETS)):
        for name, of_type in columns.items():
            op.add_column(table, sa.Column(name, of_type))
    extensions()
    suspensions()


def extensions() -> None:
    op.create_table(
        "extensions",
        sa.Column("id", sa.BigInteger(), sa.ForeignKey("cases.id"), primary_key=True, autoincrement=False),
        sa.Column("root_id", sa.BigInteger(), nullable=False, index=True),
        sa.Column("unit_id", sa.BigInteger(), sa.ForeignKey("units.id"), nullable=False),
        sa.Column("round", sa.SmallInteger(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("legal_basis", sa.Text(), nullable=False),
        sa.Column("new_due_at", INSTANT, nullable=False),
        sa.Column("requested_by", sa.BigInteger()),
        sa.Column("requested_at", INSTANT, nullable=False),
        sa.Column("granted_until", INSTANT),
        sa.Column("decided_by", sa.BigInteger()),
        sa.Column("decided_at", INSTANT),
    )
    op.create_index("ix_extensions_unit_id", "extensions", ["unit_id", "id"])


def suspensions() -> None:
    op.create_table(
        "suspensions",
        sa.Column("id", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("root_id", sa.BigInteger(), nullable=False, index=True),
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("actor_id", sa.BigInteger(), nullable=False),
        sa.Column("unit_id", sa.BigInteger()),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("approval_level", sa.Text()),
        sa.Column("review_at", INSTANT),
        sa.Column("plan", sa.Text()),
        sa.Column("public_explanation", sa.Text()),
    )


def downgrade() -> None:
    op.drop_table("suspensions")
    op.drop_table("extensions")
    for table, columns in (("tickets", OF_TICKETS), ("assignments", OF_ASSIGNMENTS)):
        for name in columns:
            op.drop_column(table, name)
