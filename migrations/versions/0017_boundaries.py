"""Boundaries of areas for maps."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    op.create_table(
        "boundary_editions",
        sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("reference", sa.Text, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("approval", sa.Text),
        sa.Column("digest", sa.Text, nullable=False),
        sa.Column("features", sa.Integer, nullable=False),
        sa.Column("current", sa.Boolean, nullable=False),
        sa.Column("imported_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("imported_by", sa.Text, nullable=False),
        sa.CheckConstraint("kind IN ('district', 'street', 'community', 'grid')", name=op.f("ck_boundary_editions_kind")),
        sa.UniqueConstraint("kind", "number", name=op.f("uq_boundary_editions_kind_number")),
    )
    in_force = sa.text("current")
    op.create_index("uq_boundary_editions_current", "boundary_editions", ["kind"], unique=True, postgresql_where=in_force)
    op.create_table(
        "boundaries",
        sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("edition_id", sa.BigInteger, sa.ForeignKey("boundary_editions.id"), nullable=False),
        sa.Column("code", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("unit_id", sa.BigInteger, sa.ForeignKey("units.id"), index=True),
        *(sa.Column(side, sa.Double, nullable=False) for side in ("west", "south", "east", "north")),
        sa.Column("label", postgresql.ARRAY(sa.Double), nullable=False),
        sa.Column("outline", postgresql.JSONB, nullable=False),
        sa.Column("drawn", postgresql.JSONB, nullable=False),
        sa.UniqueConstraint("edition_id", "code", name=op.f("uq_boundaries_edition_id_code")),
    )


def downgrade() -> None:
    op.drop_table("boundaries")
    op.drop_table("boundary_editions")
