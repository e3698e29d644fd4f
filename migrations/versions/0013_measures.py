"""Cards and what escalation leaves behind."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def record() -> list[sa.Column[object]]:
    """What core writes into every record of a step."""
    return [
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("root_id", sa.BigInteger(), nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.BigInteger(), nullable=False),
        sa.Column("unit_id", sa.BigInteger(), nullable=True),
    ]


def upgrade() -> None:
    op.create_table(
        "cards",
        *record(),
        sa.Column("colour", sa.Text(), nullable=False),
        sa.Column("to_unit_id", sa.BigInteger(), nullable=False),
        sa.Column("round", sa.SmallInteger(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cards")),
    )
    op.create_index("ix_cards_unit", "cards", ["to_unit_id", "id"])
    op.create_index("ix_cards_at", "cards", ["at"])
    op.create_index("ix_cards_root_id", "cards", ["root_id"])
    op.create_index("ix_cards_case_id", "cards", ["case_id"])
    op.create_table(
        "card_revocations",
        *record(),
        sa.Column("card_id", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_card_revocations")),
        sa.UniqueConstraint("card_id", name=op.f("uq_card_revocations_card_id")),
    )
    op.create_index("ix_card_revocations_root_id", "card_revocations", ["root_id"])


def downgrade() -> None:
    op.drop_table("card_revocations")
    op.drop_table("cards")
