"""The knowledge base: entries, their editions, corrections, what cites them, and the words they are found by."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0015"
down_revision = "0014"
NOW = sa.DateTime(timezone=True)


def worded() -> list[sa.Column]:  # type: ignore[type-arg]
    return [
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("content", sa.Text, nullable=False),
        sa.Column("category_id", sa.BigInteger),
        sa.Column("keywords", postgresql.ARRAY(sa.Text), nullable=False),
        sa.Column("sources", sa.Text),
        sa.Column("valid_until", NOW),
        sa.Column("open_to_public", sa.Boolean, nullable=False),
        sa.Column("written_by", sa.BigInteger, nullable=False),
    ]


def recorded() -> list[sa.Column]:  # type: ignore[type-arg]
    return [
        sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("root_id", sa.BigInteger, nullable=False, index=True),
        sa.Column("case_id", sa.BigInteger, nullable=False),
        sa.Column("seq", sa.Integer, nullable=False),
        sa.Column("at", NOW, nullable=False),
        sa.Column("actor_id", sa.BigInteger, nullable=False),
        sa.Column("unit_id", sa.BigInteger),
    ]


def upgrade() -> None:
    op.create_table(
        "knowledge_entries",
        sa.Column("id", sa.BigInteger, sa.ForeignKey("cases.id"), primary_key=True, autoincrement=False),
        sa.Column("root_id", sa.BigInteger, nullable=False, index=True),
        sa.Column("unit_id", sa.BigInteger, sa.ForeignKey("units.id"), nullable=False, index=True),
        *worded(),
        sa.Column("review_by", NOW, nullable=False),
        sa.Column("review_overdue_since", NOW),
        sa.Column("edition", sa.Integer, nullable=False),
        sa.Column("published_at", NOW),
    )
    op.create_table("knowledge_editions", *recorded(), *worded(), sa.Column("edition", sa.Integer, nullable=False))
    op.create_index("uq_knowledge_editions_edition", "knowledge_editions", ["case_id", "edition"], unique=True)
    op.create_table("knowledge_corrections", *recorded(), sa.Column("text", sa.Text, nullable=False))
    op.create_table(
        "knowledge_settlements",
        *recorded(),
        sa.Column("correction_id", sa.BigInteger, sa.ForeignKey("knowledge_corrections.id"), nullable=False, unique=True),
        sa.Column("accepted", sa.Boolean, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
    )
    op.create_table(
        "knowledge_citations",
        *recorded(),
        sa.Column("entry_id", sa.BigInteger, sa.ForeignKey("knowledge_entries.id"), nullable=False, index=True),
        sa.Column("edition", sa.Integer, nullable=False),
    )
    op.create_table(
        "knowledge_search",
        sa.Column("id", sa.BigInteger, sa.ForeignKey("knowledge_entries.id"), primary_key=True, autoincrement=False),
        sa.Column("tokens", postgresql.TSVECTOR, nullable=False),
    )
    op.create_index("ix_knowledge_search_tokens", "knowledge_search", ["tokens"], postgresql_using="gin")


def downgrade() -> None:
    for table in ("search", "citations", "settlements", "corrections", "editions", "entries"):
        op.drop_table(f"knowledge_{table}")
