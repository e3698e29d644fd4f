"""The tables of callbacks: the callback of one round, and each call that was made for it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, Boolean, ForeignKey, Index, Integer, SmallInteger, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.base import Base, Instant


class Callback(Base):
    """The callback of one round of a ticket. The smaller `priority` is called first, as `priority_rule`, a row of the pack, said."""

    __tablename__ = "callbacks"
    __table_args__ = (
        Index("uq_callbacks_round", "root_id", "round", unique=True),
        Index("ix_callbacks_claimed_by", "claimed_by", postgresql_where=text("claimed_by IS NOT NULL")),
        Index("ix_callbacks_ended_at", "ended_at"),
    )
    id: Mapped[int] = mapped_column(BigInteger, ForeignKey("cases.id"), primary_key=True, autoincrement=False)
    root_id: Mapped[int] = mapped_column(BigInteger, index=True)
    round: Mapped[int] = mapped_column(SmallInteger)
    priority: Mapped[int] = mapped_column(SmallInteger)
    priority_rule: Mapped[str | None] = mapped_column(Text)
    attempts: Mapped[int] = mapped_column(SmallInteger)
    next_call_at: Mapped[datetime | None] = mapped_column(Instant)
    expires_at: Mapped[datetime | None] = mapped_column(Instant)
    invited_at: Mapped[datetime | None] = mapped_column(Instant)
    claimed_by: Mapped[int | None] = mapped_column(BigInteger)
    claimed_at: Mapped[datetime | None] = mapped_column(Instant)
    contacted: Mapped[bool | None] = mapped_column(Boolean)
    solved: Mapped[bool | None] = mapped_column(Boolean)
    rating: Mapped[str | None] = mapped_column(Text)
    manner_rating: Mapped[str | None] = mapped_column(Text)
    way: Mapped[str | None] = mapped_column(Text)
    rated_at: Mapped[datetime | None] = mapped_column(Instant)
    ended_at: Mapped[datetime | None] = mapped_column(Instant)


class CallbackAttempt(Base):
    """One call: when, by whom, how it ended, and where its recording lies."""

    __tablename__ = "callback_attempts"
    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    root_id: Mapped[int] = mapped_column(BigInteger, index=True)
    case_id: Mapped[int] = mapped_column(BigInteger)
    seq: Mapped[int] = mapped_column(Integer)
    at: Mapped[datetime] = mapped_column(Instant)
    actor_id: Mapped[int] = mapped_column(BigInteger)
    unit_id: Mapped[int | None] = mapped_column(BigInteger)
    round: Mapped[int] = mapped_column(SmallInteger)
    call_outcome: Mapped[str] = mapped_column(Text)
    call_at: Mapped[datetime | None] = mapped_column(Instant)
    recording: Mapped[str | None] = mapped_column(Text)
    note: Mapped[str | None] = mapped_column(Text)
