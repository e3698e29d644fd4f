"""A link between two tickets is a record with a beginning and an end; what stood when it began is kept beside it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.core.base import Base, Instant

STANDS = "ended_at IS NULL"
JOINED = f"{STANDS} AND followed_at IS NULL AND kind = 'same_fact'"


class Link(Base):
    """`other_id` is the ticket that was linked, `main_id` the one it was linked to: the main one, or the earlier one. `snapshot` is what
    the joined ticket was like; `followed_at` says that it was completed with its main one."""

    __tablename__ = "links"
    __table_args__ = (
        Index("uq_links_pair", "main_id", "other_id", unique=True, postgresql_where=text(STANDS)),
        Index("uq_links_joined", "other_id", unique=True, postgresql_where=text(JOINED)),
        Index("ix_links_main_id", "main_id"),
        Index("ix_links_other_id", "other_id"),
    )
    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(Text)
    main_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("tickets.id"))
    other_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("tickets.id"))
    since: Mapped[datetime] = mapped_column(Instant)
    linked_by: Mapped[int] = mapped_column(BigInteger)
    snapshot: Mapped[dict[str, Any]] = mapped_column(JSONB)
    followed_at: Mapped[datetime | None] = mapped_column(Instant)
    ended_at: Mapped[datetime | None] = mapped_column(Instant)
    ended_by: Mapped[int | None] = mapped_column(BigInteger)
