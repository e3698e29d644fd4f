"""Second factors of sign-in, and the one role that a session may be narrowed to."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
NOW = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "second_factors",
        sa.Column("id", sa.BigInteger, sa.ForeignKey("users.id"), primary_key=True, autoincrement=False),
        sa.Column("secret_sealed", sa.LargeBinary, nullable=False),
        sa.Column("begun_at", NOW, nullable=False),
        sa.Column("confirmed_at", NOW),
        sa.Column("last_step", sa.BigInteger, server_default=sa.text("0"), nullable=False),
    )
    op.create_table(
        "recovery_codes",
        sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True),
        sa.Column("user_id", sa.BigInteger, sa.ForeignKey("users.id"), nullable=False, index=True),
        sa.Column("digest", sa.LargeBinary, nullable=False, unique=True),
        sa.Column("used_at", NOW),
    )
    op.add_column("access_tokens", sa.Column("role", sa.Text))


def downgrade() -> None:
    op.drop_column("access_tokens", "role")
    op.drop_table("recovery_codes")
    op.drop_table("second_factors")
