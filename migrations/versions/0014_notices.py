"""Notices and how they were delivered."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0014"
down_revision = "0013"
STATUSES = "status IN ('waiting', 'sending', 'sent', 'failed', 'given_up', 'suppressed')"
OPEN = "status IN ('waiting', 'sending', 'failed')"


def upgrade() -> None:
    op.create_table(
        "notices",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("root_id", sa.BigInteger(), nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("params", JSONB(), nullable=False),
        sa.Column("critical", sa.Boolean(), nullable=False),
        sa.Column("pack", sa.Text(), nullable=False),
        sa.Column("rule_row", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notices")),
        sa.UniqueConstraint("source", "rule_row", name=op.f("uq_notices_source_rule_row")),
    )
    op.create_index("ix_notices_root_id", "notices", ["root_id", "id"])
    deliveries()
    op.create_table(
        "notice_settings",
        sa.Column("user_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("channels", JSONB(), nullable=False),
        sa.Column("addresses_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_notice_settings_user_id_users")),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_notice_settings")),
    )


def deliveries() -> None:
    op.create_table(
        "deliveries",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("notice_id", sa.BigInteger(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=True),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("via", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=True),
        sa.Column("held", sa.Boolean(), nullable=False),
        sa.Column("digest_of", sa.BigInteger(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("next_try_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reference", sa.Text(), nullable=True),
        sa.Column("segments", sa.SmallInteger(), nullable=True),
        sa.CheckConstraint("channel IN ('inbox', 'sms', 'mail', 'chat')", name=op.f("ck_deliveries_channel")),
        sa.CheckConstraint(STATUSES, name=op.f("ck_deliveries_status")),
        sa.ForeignKeyConstraint(["notice_id"], ["notices.id"], name=op.f("fk_deliveries_notice_id_notices")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_deliveries_user_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deliveries")),
        sa.UniqueConstraint(
            "notice_id", "user_id", "channel", name=op.f("uq_deliveries_notice_id_user_id_channel"), postgresql_nulls_not_distinct=True
        ),
    )
    partial = (
        ("ix_deliveries_due", ["next_try_at"], OPEN),
        ("ix_deliveries_given_up", ["id"], "status = 'given_up'"),
        ("ix_deliveries_unread", ["user_id", "id"], "channel = 'inbox' AND read_at IS NULL"),
        ("ix_deliveries_read", ["user_id", "id"], "channel = 'inbox' AND read_at IS NOT NULL"),
        ("ix_deliveries_recent", ["user_id", "channel", "created_at"], "channel <> 'inbox'"),
        ("ix_deliveries_digest_of", ["digest_of"], "digest_of IS NOT NULL"),
    )
    for name, columns, where in partial:
        op.create_index(name, "deliveries", columns, postgresql_where=sa.text(where))


def downgrade() -> None:
    for table in ("notice_settings", "deliveries", "notices"):
        op.drop_table(table)
