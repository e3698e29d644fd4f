"""The table of requests for a co-unit."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, SmallInteger, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.base import Base, Instant


class CoRequest(Base):
    """A lead unit's wish for another unit's help, and the centre's answer. `person_id` is who asked; `helping_unit_id` the unit that was
    added, which may be another than was wished for; `refusal` says why none was."""

    __tablename__ = "co_requests"
    __table_args__ = (Index("ix_co_requests_unit_id", "unit_id", "id"),)
    id: Mapped[int] = mapped_column(BigInteger, ForeignKey("cases.id"), primary_key=True, autoincrement=False)
    root_id: Mapped[int] = mapped_column(BigInteger, index=True)
    unit_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("units.id"))
    person_id: Mapped[int | None] = mapped_column(BigInteger)
    round: Mapped[int] = mapped_column(SmallInteger)
    wished_unit_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("units.id"))
    helping_unit_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("units.id"))
    reason: Mapped[str] = mapped_column(Text)
    refusal: Mapped[str | None] = mapped_column(Text)
    requested_at: Mapped[datetime] = mapped_column(Instant)
    decided_at: Mapped[datetime | None] = mapped_column(Instant)
    decided_by: Mapped[int | None] = mapped_column(BigInteger)
