"""The tables of attachments: each content once, each use of it by a case, and what was done with it by whom."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index, Integer, LargeBinary, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.base import Base, Instant

KINDS = ("identity", "contact_proof", "site", "handling", "other")


class FileContent(Base):
    """One stored content. Its name is a keyed hash of it; the bytes lie sealed in the files folder until they are destroyed."""

    __tablename__ = "file_contents"
    __table_args__ = (Index("ix_file_contents_kept", "size", postgresql_where=text("destroyed_at IS NULL")),)
    name: Mapped[str] = mapped_column(Text, primary_key=True)
    size: Mapped[int] = mapped_column(BigInteger)
    stored_at: Mapped[datetime] = mapped_column(Instant)
    destroyed_at: Mapped[datetime | None] = mapped_column(Instant)


class Attachment(Base):
    """A content attached to a case under a name, which is sealed, since people put names and numbers into file names."""

    __tablename__ = "attachments"
    __table_args__ = (
        CheckConstraint("kind IN ('identity', 'contact_proof', 'site', 'handling', 'other')", name="kind"),
        Index("uq_attachments_live", "case_id", "kind", "content", unique=True, postgresql_where=text("detached_at IS NULL")),
        Index("ix_attachments_content", "content"),
        Index("ix_attachments_root_id", "root_id"),
    )
    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    root_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("cases.id"))
    case_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("cases.id"))
    kind: Mapped[str] = mapped_column(Text)
    content: Mapped[str] = mapped_column(Text, ForeignKey("file_contents.name"))
    name_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    media_type: Mapped[str] = mapped_column(Text)
    size: Mapped[int] = mapped_column(Integer)
    attached_by: Mapped[str] = mapped_column(Text)
    attached_at: Mapped[datetime] = mapped_column(Instant)
    detached_at: Mapped[datetime | None] = mapped_column(Instant)


class AttachmentEvent(Base):
    """What was done with an attachment: attached, downloaded, detached or destroyed. Rows are only added."""

    __tablename__ = "attachment_events"
    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    attachment_id: Mapped[int] = mapped_column(BigInteger, index=True)
    root_id: Mapped[int] = mapped_column(BigInteger, index=True)
    at: Mapped[datetime] = mapped_column(Instant)
    actor: Mapped[str] = mapped_column(Text)
    event: Mapped[str] = mapped_column(Text)
    reason: Mapped[str | None] = mapped_column(Text)
