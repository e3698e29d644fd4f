"""The tables of the knowledge base. An entry holds the working copy; what was published are editions that never change."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Boolean, ForeignKey, Index, Integer, Text
from sqlalchemy.dialects.postgresql import ARRAY, TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column

from app.core.base import Base, Instant


class Recorded:
    """What core writes on every row of a record table."""

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    root_id: Mapped[int] = mapped_column(BigInteger, index=True)
    case_id: Mapped[int] = mapped_column(BigInteger)
    seq: Mapped[int] = mapped_column(Integer)
    at: Mapped[datetime] = mapped_column(Instant)
    actor_id: Mapped[int] = mapped_column(BigInteger)
    unit_id: Mapped[int | None] = mapped_column(BigInteger)


class Worded:
    """What an entry says."""

    title: Mapped[str] = mapped_column(Text)
    content: Mapped[str] = mapped_column(Text)
    category_id: Mapped[int | None] = mapped_column(BigInteger)
    keywords: Mapped[list[str]] = mapped_column(ARRAY(Text))
    sources: Mapped[str | None] = mapped_column(Text)
    valid_until: Mapped[datetime | None] = mapped_column(Instant)
    open_to_public: Mapped[bool] = mapped_column(Boolean)
    written_by: Mapped[int] = mapped_column(BigInteger)


class KnowledgeEntry(Worded, Base):
    """An entry and its working copy; `edition` counts what was published, 0 for what never was."""

    __tablename__ = "knowledge_entries"
    id: Mapped[int] = mapped_column(BigInteger, ForeignKey("cases.id"), primary_key=True, autoincrement=False)
    root_id: Mapped[int] = mapped_column(BigInteger, index=True)
    unit_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("units.id"), index=True)
    review_by: Mapped[datetime] = mapped_column(Instant)
    review_overdue_since: Mapped[datetime | None] = mapped_column(Instant)
    edition: Mapped[int] = mapped_column(Integer)
    published_at: Mapped[datetime | None] = mapped_column(Instant)


class KnowledgeEdition(Recorded, Worded, Base):
    """What an entry said when it was published."""

    __tablename__ = "knowledge_editions"
    __table_args__ = (Index("uq_knowledge_editions_edition", "case_id", "edition", unique=True),)
    edition: Mapped[int] = mapped_column(Integer)


class KnowledgeCorrection(Recorded, Base):
    """What somebody who works with an entry says is wrong in it."""

    __tablename__ = "knowledge_corrections"
    text: Mapped[str] = mapped_column(Text)


class KnowledgeSettlement(Recorded, Base):
    """What came of a correction; one for each."""

    __tablename__ = "knowledge_settlements"
    correction_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("knowledge_corrections.id"), unique=True)
    accepted: Mapped[bool] = mapped_column(Boolean)
    reason: Mapped[str] = mapped_column(Text)


class KnowledgeCitation(Recorded, Base):
    """Which edition an answer or a reply rests on."""

    __tablename__ = "knowledge_citations"
    entry_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("knowledge_entries.id"), index=True)
    edition: Mapped[int] = mapped_column(Integer)


class KnowledgeSearch(Base):
    """The search tokens of the newest edition."""

    __tablename__ = "knowledge_search"
    __table_args__ = (Index("ix_knowledge_search_tokens", "tokens", postgresql_using="gin"),)
    id: Mapped[int] = mapped_column(BigInteger, ForeignKey("knowledge_entries.id"), primary_key=True, autoincrement=False)
    tokens: Mapped[Any] = mapped_column(TSVECTOR)
