"""Supervised matters, instructions on paper, conferences and their records; what a ticket shows of being supervised or raised a level."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

revision = "0010"
down_revision = "0009"

CASES = ("supervisions", "instructions", "conferences")
RECORDS = ("endorsements", "supervision_reports", "summons", "conference_minutes")


def upgrade() -> None:
    supervisions()
    papers()
    for table, columns in records().items():
        record(table, columns)
    for column in ticket_columns():
        op.add_column("tickets", column)
    elevated = sa.text("elevated_at IS NOT NULL")
    op.create_index("ix_tickets_elevated_at", "tickets", ["elevated_at"], postgresql_where=elevated)


def downgrade() -> None:
    op.drop_index("ix_tickets_elevated_at", "tickets")
    for column in ticket_columns():
        op.drop_column("tickets", column.name)
    for table in (*RECORDS, *CASES):
        op.drop_table(table)


def records() -> dict[str, tuple[sa.Column[object], ...]]:
    return {
        "endorsements": (
            sa.Column("endorser", sa.Text(), nullable=True),
            sa.Column("endorser_person", sa.BigInteger(), nullable=True),
            sa.Column("endorsement", sa.Text(), nullable=False),
            sa.Column("endorsed_at", sa.DateTime(timezone=True), nullable=False),
        ),
        "supervision_reports": (sa.Column("report_text", sa.Text(), nullable=True),),
        "summons": (
            sa.Column("summoned", sa.Text(), nullable=False),
            sa.Column("held_at", sa.DateTime(timezone=True), nullable=False),
            sa.Column("minutes", sa.Text(), nullable=False),
        ),
        "conference_minutes": (
            sa.Column("minutes", sa.Text(), nullable=False),
            sa.Column("conclusion_text", sa.Text(), nullable=True),
        ),
    }


def ticket_columns() -> tuple[sa.Column[object], ...]:
    return (
        sa.Column("supervised", sa.Boolean(), nullable=True),
        sa.Column("elevations", ARRAY(sa.Text()), nullable=True),
        sa.Column("elevated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("callback_person_id", sa.BigInteger(), nullable=True),
    )


def record(table: str, columns: tuple[sa.Column[object], ...]) -> None:
    """What core writes into every record of a step, and what the step itself says."""
    op.create_table(
        table,
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("root_id", sa.BigInteger(), nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.BigInteger(), nullable=False),
        sa.Column("unit_id", sa.BigInteger(), nullable=True),
        *columns,
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    )
    op.create_index(op.f(f"ix_{table}_root_id"), table, ["root_id"])


def supervisions() -> None:
    op.create_table(
        "supervisions",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("root_id", sa.BigInteger(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("matter", sa.Text(), nullable=True),
        sa.Column("supervision_source", sa.Text(), nullable=False),
        sa.Column("instruction_id", sa.BigInteger(), nullable=True),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("unit_id", sa.BigInteger(), nullable=True),
        sa.Column("co_unit_ids", ARRAY(sa.BigInteger()), nullable=False),
        sa.Column("report_due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("plan", sa.Text(), nullable=True),
        sa.Column("year", sa.SmallInteger(), nullable=True),
        sa.Column("urges", sa.SmallInteger(), nullable=False),
        sa.Column("last_urged_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("summons", sa.SmallInteger(), nullable=False),
        sa.Column("send_backs", sa.SmallInteger(), nullable=False),
        sa.Column("milestones", JSONB(), nullable=False),
        sa.Column("next_milestone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("signed_by", sa.BigInteger(), nullable=True),
        sa.Column("handled_by", sa.BigInteger(), nullable=True),
        sa.Column("reported_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reported_by", sa.BigInteger(), nullable=True),
        sa.Column("verified_by", sa.BigInteger(), nullable=True),
        sa.Column("cleared_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cleared_by", sa.BigInteger(), nullable=True),
        sa.Column("evidence", sa.Text(), nullable=True),
        sa.Column("on_site", sa.Boolean(), nullable=True),
        sa.ForeignKeyConstraint(["id"], ["cases.id"], name=op.f("fk_supervisions_id_cases")),
        sa.ForeignKeyConstraint(["instruction_id"], ["cases.id"], name=op.f("fk_supervisions_instruction_id_cases")),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_supervisions_unit_id_units")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_supervisions")),
    )
    op.create_index(op.f("ix_supervisions_root_id"), "supervisions", ["root_id"])
    op.create_index("ix_supervisions_unit_id", "supervisions", ["unit_id", "id"])
    of_paper = sa.text("instruction_id IS NOT NULL")
    op.create_index("ix_supervisions_instruction_id", "supervisions", ["instruction_id"], postgresql_where=of_paper)


def papers() -> None:
    op.create_table(
        "instructions",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("root_id", sa.BigInteger(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("matter", sa.Text(), nullable=True),
        sa.Column("reference_number", sa.Text(), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("urgency", sa.Text(), nullable=False),
        sa.Column("classified", sa.Boolean(), nullable=False),
        sa.Column("ticket_ids", ARRAY(sa.BigInteger()), nullable=False),
        sa.Column("proposal", sa.Text(), nullable=True),
        sa.Column("report_due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tell_units", sa.Boolean(), nullable=False),
        sa.Column("unit_ids", ARRAY(sa.BigInteger()), nullable=False),
        sa.Column("instructions", sa.Text(), nullable=True),
        sa.Column("endorsements", sa.SmallInteger(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sent_by", sa.BigInteger(), nullable=True),
        sa.Column("reported_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["id"], ["cases.id"], name=op.f("fk_instructions_id_cases")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_instructions")),
    )
    op.create_index(op.f("ix_instructions_root_id"), "instructions", ["root_id"])
    op.create_index(op.f("ix_instructions_reference_number"), "instructions", ["reference_number"])
    op.create_table(
        "conferences",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("root_id", sa.BigInteger(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("form", sa.Text(), nullable=False),
        sa.Column("matter", sa.Text(), nullable=True),
        sa.Column("place", sa.Text(), nullable=True),
        sa.Column("scheduled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("unit_ids", ARRAY(sa.BigInteger()), nullable=False),
        sa.Column("people_ids", ARRAY(sa.BigInteger()), nullable=False),
        sa.Column("chair_person_id", sa.BigInteger(), nullable=True),
        sa.Column("tasks", JSONB(), nullable=False),
        sa.Column("held_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("conclusion", sa.Text(), nullable=True),
        sa.Column("concluded_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["id"], ["cases.id"], name=op.f("fk_conferences_id_cases")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conferences")),
    )
    op.create_index(op.f("ix_conferences_root_id"), "conferences", ["root_id"])
