"""The rows of collective complaints and of hot issues; state and limits belong to their cases."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.base import Base, Instant


class CollectiveComplaint(Base):
    """One for each main ticket; its counts follow the group."""

    __tablename__ = "collective_complaints"
    id: Mapped[int] = mapped_column(BigInteger, ForeignKey("cases.id"), primary_key=True, autoincrement=False)
    root_id: Mapped[int] = mapped_column(BigInteger, index=True)
    main_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("tickets.id"), unique=True)
    unit_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("units.id"))
    person_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("users.id"))
    citizens: Mapped[int] = mapped_column(Integer)
    tickets: Mapped[int] = mapped_column(Integer)
    formed_at: Mapped[datetime] = mapped_column(Instant)
    briefed_at: Mapped[datetime | None] = mapped_column(Instant)
    outcome: Mapped[str | None] = mapped_column(Text)
    ended_at: Mapped[datetime | None] = mapped_column(Instant)


class HotIssue(Base):
    """One for each subject, which is a branch of the categories in a street ("" for none), while it is open. `recent` tickets came since
    `window_from`, `usual` in as long a time before."""

    __tablename__ = "hot_issues"
    __table_args__ = (
        Index("uq_hot_issues_subject", "category_id", "street", unique=True, postgresql_where=text("ended_at IS NULL")),
    )
    id: Mapped[int] = mapped_column(BigInteger, ForeignKey("cases.id"), primary_key=True, autoincrement=False)
    root_id: Mapped[int] = mapped_column(BigInteger, index=True)
    category_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("categories.id"))
    street: Mapped[str] = mapped_column(Text)
    title: Mapped[str] = mapped_column(Text)
    unit_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("units.id"))
    person_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("users.id"))
    recent: Mapped[int] = mapped_column(Integer)
    usual: Mapped[int] = mapped_column(Integer)
    window_from: Mapped[datetime] = mapped_column(Instant)
    found_by_row: Mapped[str] = mapped_column(Text)
    judged_at: Mapped[datetime | None] = mapped_column(Instant)
    judged_by: Mapped[int | None] = mapped_column(BigInteger)
    ended_at: Mapped[datetime | None] = mapped_column(Instant)
