"""The tables of the case engine: a case knows its state and version; what it is about lives in a feature's own table under its id."""

# Rows that only the write of a locked root can add (history, clocks, access, fires) carry no foreign key: the check would cost each
# transition more than the row itself, and `audit verify` proves the same from outside.

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    ForeignKey,
    Identity,
    Index,
    Integer,
    Interval,
    LargeBinary,
    SmallInteger,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.core.base import Base, Instant


class Installation(Base):
    """The one row of this installation: the shift of its clock (moved only by simulation and tests) and the epoch of its settings."""

    __tablename__ = "installation"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)
    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    shift: Mapped[timedelta] = mapped_column(Interval, server_default=text("'0'"))
    frozen_at: Mapped[datetime | None] = mapped_column(Instant)
    epoch: Mapped[int] = mapped_column(BigInteger, server_default=text("1"))
    purpose: Mapped[str] = mapped_column(Text, server_default=text("'empty'"))
    salt: Mapped[bytes] = mapped_column(LargeBinary, server_default=text("decode(replace(gen_random_uuid()::text, '-', ''), 'hex')"))


class CaseRow(Base):
    """One lifecycle in progress, pinned to its definition and its pack. `due_at` is the smallest running limit of the case itself."""

    __tablename__ = "cases"
    __table_args__ = (
        Index("ix_cases_kind_state_open", "kind", "state", "id", postgresql_where=text("open")),
        Index("ix_cases_kind_state_ended", "kind", "state", "id", postgresql_where=text("NOT open")),
        Index("ix_cases_kind_id", "kind", "id"),
        Index(
            "ix_cases_due_open", "kind", "due_at", postgresql_include=["root_id"], postgresql_where=text("open AND due_at IS NOT NULL")
        ),
        Index("ix_cases_deep_open", "kind", "parent_id", postgresql_where=text("open AND parent_id <> root_id")),
    )
    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(Text)
    parent_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("cases.id"), index=True)
    root_id: Mapped[int] = mapped_column(BigInteger, index=True)
    workflow: Mapped[str] = mapped_column(Text)
    workflow_version: Mapped[int] = mapped_column(Integer)
    pack: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text)
    version: Mapped[int] = mapped_column(Integer)
    seq: Mapped[int] = mapped_column(Integer)
    head_hash: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime] = mapped_column(Instant)
    last_at: Mapped[datetime] = mapped_column(Instant)
    due_at: Mapped[datetime | None] = mapped_column(Instant)
    open: Mapped[bool] = mapped_column(Boolean)


class CaseAccess(Base):
    """Which unit stands in which relation to a case's root: the only table that the visibility predicate reads."""

    __tablename__ = "case_access"
    __table_args__ = (Index("ix_case_access_unit", "unit_id", "root_id"),)
    root_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    unit_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    relation: Mapped[str] = mapped_column(Text, primary_key=True)


class HistoryRow(Base):
    """What happened to a case, chained by hash. `fields` hold ids and salted digests, never a personal value."""

    __tablename__ = "history"
    __table_args__ = (
        Index("ix_history_root", "root_id", "at"),
        Index("ix_history_recorded", "recorded_at", postgresql_using="brin"),
        Index("ix_history_at", "at", postgresql_using="brin", postgresql_with={"autosummarize": "on"}),
    )
    case_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    seq: Mapped[int] = mapped_column(Integer, primary_key=True)
    root_id: Mapped[int] = mapped_column(BigInteger)
    at: Mapped[datetime] = mapped_column(Instant)
    recorded_at: Mapped[datetime] = mapped_column(Instant)
    actor: Mapped[str] = mapped_column(Text)
    unit_id: Mapped[int | None] = mapped_column(BigInteger)
    trigger: Mapped[str] = mapped_column(Text)
    from_state: Mapped[str] = mapped_column(Text)
    to_state: Mapped[str] = mapped_column(Text)
    fields: Mapped[dict[str, Any]] = mapped_column(JSONB)
    inferred: Mapped[bool] = mapped_column(Boolean)
    cause: Mapped[str | None] = mapped_column(Text)
    hash: Mapped[bytes] = mapped_column(LargeBinary)


class TextRow(Base):
    """The words that a history row only holds a salted digest of; deleting them leaves the chain valid."""

    __tablename__ = "texts"
    case_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    seq: Mapped[int] = mapped_column(Integer, primary_key=True)
    field: Mapped[str] = mapped_column(Text, primary_key=True)
    body: Mapped[str] = mapped_column(Text)


