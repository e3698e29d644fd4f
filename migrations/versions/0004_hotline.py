"""Tickets and what belongs to them: categories, assignments, sealed citizens, replies, evaluations, supplements, search tokens."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, TSVECTOR

revision = "0004"
down_revision = "0003"

TABLES = ("ticket_search", "supplements", "evaluations", "replies", "assignments", "tickets", "citizens", "categories")


def upgrade() -> None:
    """Serials of ticket numbers come from their own sequence, in blocks: dense, never twice, and nobody waits for them."""
    create_tables()
    op.execute("ALTER TABLE tickets SET (fillfactor = 85)")
    op.execute("CREATE SEQUENCE ticket_serials MINVALUE 0 START 0")


def downgrade() -> None:
    op.execute("DROP SEQUENCE ticket_serials")
    for table in TABLES:
        op.drop_table(table)


def create_tables() -> None:
    op.create_table(
        "categories",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("parent_id", sa.BigInteger(), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("provisional", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.ForeignKeyConstraint(["parent_id"], ["categories.id"], name=op.f("fk_categories_parent_id_categories")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_categories")),
        sa.UniqueConstraint("code", name=op.f("uq_categories_code")),
    )
    op.create_index(op.f("ix_categories_parent_id"), "categories", ["parent_id"])
    op.create_table(
        "citizens",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("name_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("phone_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("calling_number_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("id_number_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("phone_hash", sa.LargeBinary(), nullable=True),
        sa.Column("phone_tail_hash", sa.LargeBinary(), nullable=True),
        sa.Column("calling_hash", sa.LargeBinary(), nullable=True),
        sa.Column("calling_tail_hash", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_citizens")),
    )
    op.create_index("ix_citizens_calling_hash", "citizens", ["calling_hash"], postgresql_where=sa.text("calling_hash IS NOT NULL"))
    op.create_index(
        "ix_citizens_calling_tail_hash", "citizens", ["calling_tail_hash"], postgresql_where=sa.text("calling_tail_hash IS NOT NULL")
    )
    op.create_index("ix_citizens_phone_hash", "citizens", ["phone_hash"], postgresql_where=sa.text("phone_hash IS NOT NULL"))
    op.create_index("ix_citizens_phone_tail_hash", "citizens", ["phone_tail_hash"], postgresql_where=sa.text("phone_tail_hash IS NOT NULL"))
    op.create_table(
        "tickets",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("root_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("tracking_hash", sa.LargeBinary(), nullable=False),
        sa.Column("tracking_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=True),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("urgency", sa.Text(), nullable=False),
        sa.Column("category_id", sa.BigInteger(), nullable=True),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("subject", sa.Text(), nullable=True),
        sa.Column("enterprise", sa.Boolean(), nullable=False),
        sa.Column("labels", ARRAY(sa.Text()), nullable=False),
        sa.Column("reply_by", sa.DateTime(timezone=True), nullable=True),
        sa.Column("upstream_number", sa.Text(), nullable=True),
        sa.Column("upstream_due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("address", sa.Text(), nullable=True),
        sa.Column("street", sa.Text(), nullable=True),
        sa.Column("community", sa.Text(), nullable=True),
        sa.Column("lon", sa.Double(), nullable=True),
        sa.Column("lat", sa.Double(), nullable=True),
        sa.Column("crs", sa.Text(), nullable=True),
        sa.Column("coarse", sa.Boolean(), nullable=True),
        sa.Column("confidential", sa.Boolean(), nullable=False),
        sa.Column("anonymous", sa.Boolean(), nullable=False),
        sa.Column("citizen_id", sa.BigInteger(), nullable=False),
        sa.Column("citizen_shown", sa.LargeBinary(), nullable=False),
        sa.Column("spoken", JSONB(), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("own_unit_id", sa.BigInteger(), nullable=True),
        sa.Column("registered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lead_unit_id", sa.BigInteger(), nullable=True),
        sa.Column("dispatched_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("dispatched_by", sa.BigInteger(), nullable=True),
        sa.Column("round", sa.SmallInteger(), nullable=False),
        sa.Column("attempt", sa.SmallInteger(), nullable=False),
        sa.Column("send_backs", sa.SmallInteger(), nullable=False),
        sa.Column("urges", sa.SmallInteger(), nullable=False),
        sa.Column("last_urged_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("escalations", sa.SmallInteger(), nullable=False),
        sa.Column("replied_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("completed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_by", sa.BigInteger(), nullable=True),
        sa.Column("claimed_by", sa.BigInteger(), nullable=True),
        sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decline_ground", sa.Text(), nullable=True),
        sa.Column("transfer_to", sa.Text(), nullable=True),
        sa.Column("termination_requested_by", sa.BigInteger(), nullable=True),
        sa.Column("termination_ground", sa.Text(), nullable=True),
        sa.Column("evaluated_round", sa.SmallInteger(), nullable=True),
        sa.Column("rating", sa.Text(), nullable=True),
        sa.Column("solved", sa.Boolean(), nullable=True),
        sa.Column("callback_attempts", sa.SmallInteger(), nullable=False),
        sa.ForeignKeyConstraint(["category_id"], ["categories.id"], name=op.f("fk_tickets_category_id_categories")),
        sa.ForeignKeyConstraint(["citizen_id"], ["citizens.id"], name=op.f("fk_tickets_citizen_id_citizens")),
        sa.ForeignKeyConstraint(["id"], ["cases.id"], name=op.f("fk_tickets_id_cases")),
        sa.ForeignKeyConstraint(["lead_unit_id"], ["units.id"], name=op.f("fk_tickets_lead_unit_id_units")),
        sa.ForeignKeyConstraint(["own_unit_id"], ["units.id"], name=op.f("fk_tickets_own_unit_id_units")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tickets")),
        sa.UniqueConstraint("citizen_id", name=op.f("uq_tickets_citizen_id")),
        sa.UniqueConstraint("number", name=op.f("uq_tickets_number")),
        sa.UniqueConstraint("tracking_hash", name=op.f("uq_tickets_tracking_hash")),
    )
    op.create_index("ix_tickets_category_id", "tickets", ["category_id", "id"])
    op.create_index("ix_tickets_channel", "tickets", ["channel", "id"], postgresql_where=sa.text("channel <> 'phone'"))
    op.create_index("ix_tickets_claimed_by", "tickets", ["claimed_by", "id"], postgresql_where=sa.text("claimed_by IS NOT NULL"))
    op.create_index("ix_tickets_closed_at", "tickets", ["closed_at"], postgresql_where=sa.text("closed_at IS NOT NULL"))
    op.create_index("ix_tickets_labels", "tickets", ["labels"], postgresql_using="gin", postgresql_where=sa.text("labels <> '{}'"))
    op.create_index("ix_tickets_lead_unit_id", "tickets", ["lead_unit_id", "id"])
    op.create_index("ix_tickets_registered_at", "tickets", ["registered_at"])
    op.create_index(op.f("ix_tickets_root_id"), "tickets", ["root_id"])
    op.create_index("ix_tickets_round", "tickets", ["round", "id"], postgresql_where=sa.text("round > 1"))
    op.create_index("ix_tickets_source", "tickets", ["source", "id"], postgresql_where=sa.text("source <> 'city'"))
    op.create_index("ix_tickets_type", "tickets", ["type", "id"])
    op.create_index("ix_tickets_urgency", "tickets", ["urgency", "id"], postgresql_where=sa.text("urgency <> 'normal'"))
    op.create_index("ix_tickets_upstream_number", "tickets", ["upstream_number"], postgresql_where=sa.text("upstream_number IS NOT NULL"))
    op.create_table(
        "assignments",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("root_id", sa.BigInteger(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("unit_id", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=True),
        sa.Column("round", sa.SmallInteger(), nullable=False),
        sa.Column("attempt", sa.SmallInteger(), nullable=False),
        sa.Column("instructions", sa.Text(), nullable=True),
        sa.Column("reply_by", sa.DateTime(timezone=True), nullable=True),
        sa.Column("assigned_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("signed_by", sa.BigInteger(), nullable=True),
        sa.Column("contacted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("replied_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("send_backs", sa.SmallInteger(), nullable=False),
        sa.ForeignKeyConstraint(["id"], ["cases.id"], name=op.f("fk_assignments_id_cases")),
        sa.ForeignKeyConstraint(["person_id"], ["users.id"], name=op.f("fk_assignments_person_id_users")),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_assignments_unit_id_units")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assignments")),
    )
    op.create_index("ix_assignments_person_id", "assignments", ["person_id", "id"], postgresql_where=sa.text("person_id IS NOT NULL"))
    op.create_index(op.f("ix_assignments_root_id"), "assignments", ["root_id"])
    op.create_index("ix_assignments_unit_id", "assignments", ["unit_id", "id"])
    op.create_table(
        "replies",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("root_id", sa.BigInteger(), nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.BigInteger(), nullable=False),
        sa.Column("unit_id", sa.BigInteger(), nullable=True),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("round", sa.SmallInteger(), nullable=False),
        sa.Column("contacted", sa.Boolean(), nullable=True),
        sa.Column("contact_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("contact_way", sa.Text(), nullable=True),
        sa.Column("not_contacted_reason", sa.Text(), nullable=True),
        sa.Column("facts_true", sa.Boolean(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("unsolved_reason", sa.Text(), nullable=True),
        sa.Column("on_site", sa.Boolean(), nullable=True),
        sa.Column("internal_note", sa.Text(), nullable=True),
        sa.Column("reply_text", sa.Text(), nullable=True),
        sa.Column("public_reply", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_replies")),
    )
    op.create_index(op.f("ix_replies_root_id"), "replies", ["root_id"])
    op.create_table(
        "evaluations",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("root_id", sa.BigInteger(), nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.BigInteger(), nullable=False),
        sa.Column("unit_id", sa.BigInteger(), nullable=True),
        sa.Column("round", sa.SmallInteger(), nullable=False),
        sa.Column("reached", sa.Boolean(), nullable=False),
        sa.Column("contacted", sa.Boolean(), nullable=True),
        sa.Column("solved", sa.Boolean(), nullable=True),
        sa.Column("rating", sa.Text(), nullable=True),
        sa.Column("reasons", ARRAY(sa.Text()), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evaluations")),
    )
    op.create_index("ix_evaluations_root_id", "evaluations", ["root_id"])
    op.create_index("uq_evaluations_round", "evaluations", ["root_id", "round"], unique=True, postgresql_where=sa.text("reached"))
    op.create_table(
        "supplements",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("root_id", sa.BigInteger(), nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.BigInteger(), nullable=False),
        sa.Column("unit_id", sa.BigInteger(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_supplements")),
    )
    op.create_index(op.f("ix_supplements_root_id"), "supplements", ["root_id"])
    op.create_table(
        "ticket_search",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("tokens", TSVECTOR(), nullable=False),
        sa.ForeignKeyConstraint(["id"], ["tickets.id"], name=op.f("fk_ticket_search_id_tickets")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ticket_search")),
    )
    op.create_index("ix_ticket_search_tokens", "ticket_search", ["tokens"], postgresql_using="gin")
