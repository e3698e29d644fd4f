"""A restricted number: found by its hash, sealed, shown masked; what it does and until when is written out."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, LargeBinary, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.base import Base, Instant


class CallerRestriction(Base):
    """One for each number and effect while it stands, proposed or active."""

    __tablename__ = "caller_restrictions"
    __table_args__ = (
        Index("uq_caller_restrictions_standing", "phone_hash", "effect", unique=True, postgresql_where=text("ended_at IS NULL")),
    )
    id: Mapped[int] = mapped_column(BigInteger, ForeignKey("cases.id"), primary_key=True, autoincrement=False)
    root_id: Mapped[int] = mapped_column(BigInteger, index=True)
    phone_hash: Mapped[bytes] = mapped_column(LargeBinary)
    phone_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    shown_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    ticket_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("tickets.id"))
    ground: Mapped[str] = mapped_column(Text)
    effect: Mapped[str] = mapped_column(Text)
    restricted_until: Mapped[datetime] = mapped_column(Instant)
    proposed_by: Mapped[int] = mapped_column(BigInteger)
    approved_by: Mapped[int | None] = mapped_column(BigInteger)
    approved_at: Mapped[datetime | None] = mapped_column(Instant)
    ended_by: Mapped[int | None] = mapped_column(BigInteger)
    ended_at: Mapped[datetime | None] = mapped_column(Instant)
