"""Alarms of the duty room, and the decisions of review with their four gates."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0012"
down_revision = "0011"
GATES = ("time", "quality", "reply", "implementation")


def upgrade() -> None:
    create_alarms()
    create_reviews()


def downgrade() -> None:
    op.drop_table("reviews")
    op.drop_table("alarms")


def create_alarms() -> None:
    op.create_table(
        "alarms",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("root_id", sa.BigInteger(), nullable=False),
        sa.Column("danger", sa.Text(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("rule_pack", sa.Text(), nullable=True),
        sa.Column("rule_table", sa.Text(), nullable=True),
        sa.Column("rule_row", sa.Text(), nullable=True),
        sa.Column("hits", sa.Integer(), nullable=False),
        sa.Column("last_hit_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("level", sa.SmallInteger(), nullable=False),
        sa.Column("escalations", sa.Integer(), nullable=False),
        sa.Column("responsible", sa.Text(), nullable=False),
        sa.Column("raised_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("raised_by", sa.BigInteger(), nullable=True),
        sa.Column("acknowledged_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("acknowledged_by", sa.BigInteger(), nullable=True),
        sa.Column("acted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("acted_by", sa.BigInteger(), nullable=True),
        sa.Column("measures_taken", sa.Text(), nullable=True),
        sa.Column("alarm_result", sa.Text(), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_by", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["id"], ["cases.id"], name=op.f("fk_alarms_id_cases")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alarms")),
    )
    op.create_index(op.f("ix_alarms_root_id"), "alarms", ["root_id"])
    op.create_index("ix_alarms_raised_at", "alarms", ["raised_at"])


def create_reviews() -> None:
    gates = [
        column
        for gate in GATES
        for column in (
            sa.Column(f"gate_{gate}", sa.Text(), nullable=False),
            sa.Column(f"gate_{gate}_reason", sa.Text(), nullable=True),
        )
    ]
    op.create_table(
        "reviews",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("root_id", sa.BigInteger(), nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.BigInteger(), nullable=False),
        sa.Column("unit_id", sa.BigInteger(), nullable=True),
        sa.Column("round", sa.SmallInteger(), nullable=False),
        sa.Column("decision", sa.Text(), nullable=False),
        *gates,
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("findings", JSONB(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reviews")),
    )
    op.create_index(op.f("ix_reviews_root_id"), "reviews", ["root_id"])
