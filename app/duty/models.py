"""The table of alarms: which danger, who saw it, how far it has climbed, and who answered when. State and limits belong to the case."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, SmallInteger, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.base import Base, Instant


class Alarm(Base):
    """The words that set it off are not kept here: pack, table and row say which list they stand in."""

    __tablename__ = "alarms"
    __table_args__ = (Index("ix_alarms_raised_at", "raised_at"),)
    id: Mapped[int] = mapped_column(BigInteger, ForeignKey("cases.id"), primary_key=True, autoincrement=False)
    root_id: Mapped[int] = mapped_column(BigInteger, index=True)
    danger: Mapped[str] = mapped_column(Text)
    origin: Mapped[str] = mapped_column(Text)
    rule_pack: Mapped[str | None] = mapped_column(Text)
    rule_table: Mapped[str | None] = mapped_column(Text)
    rule_row: Mapped[str | None] = mapped_column(Text)
    hits: Mapped[int] = mapped_column(Integer)
    last_hit_at: Mapped[datetime] = mapped_column(Instant)
    level: Mapped[int] = mapped_column(SmallInteger)
    escalations: Mapped[int] = mapped_column(Integer)
    responsible: Mapped[str] = mapped_column(Text)
    raised_at: Mapped[datetime] = mapped_column(Instant)
    raised_by: Mapped[int | None] = mapped_column(BigInteger)
    acknowledged_at: Mapped[datetime | None] = mapped_column(Instant)
    acknowledged_by: Mapped[int | None] = mapped_column(BigInteger)
    acted_at: Mapped[datetime | None] = mapped_column(Instant)
    acted_by: Mapped[int | None] = mapped_column(BigInteger)
    measures_taken: Mapped[str | None] = mapped_column(Text)
    alarm_result: Mapped[str | None] = mapped_column(Text)
    closed_at: Mapped[datetime | None] = mapped_column(Instant)
    closed_by: Mapped[int | None] = mapped_column(BigInteger)
