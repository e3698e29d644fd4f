"""Callbacks as cases of their own, the calls made for them, evaluations asked by others, and what follows dissatisfaction."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
EVALUATIONS = (
    ("source", sa.Text, {"nullable": False, "server_default": "own"}),
    ("reference", sa.Text, {}),
    ("evaluated_at", lambda: sa.DateTime(timezone=True), {}),
    ("way", sa.Text, {}),
    ("manner_rating", sa.Text, {}),
    ("recording", sa.Text, {}),
)
TICKETS = (
    ("dissatisfactions", sa.SmallInteger, {}),
    ("dissatisfied_round", sa.SmallInteger, {}),
    ("studied_round", sa.SmallInteger, {}),
    ("no_further_ground", sa.Text, {}),
)
OURS, THEIRS = "reached AND source = 'own'", "source <> 'own'"


def upgrade() -> None:
    callbacks()
    attempts()
    for table, columns in (("evaluations", EVALUATIONS), ("tickets", TICKETS)):
        for name, kind, more in columns:
            op.add_column(table, sa.Column(name, kind(), **more))
    op.drop_index("uq_evaluations_round", "evaluations")
    op.create_index("uq_evaluations_round", "evaluations", ["root_id", "round"], unique=True, postgresql_where=sa.text(OURS))
    told = ["root_id", "round", "source", "reference"]
    op.create_index("uq_evaluations_reference", "evaluations", told, unique=True, postgresql_where=sa.text(THEIRS))
    op.create_index("ix_evaluations_at", "evaluations", ["at"])
    op.create_index("ix_tickets_dissatisfied_round", "tickets", ["id"], postgresql_where=sa.text("dissatisfied_round = round"))


def callbacks() -> None:
    op.create_table(
        "callbacks",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("root_id", sa.BigInteger(), nullable=False),
        sa.Column("round", sa.SmallInteger(), nullable=False),
        sa.Column("priority", sa.SmallInteger(), nullable=False),
        sa.Column("priority_rule", sa.Text(), nullable=True),
        sa.Column("attempts", sa.SmallInteger(), nullable=False),
        sa.Column("next_call_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("invited_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("claimed_by", sa.BigInteger(), nullable=True),
        sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("contacted", sa.Boolean(), nullable=True),
        sa.Column("solved", sa.Boolean(), nullable=True),
        sa.Column("rating", sa.Text(), nullable=True),
        sa.Column("manner_rating", sa.Text(), nullable=True),
        sa.Column("way", sa.Text(), nullable=True),
        sa.Column("rated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["id"], ["cases.id"], name=op.f("fk_callbacks_id_cases")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_callbacks")),
    )
    op.create_index(op.f("ix_callbacks_root_id"), "callbacks", ["root_id"])
    op.create_index("uq_callbacks_round", "callbacks", ["root_id", "round"], unique=True)
    op.create_index("ix_callbacks_claimed_by", "callbacks", ["claimed_by"], postgresql_where=sa.text("claimed_by IS NOT NULL"))
    op.create_index("ix_callbacks_ended_at", "callbacks", ["ended_at"])


def attempts() -> None:
    op.create_table(
        "callback_attempts",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("root_id", sa.BigInteger(), nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.BigInteger(), nullable=False),
        sa.Column("unit_id", sa.BigInteger(), nullable=True),
        sa.Column("round", sa.SmallInteger(), nullable=False),
        sa.Column("call_outcome", sa.Text(), nullable=False),
        sa.Column("call_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("recording", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_callback_attempts")),
    )
    op.create_index(op.f("ix_callback_attempts_root_id"), "callback_attempts", ["root_id"])


def downgrade() -> None:
    op.drop_index("ix_tickets_dissatisfied_round", "tickets")
    op.drop_index("ix_evaluations_at", "evaluations")
    op.drop_index("uq_evaluations_reference", "evaluations")
    op.drop_index("uq_evaluations_round", "evaluations")
    op.execute("DELETE FROM evaluations WHERE source <> 'own'")
    op.create_index("uq_evaluations_round", "evaluations", ["root_id", "round"], unique=True, postgresql_where=sa.text("reached"))
    for table, columns in (("tickets", TICKETS), ("evaluations", EVALUATIONS)):
        for name, _, _ in reversed(columns):
            op.drop_column(table, name)
    op.drop_table("callback_attempts")
    op.drop_table("callbacks")
