"""Tickets about the same fact, and what grows out of them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

revision = "0011"
down_revision = "0010"

COLUMNS = {
    "merged_into": sa.BigInteger(), "joined": sa.SmallInteger(), "links": sa.SmallInteger(), "earlier_reply_by": sa.BigInteger(),
    "earlier_reply_of": sa.BigInteger(), "caller_effects": ARRAY(sa.Text()),
}  # fmt: skip
STANDS = "ended_at IS NULL"


def upgrade() -> None:
    for name, kind in COLUMNS.items():
        op.add_column("tickets", sa.Column(name, kind, nullable=True))
    op.create_index("ix_tickets_merged_into", "tickets", ["merged_into"], postgresql_where=sa.text("merged_into IS NOT NULL"))
    op.create_index("ix_tickets_street", "tickets", ["street", "id"], postgresql_where=sa.text("street IS NOT NULL"))
    links()
    groups()
    restrictions()


def links() -> None:
    op.create_table(
        "links",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("main_id", sa.BigInteger(), nullable=False),
        sa.Column("other_id", sa.BigInteger(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("linked_by", sa.BigInteger(), nullable=False),
        sa.Column("snapshot", JSONB(), nullable=False),
        sa.Column("followed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["main_id"], ["tickets.id"], name=op.f("fk_links_main_id_tickets")),
        sa.ForeignKeyConstraint(["other_id"], ["tickets.id"], name=op.f("fk_links_other_id_tickets")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_links")),
    )
    op.create_index("uq_links_pair", "links", ["main_id", "other_id"], unique=True, postgresql_where=sa.text(STANDS))
    joined = f"{STANDS} AND followed_at IS NULL AND kind = 'same_fact'"
    op.create_index("uq_links_joined", "links", ["other_id"], unique=True, postgresql_where=sa.text(joined))
    op.create_index("ix_links_main_id", "links", ["main_id"])
    op.create_index("ix_links_other_id", "links", ["other_id"])


def groups() -> None:
    op.create_table(
        "collective_complaints",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("root_id", sa.BigInteger(), nullable=False),
        sa.Column("main_id", sa.BigInteger(), nullable=False),
        sa.Column("unit_id", sa.BigInteger(), nullable=True),
        sa.Column("person_id", sa.BigInteger(), nullable=True),
        sa.Column("citizens", sa.Integer(), nullable=False),
        sa.Column("tickets", sa.Integer(), nullable=False),
        sa.Column("formed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("briefed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["id"], ["cases.id"], name=op.f("fk_collective_complaints_id_cases")),
        sa.ForeignKeyConstraint(["main_id"], ["tickets.id"], name=op.f("fk_collective_complaints_main_id_tickets")),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_collective_complaints_unit_id_units")),
        sa.ForeignKeyConstraint(["person_id"], ["users.id"], name=op.f("fk_collective_complaints_person_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_collective_complaints")),
        sa.UniqueConstraint("main_id", name=op.f("uq_collective_complaints_main_id")),
    )
    op.create_index(op.f("ix_collective_complaints_root_id"), "collective_complaints", ["root_id"])
    op.create_table(
        "hot_issues",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("root_id", sa.BigInteger(), nullable=False),
        sa.Column("category_id", sa.BigInteger(), nullable=False),
        sa.Column("street", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("unit_id", sa.BigInteger(), nullable=True),
        sa.Column("person_id", sa.BigInteger(), nullable=True),
        sa.Column("recent", sa.Integer(), nullable=False),
        sa.Column("usual", sa.Integer(), nullable=False),
        sa.Column("window_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("found_by_row", sa.Text(), nullable=False),
        sa.Column("judged_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("judged_by", sa.BigInteger(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["id"], ["cases.id"], name=op.f("fk_hot_issues_id_cases")),
        sa.ForeignKeyConstraint(["category_id"], ["categories.id"], name=op.f("fk_hot_issues_category_id_categories")),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_hot_issues_unit_id_units")),
        sa.ForeignKeyConstraint(["person_id"], ["users.id"], name=op.f("fk_hot_issues_person_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hot_issues")),
    )
    op.create_index(op.f("ix_hot_issues_root_id"), "hot_issues", ["root_id"])
    op.create_index("uq_hot_issues_subject", "hot_issues", ["category_id", "street"], unique=True, postgresql_where=sa.text(STANDS))


def restrictions() -> None:
    op.create_table(
        "caller_restrictions",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("root_id", sa.BigInteger(), nullable=False),
        sa.Column("phone_hash", sa.LargeBinary(), nullable=False),
        sa.Column("phone_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("shown_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("ticket_id", sa.BigInteger(), nullable=False),
        sa.Column("ground", sa.Text(), nullable=False),
        sa.Column("effect", sa.Text(), nullable=False),
        sa.Column("restricted_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("proposed_by", sa.BigInteger(), nullable=False),
        sa.Column("approved_by", sa.BigInteger(), nullable=True),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.BigInteger(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["id"], ["cases.id"], name=op.f("fk_caller_restrictions_id_cases")),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name=op.f("fk_caller_restrictions_ticket_id_tickets")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_caller_restrictions")),
    )
    op.create_index(op.f("ix_caller_restrictions_root_id"), "caller_restrictions", ["root_id"])
    op.create_index(
        "uq_caller_restrictions_standing", "caller_restrictions", ["phone_hash", "effect"], unique=True, postgresql_where=sa.text(STANDS)
    )


def downgrade() -> None:
    for table in ("caller_restrictions", "hot_issues", "collective_complaints", "links"):
        op.drop_table(table)
    op.drop_index("ix_tickets_street", "tickets")
    op.drop_index("ix_tickets_merged_into", "tickets")
    for column in reversed(COLUMNS):
        op.drop_column("tickets", column)