class ClockRow(Base):
    """A budget ledger: budget and consumed are the facts, `due_at` and `next_rung_at` are derived from them and indexed."""

    __tablename__ = "clocks"
    __table_args__ = (
        UniqueConstraint("case_id", "name", "level", "generation"),
        CheckConstraint("state IN ('running', 'held', 'stopped')", name="state"),
        Index("ix_clocks_next_rung", "next_rung_at", postgresql_where=text("state = 'running' AND set_aside_at IS NULL")),
        Index("ix_clocks_set_aside", "set_aside_at", postgresql_where=text("set_aside_at IS NOT NULL AND state <> 'stopped'")),
        Index("ix_clocks_running", "name", "due_at", postgresql_where=text("state = 'running'")),
        Index("ix_clocks_root", "root_id"),
        Index("ix_clocks_provisional", "id", postgresql_where=text("provisional AND state <> 'stopped'")),
    )
    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    case_id: Mapped[int] = mapped_column(BigInteger)
    root_id: Mapped[int] = mapped_column(BigInteger)
    name: Mapped[str] = mapped_column(Text)
    level: Mapped[str] = mapped_column(Text)
    generation: Mapped[int] = mapped_column(Integer)
    state: Mapped[str] = mapped_column(Text)
    budget: Mapped[str | None] = mapped_column(Text)
    consumed: Mapped[str | None] = mapped_column(Text)
    fixed_due_at: Mapped[datetime | None] = mapped_column(Instant)
    anchored_at: Mapped[datetime] = mapped_column(Instant)
    running_since: Mapped[datetime | None] = mapped_column(Instant)
    held_at: Mapped[datetime | None] = mapped_column(Instant)
    due_at: Mapped[datetime | None] = mapped_column(Instant)
    provisional: Mapped[bool] = mapped_column(Boolean)
    rungs: Mapped[list[Any]] = mapped_column(JSONB)
    rung_next: Mapped[int] = mapped_column(SmallInteger)
    next_rung_at: Mapped[datetime | None] = mapped_column(Instant)
    stopped_at: Mapped[datetime | None] = mapped_column(Instant)
    late: Mapped[bool | None] = mapped_column(Boolean)
    pack: Mapped[str] = mapped_column(Text)
    table: Mapped[str] = mapped_column("rule_table", Text)
    row: Mapped[str] = mapped_column("rule_row", Text)
    set_aside_at: Mapped[datetime | None] = mapped_column(Instant)
    failure: Mapped[str | None] = mapped_column(Text)


class ClockEvent(Base):
    """Each hold, resume, change of budget and re-projection of a clock, with the due instant before and after and the reason."""

    __tablename__ = "clock_events"
    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    clock_id: Mapped[int] = mapped_column(BigInteger, index=True)
    at: Mapped[datetime] = mapped_column(Instant)
    event: Mapped[str] = mapped_column(Text)
    prior_due_at: Mapped[datetime | None] = mapped_column(Instant)
    due_at: Mapped[datetime | None] = mapped_column(Instant)
    reason: Mapped[str] = mapped_column(Text)


class FireRow(Base):
    """A rung that fired. The key is the claim: the row is inserted before the rung acts, in the same transaction."""

    __tablename__ = "fires"
    __table_args__ = (Index("ix_fires_at", "at", postgresql_using="brin", postgresql_with={"autosummarize": "on"}),)
    clock_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    generation: Mapped[int] = mapped_column(Integer, primary_key=True)
    rung: Mapped[str] = mapped_column(Text, primary_key=True)
    root_id: Mapped[int] = mapped_column(BigInteger)
    due_at: Mapped[datetime] = mapped_column(Instant)
    at: Mapped[datetime] = mapped_column(Instant)
    late: Mapped[bool] = mapped_column(Boolean)


class OutboxRow(Base):
    """One reaction still owed to one event. Done when the reaction has committed, not when it was sent."""

    __tablename__ = "outbox"
    __table_args__ = (Index("ix_outbox_owed", "lease_until", "id", postgresql_where=text("done_at IS NULL")),)
    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    event: Mapped[str] = mapped_column(Text)
    reaction: Mapped[str] = mapped_column(Text)
    root_id: Mapped[int] = mapped_column(BigInteger)
    case_id: Mapped[int] = mapped_column(BigInteger)
    payload: Mapped[dict[str, Any]] = mapped_column(JSONB)
    at: Mapped[datetime] = mapped_column(Instant)
    lease_until: Mapped[datetime | None] = mapped_column(Instant)
    attempts: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    done_at: Mapped[datetime | None] = mapped_column(Instant)
    gave_up_at: Mapped[datetime | None] = mapped_column(Instant)
    failure: Mapped[str | None] = mapped_column(Text)


class Receipt(Base):
    """What an actor's key has already brought about; kept for 48 hours."""

    __tablename__ = "receipts"
    actor: Mapped[str] = mapped_column(Text, primary_key=True)
    key: Mapped[str] = mapped_column(Text, primary_key=True)
    body_digest: Mapped[str] = mapped_column(Text)
    result: Mapped[dict[str, Any]] = mapped_column(JSONB)
    at: Mapped[datetime] = mapped_column(Instant, index=True)


class Installed(Base):
    """A version of a pack, a calendar or another setting. Never changed: a change is the next version."""

    __tablename__ = "installed"
    __table_args__ = (UniqueConstraint("kind", "name", "version"),)
    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    kind: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text)
    version: Mapped[int] = mapped_column(Integer)
    body: Mapped[str] = mapped_column(Text)
    digest: Mapped[str] = mapped_column(Text)
    installed_at: Mapped[datetime] = mapped_column(Instant)
    installed_by: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text)


class Anchor(Base):
    """A Merkle root over the chain heads touched since the last anchor, the number of cases and the anchor before."""

    __tablename__ = "anchors"
    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    at: Mapped[datetime] = mapped_column(Instant)
    heads: Mapped[int] = mapped_column(Integer)
    cases: Mapped[int] = mapped_column(BigInteger)
    merkle_root: Mapped[bytes] = mapped_column(LargeBinary)
    previous: Mapped[bytes] = mapped_column(LargeBinary)
    digest: Mapped[bytes] = mapped_column(LargeBinary)


class BatchRow(Base):
    """A long piece of work in chunks: how far it is, so that it can be left, found again and resumed."""

    __tablename__ = "batches"
    name: Mapped[str] = mapped_column(Text, primary_key=True)
    total: Mapped[int] = mapped_column(Integer)
    position: Mapped[int] = mapped_column(Integer)
    counts: Mapped[dict[str, Any]] = mapped_column(JSONB)
    started_at: Mapped[datetime] = mapped_column(Instant)
    updated_at: Mapped[datetime] = mapped_column(Instant)
    done_at: Mapped[datetime | None] = mapped_column(Instant)
