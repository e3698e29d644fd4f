"""The tables of notices: what was to be told, to whom it went by which channel and how that ended, and how a person wishes to be told."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.core.base import Base, Instant


class Notice(Base):
    """One thing to be told, by one row of the rules. `params` are ids and codes of that moment; words are made when it is shown or sent."""

    __tablename__ = "notices"
    __table_args__ = (UniqueConstraint("source", "rule_row"), Index("ix_notices_root_id", "root_id", "id"))
    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    source: Mapped[str] = mapped_column(Text)
    event: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(Text)
    root_id: Mapped[int] = mapped_column(BigInteger)
    case_id: Mapped[int] = mapped_column(BigInteger)
    params: Mapped[dict[str, Any]] = mapped_column(JSONB)
    critical: Mapped[bool] = mapped_column(Boolean)
    pack: Mapped[str] = mapped_column(Text)
    row: Mapped[str] = mapped_column("rule_row", Text)
    created_at: Mapped[datetime] = mapped_column(Instant)


class Delivery(Base):
    """One recipient by one channel. `user_id` is NULL for the citizen of the notice's ticket, whose number stands here in no form.

    `next_try_at` of a message that is being sent is the end of its lease. The messages of a digest carry the id of the one that was sent.
    """

    __tablename__ = "deliveries"
    __table_args__ = (
        UniqueConstraint("notice_id", "user_id", "channel", postgresql_nulls_not_distinct=True),
        CheckConstraint("channel IN ('inbox', 'sms', 'mail', 'chat')", name="channel"),
        CheckConstraint("status IN ('waiting', 'sending', 'sent', 'failed', 'given_up', 'suppressed')", name="status"),
        Index("ix_deliveries_due", "next_try_at", postgresql_where=text("status IN ('waiting', 'sending', 'failed')")),
        Index("ix_deliveries_given_up", "id", postgresql_where=text("status = 'given_up'")),
        Index("ix_deliveries_unread", "user_id", "id", postgresql_where=text("channel = 'inbox' AND read_at IS NULL")),
        Index("ix_deliveries_read", "user_id", "id", postgresql_where=text("channel = 'inbox' AND read_at IS NOT NULL")),
        Index("ix_deliveries_recent", "user_id", "channel", "created_at", postgresql_where=text("channel <> 'inbox'")),
        Index("ix_deliveries_digest_of", "digest_of", postgresql_where=text("digest_of IS NOT NULL")),
    )
    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    notice_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("notices.id"))
    user_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("users.id"))
    channel: Mapped[str] = mapped_column(Text)
    via: Mapped[str] = mapped_column(Text)
    status: Mapped[str] = mapped_column(Text)
    why: Mapped[str | None] = mapped_column(Text)
    held: Mapped[bool] = mapped_column(Boolean)
    digest_of: Mapped[int | None] = mapped_column(BigInteger)
    attempts: Mapped[int] = mapped_column(Integer)
    created_at: Mapped[datetime] = mapped_column(Instant)
    next_try_at: Mapped[datetime | None] = mapped_column(Instant)
    sent_at: Mapped[datetime | None] = mapped_column(Instant)
    read_at: Mapped[datetime | None] = mapped_column(Instant)
    reference: Mapped[str | None] = mapped_column(Text)
    segments: Mapped[int | None] = mapped_column(SmallInteger)


class NoticeSetting(Base):
    """How a person wishes to be told: channels by kind of notice, and the sealed addresses at which he can be reached."""

    __tablename__ = "notice_settings"
    user_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("users.id"), primary_key=True, autoincrement=False)
    channels: Mapped[dict[str, Any]] = mapped_column(JSONB)
    addresses_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    updated_at: Mapped[datetime] = mapped_column(Instant)
