"""The tables of extensions asked for and of what was said when a ticket was suspended."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, SmallInteger, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.base import Base, Instant


class Extension(Base):
    """More time for one share, asked for by its unit and decided by the centre. `granted_until` may be sooner than was asked."""

    __tablename__ = "extensions"
    __table_args__ = (Index("ix_extensions_unit_id", "unit_id", "id"),)
    id: Mapped[int] = mapped_column(BigInteger, ForeignKey("cases.id"), primary_key=True, autoincrement=False)
    root_id: Mapped[int] = mapped_column(BigInteger, index=True)
    unit_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("units.id"))
    round: Mapped[int] = mapped_column(SmallInteger)
    reason: Mapped[str] = mapped_column(Text)
    legal_basis: Mapped[str] = mapped_column(Text)
    new_due_at: Mapped[datetime] = mapped_column(Instant)
    requested_by: Mapped[int | None] = mapped_column(BigInteger)
    requested_at: Mapped[datetime] = mapped_column(Instant)
    granted_until: Mapped[datetime | None] = mapped_column(Instant)
    decided_by: Mapped[int | None] = mapped_column(BigInteger)
    decided_at: Mapped[datetime | None] = mapped_column(Instant)


class Suspension(Base):
    """What was said when a suspension was asked for or ordered, and when it ended. The public page reads the newest explanation."""

    __tablename__ = "suspensions"
    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    root_id: Mapped[int] = mapped_column(BigInteger, index=True)
    case_id: Mapped[int] = mapped_column(BigInteger)
    seq: Mapped[int] = mapped_column(Integer)
    at: Mapped[datetime] = mapped_column(Instant)
    actor_id: Mapped[int] = mapped_column(BigInteger)
    unit_id: Mapped[int | None] = mapped_column(BigInteger)
    stage: Mapped[str] = mapped_column(Text)
    approval_level: Mapped[str | None] = mapped_column(Text)
    review_at: Mapped[datetime | None] = mapped_column(Instant)
    plan: Mapped[str | None] = mapped_column(Text)
    public_explanation: Mapped[str | None] = mapped_column(Text)
