"""Boundaries come in editions, one of each kind in force; an edition that was replaced stays as it was and can be put back."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Boolean, CheckConstraint, Double, ForeignKey, Index, Integer, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.core.base import Base, Instant


class BoundaryEdition(Base):
    """One import of boundaries of one kind. `reference` is the system the file was in, `digest` the SHA-256 of the file, `approval` the
    number (审图号) under which a map was approved for the public."""

    __tablename__ = "boundary_editions"
    __table_args__ = (
        CheckConstraint("kind IN ('district', 'street', 'community', 'grid')", name="kind"),
        UniqueConstraint("kind", "number"),
        Index("uq_boundary_editions_current", "kind", unique=True, postgresql_where=text("current")),
    )
    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(Text)
    number: Mapped[int] = mapped_column(Integer)
    name: Mapped[str] = mapped_column(Text)
    reference: Mapped[str] = mapped_column(Text)
    source: Mapped[str] = mapped_column(Text)
    approval: Mapped[str | None] = mapped_column(Text)
    digest: Mapped[str] = mapped_column(Text)
    features: Mapped[int] = mapped_column(Integer)
    current: Mapped[bool] = mapped_column(Boolean)
    imported_at: Mapped[datetime] = mapped_column(Instant)
    imported_by: Mapped[str] = mapped_column(Text)


class Boundary(Base):
    """One area of an edition in WGS 84 (CGCS2000 is taken as equal): its true outline, and the one for drawing. `unit_id` answers for it.

    Both outlines are GeoJSON coordinates of a MultiPolygon; `label` is the point at which the name is written.
    """

    __tablename__ = "boundaries"
    __table_args__ = (UniqueConstraint("edition_id", "code"),)
    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    edition_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("boundary_editions.id"))
    code: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text)
    unit_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("units.id"), index=True)
    west: Mapped[float] = mapped_column(Double)
    south: Mapped[float] = mapped_column(Double)
    east: Mapped[float] = mapped_column(Double)
    north: Mapped[float] = mapped_column(Double)
    label: Mapped[list[float]] = mapped_column(ARRAY(Double))
    outline: Mapped[list[Any]] = mapped_column(JSONB)
    drawn: Mapped[list[Any]] = mapped_column(JSONB)
