"""Cards are only ever added: one taken back stays, beside the row that takes it back."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, Index, Integer, SmallInteger, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.base import Base, Instant


class Card(Base):
    """A card (黄牌) shown to the unit of one share. `rule` is the pack, table and row by which a clock gave it; None by a person."""

    __tablename__ = "cards"
    __table_args__ = (Index("ix_cards_unit", "to_unit_id", "id"), Index("ix_cards_at", "at"))
    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    root_id: Mapped[int] = mapped_column(BigInteger, index=True)
    case_id: Mapped[int] = mapped_column(BigInteger, index=True)
    seq: Mapped[int] = mapped_column(Integer)
    at: Mapped[datetime] = mapped_column(Instant)
    actor_id: Mapped[int] = mapped_column(BigInteger)
    unit_id: Mapped[int | None] = mapped_column(BigInteger)
    colour: Mapped[str] = mapped_column(Text)
    to_unit_id: Mapped[int] = mapped_column(BigInteger)
    round: Mapped[int] = mapped_column(SmallInteger)
    rule: Mapped[str | None] = mapped_column(Text)


class CardRevocation(Base):
    """A card that a supervisor took back; its reason stands in the texts of that step."""

    __tablename__ = "card_revocations"
    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    root_id: Mapped[int] = mapped_column(BigInteger, index=True)
    case_id: Mapped[int] = mapped_column(BigInteger)
    seq: Mapped[int] = mapped_column(Integer)
    at: Mapped[datetime] = mapped_column(Instant)
    actor_id: Mapped[int] = mapped_column(BigInteger)
    unit_id: Mapped[int | None] = mapped_column(BigInteger)
    card_id: Mapped[int] = mapped_column(BigInteger, unique=True)
