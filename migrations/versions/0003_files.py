"""Attachments: contents, their uses, and the log of what was done with them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

APPEND_ONLY = """
DO $$ BEGIN
IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'citydesk_app') THEN
    REVOKE UPDATE, DELETE ON attachment_events FROM citydesk_app;
    REVOKE DELETE ON attachments, file_contents FROM citydesk_app;
END IF;
END $$
"""


def upgrade() -> None:
    """Creates the tables; the log takes only new rows, and the application's role removes no attachment."""
    contents()
    attachments()
    events()
    op.execute("CREATE TRIGGER keep_rows BEFORE UPDATE OR DELETE OR TRUNCATE ON attachment_events EXECUTE FUNCTION keep_rows()")
    op.execute(APPEND_ONLY)


def contents() -> None:
    op.create_table(
        "file_contents",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("stored_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("destroyed_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_file_contents")),
    )
    op.create_index("ix_file_contents_kept", "file_contents", ["size"], postgresql_where=sa.text("destroyed_at IS NULL"))


def attachments() -> None:
    op.create_table(
        "attachments",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("root_id", sa.BigInteger(), nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("name_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("attached_by", sa.Text(), nullable=False),
        sa.Column("attached_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("detached_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("kind IN ('identity', 'contact_proof', 'site', 'handling', 'other')", name=op.f("ck_attachments_kind")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_attachments_case_id_cases")),
        sa.ForeignKeyConstraint(["content"], ["file_contents.name"], name=op.f("fk_attachments_content_file_contents")),
        sa.ForeignKeyConstraint(["root_id"], ["cases.id"], name=op.f("fk_attachments_root_id_cases")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attachments")),
    )
    live = sa.text("detached_at IS NULL")
    op.create_index("uq_attachments_live", "attachments", ["case_id", "kind", "content"], unique=True, postgresql_where=live)
    op.create_index("ix_attachments_content", "attachments", ["content"])
    op.create_index("ix_attachments_root_id", "attachments", ["root_id"])


def events() -> None:
    op.create_table(
        "attachment_events",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("attachment_id", sa.BigInteger(), nullable=False),
        sa.Column("root_id", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attachment_events")),
    )
    op.create_index(op.f("ix_attachment_events_attachment_id"), "attachment_events", ["attachment_id"])
    op.create_index(op.f("ix_attachment_events_root_id"), "attachment_events", ["root_id"])


def downgrade() -> None:
    for table in ("attachment_events", "attachments", "file_contents"):
        op.drop_table(table)
