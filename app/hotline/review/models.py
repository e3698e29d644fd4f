"""Each decision of review with its four gates, and what the machine had found at that moment."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Integer, SmallInteger, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.core.base import Base, Instant


class Review(Base):
    """A gate that the reviewer did not speak of is kept as passed: approving says so."""

    __tablename__ = "reviews"
    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    root_id: Mapped[int] = mapped_column(BigInteger, index=True)
    case_id: Mapped[int] = mapped_column(BigInteger)
    seq: Mapped[int] = mapped_column(Integer)
    at: Mapped[datetime] = mapped_column(Instant)
    actor_id: Mapped[int] = mapped_column(BigInteger)
    unit_id: Mapped[int | None] = mapped_column(BigInteger)
    round: Mapped[int] = mapped_column(SmallInteger)
    decision: Mapped[str] = mapped_column(Text)
    gate_time: Mapped[str] = mapped_column(Text)
    gate_time_reason: Mapped[str | None] = mapped_column(Text)
    gate_quality: Mapped[str] = mapped_column(Text)
    gate_quality_reason: Mapped[str | None] = mapped_column(Text)
    gate_reply: Mapped[str] = mapped_column(Text)
    gate_reply_reason: Mapped[str | None] = mapped_column(Text)
    gate_implementation: Mapped[str] = mapped_column(Text)
    gate_implementation_reason: Mapped[str | None] = mapped_column(Text)
    reason: Mapped[str | None] = mapped_column(Text)
    findings: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
