"""The tables of returns: requests, what was said about them, reports to a whistle, what is scored, and changes offered to the directory."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, Boolean, ForeignKey, Index, Integer, SmallInteger, Text, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from app.core.base import Base, Instant


class ReturnRequest(Base):
    """A unit's "not mine". Words are not here but in `return_words`, since not every unit that sees the ticket may read them;
    `lead_unit_id` is the unit that got the share by the decision."""

    __tablename__ = "return_requests"
    __table_args__ = (
        Index("ix_return_requests_unit_id", "unit_id", "id"),
        Index("ix_return_requests_decided_at", "decided_at", postgresql_where=text("decided_at IS NOT NULL")),
        Index("ix_return_requests_requested_at", "requested_at"),
    )
    id: Mapped[int] = mapped_column(BigInteger, ForeignKey("cases.id"), primary_key=True, autoincrement=False)
    root_id: Mapped[int] = mapped_column(BigInteger, index=True)
    unit_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("units.id"))
    role: Mapped[str] = mapped_column(Text)
    round: Mapped[int] = mapped_column(SmallInteger)
    return_ground: Mapped[str] = mapped_column(Text)
    suggested_unit_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("units.id"))
    requested_at: Mapped[datetime] = mapped_column(Instant)
    negotiated_at: Mapped[datetime | None] = mapped_column(Instant)
    invited: Mapped[list[int]] = mapped_column(ARRAY(BigInteger))
    volunteers: Mapped[list[int]] = mapped_column(ARRAY(BigInteger))
    org_opinion_at: Mapped[datetime | None] = mapped_column(Instant)
    justice_opinion_at: Mapped[datetime | None] = mapped_column(Instant)
    decided_at: Mapped[datetime | None] = mapped_column(Instant)
    decided_by: Mapped[int | None] = mapped_column(BigInteger)
    lead_unit_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("units.id"))
    improper: Mapped[bool] = mapped_column(Boolean)


class ReturnWord(Base):
    """What was said about a request: the request itself, a unit's position, an office's opinion, the decision."""

    __tablename__ = "return_words"
    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    root_id: Mapped[int] = mapped_column(BigInteger, index=True)
    case_id: Mapped[int] = mapped_column(BigInteger)
    seq: Mapped[int] = mapped_column(Integer)
    at: Mapped[datetime] = mapped_column(Instant)
    actor_id: Mapped[int] = mapped_column(BigInteger)
    unit_id: Mapped[int | None] = mapped_column(BigInteger)
    part: Mapped[str] = mapped_column(Text)
    reason: Mapped[str | None] = mapped_column(Text)
    statement: Mapped[str | None] = mapped_column(Text)
    opinion_of: Mapped[str | None] = mapped_column(Text)
    opinion: Mapped[str | None] = mapped_column(Text)


class ReportIn(Base):
    """One department called by a street, and whether it came and was of help."""

    __tablename__ = "report_ins"
    __table_args__ = (Index("ix_report_ins_unit_id", "unit_id", "id"),)
    id: Mapped[int] = mapped_column(BigInteger, ForeignKey("cases.id"), primary_key=True, autoincrement=False)
    root_id: Mapped[int] = mapped_column(BigInteger, index=True)
    unit_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("units.id"))
    caller_unit_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("units.id"))
    reason: Mapped[str | None] = mapped_column(Text)
    called_at: Mapped[datetime] = mapped_column(Instant)
    reported_at: Mapped[datetime | None] = mapped_column(Instant)
    reported_by: Mapped[int | None] = mapped_column(BigInteger)
    helpful: Mapped[bool | None] = mapped_column(Boolean)
    confirmed_at: Mapped[datetime | None] = mapped_column(Instant)


class Merit(Base):
    """What assessment reads: a unit volunteered, whistled, reported in, reported in late or not at all, or asked improperly."""

    __tablename__ = "merits"
    __table_args__ = (Index("ix_merits_at", "at", "unit_id"),)
    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    root_id: Mapped[int] = mapped_column(BigInteger, index=True)
    case_id: Mapped[int] = mapped_column(BigInteger)
    seq: Mapped[int] = mapped_column(Integer)
    at: Mapped[datetime] = mapped_column(Instant)
    actor_id: Mapped[int] = mapped_column(BigInteger)
    unit_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("units.id"))
    kind: Mapped[str] = mapped_column(Text)


class DirectoryProposal(Base):
    """A change that a decision offers to the directory: `unit_id` for this category and street. `case_id` is the request."""

    __tablename__ = "directory_proposals"
    __table_args__ = (Index("ix_directory_proposals_state", "state", "id"),)
    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    root_id: Mapped[int] = mapped_column(BigInteger, index=True)
    case_id: Mapped[int] = mapped_column(BigInteger)
    seq: Mapped[int] = mapped_column(Integer)
    at: Mapped[datetime] = mapped_column(Instant)
    actor_id: Mapped[int] = mapped_column(BigInteger)
    unit_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("units.id"))
    category_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("categories.id"))
    street: Mapped[str | None] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text)
    closed_at: Mapped[datetime | None] = mapped_column(Instant)
    closed_by: Mapped[str | None] = mapped_column(Text)
    installed: Mapped[str | None] = mapped_column(Text)
