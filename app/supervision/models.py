"""The tables of supervised matters, instructions and conferences. Milestones and tasks are lists on their own row, told from memory."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Boolean, ForeignKey, Index, Integer, SmallInteger, Text, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.core.base import Base, Instant


class Supervision(Base):
    """A supervised matter (督办件). `milestones`: number, title, due_at, done_at, evidence; `next_milestone_at` is the nearest open one."""

    __tablename__ = "supervisions"
    __table_args__ = (
        Index("ix_supervisions_unit_id", "unit_id", "id"),
        Index("ix_supervisions_instruction_id", "instruction_id", postgresql_where=text("instruction_id IS NOT NULL")),
    )
    id: Mapped[int] = mapped_column(BigInteger, ForeignKey("cases.id"), primary_key=True, autoincrement=False)
    root_id: Mapped[int] = mapped_column(BigInteger, index=True)
    title: Mapped[str] = mapped_column(Text)
    matter: Mapped[str | None] = mapped_column(Text)
    supervision_source: Mapped[str] = mapped_column(Text)
    instruction_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("cases.id"))
    level: Mapped[str] = mapped_column(Text)
    unit_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("units.id"))
    co_unit_ids: Mapped[list[int]] = mapped_column(ARRAY(BigInteger))
    report_due_at: Mapped[datetime | None] = mapped_column(Instant)
    plan: Mapped[str | None] = mapped_column(Text)
    year: Mapped[int | None] = mapped_column(SmallInteger)
    urges: Mapped[int] = mapped_column(SmallInteger)
    last_urged_at: Mapped[datetime | None] = mapped_column(Instant)
    summons: Mapped[int] = mapped_column(SmallInteger)
    send_backs: Mapped[int] = mapped_column(SmallInteger)
    milestones: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    next_milestone_at: Mapped[datetime | None] = mapped_column(Instant)
    issued_at: Mapped[datetime | None] = mapped_column(Instant)
    signed_at: Mapped[datetime | None] = mapped_column(Instant)
    signed_by: Mapped[int | None] = mapped_column(BigInteger)
    handled_by: Mapped[int | None] = mapped_column(BigInteger)
    reported_at: Mapped[datetime | None] = mapped_column(Instant)
    reported_by: Mapped[int | None] = mapped_column(BigInteger)
    verified_by: Mapped[int | None] = mapped_column(BigInteger)
    cleared_at: Mapped[datetime | None] = mapped_column(Instant)
    cleared_by: Mapped[int | None] = mapped_column(BigInteger)
    evidence: Mapped[str | None] = mapped_column(Text)
    on_site: Mapped[bool | None] = mapped_column(Boolean)


class Instruction(Base):
    """A leader's written instruction (批示). Of a classified paper only that it exists: the flag stands here, the content on the paper."""

    __tablename__ = "instructions"
    id: Mapped[int] = mapped_column(BigInteger, ForeignKey("cases.id"), primary_key=True, autoincrement=False)
    root_id: Mapped[int] = mapped_column(BigInteger, index=True)
    title: Mapped[str] = mapped_column(Text)
    matter: Mapped[str | None] = mapped_column(Text)
    reference_number: Mapped[str | None] = mapped_column(Text, index=True)
    received_at: Mapped[datetime | None] = mapped_column(Instant)
    urgency: Mapped[str] = mapped_column(Text)
    classified: Mapped[bool] = mapped_column(Boolean)
    ticket_ids: Mapped[list[int]] = mapped_column(ARRAY(BigInteger))
    proposal: Mapped[str | None] = mapped_column(Text)
    report_due_at: Mapped[datetime | None] = mapped_column(Instant)
    tell_units: Mapped[bool] = mapped_column(Boolean)
    unit_ids: Mapped[list[int]] = mapped_column(ARRAY(BigInteger))
    instructions: Mapped[str | None] = mapped_column(Text)
    endorsements: Mapped[int] = mapped_column(SmallInteger)
    sent_at: Mapped[datetime | None] = mapped_column(Instant)
    sent_by: Mapped[int | None] = mapped_column(BigInteger)
    reported_at: Mapped[datetime | None] = mapped_column(Instant)
    closed_at: Mapped[datetime | None] = mapped_column(Instant)


class Conference(Base):
    """A joint meeting, a survey on site, or the competent department's opinion. `tasks`: number, unit_id, title, due_at, done_at."""

    __tablename__ = "conferences"
    id: Mapped[int] = mapped_column(BigInteger, ForeignKey("cases.id"), primary_key=True, autoincrement=False)
    root_id: Mapped[int] = mapped_column(BigInteger, index=True)
    title: Mapped[str] = mapped_column(Text)
    form: Mapped[str] = mapped_column(Text)
    matter: Mapped[str | None] = mapped_column(Text)
    place: Mapped[str | None] = mapped_column(Text)
    scheduled_at: Mapped[datetime | None] = mapped_column(Instant)
    unit_ids: Mapped[list[int]] = mapped_column(ARRAY(BigInteger))
    people_ids: Mapped[list[int]] = mapped_column(ARRAY(BigInteger))
    chair_person_id: Mapped[int | None] = mapped_column(BigInteger)
    tasks: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    held_at: Mapped[datetime | None] = mapped_column(Instant)
    conclusion: Mapped[str | None] = mapped_column(Text)
    concluded_at: Mapped[datetime | None] = mapped_column(Instant)


class Endorsement(Base):
    """What one leader wrote on the paper, word for word."""

    __tablename__ = "endorsements"
    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    root_id: Mapped[int] = mapped_column(BigInteger, index=True)
    case_id: Mapped[int] = mapped_column(BigInteger)
    seq: Mapped[int] = mapped_column(Integer)
    at: Mapped[datetime] = mapped_column(Instant)
    actor_id: Mapped[int] = mapped_column(BigInteger)
    unit_id: Mapped[int | None] = mapped_column(BigInteger)
    endorser: Mapped[str | None] = mapped_column(Text)
    endorser_person: Mapped[int | None] = mapped_column(BigInteger)
    endorsement: Mapped[str] = mapped_column(Text)
    endorsed_at: Mapped[datetime] = mapped_column(Instant)


class SupervisionReport(Base):
    """What a unit reported on its matter, or a secretary on an instruction."""

    __tablename__ = "supervision_reports"
    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    root_id: Mapped[int] = mapped_column(BigInteger, index=True)
    case_id: Mapped[int] = mapped_column(BigInteger)
    seq: Mapped[int] = mapped_column(Integer)
    at: Mapped[datetime] = mapped_column(Instant)
    actor_id: Mapped[int] = mapped_column(BigInteger)
    unit_id: Mapped[int | None] = mapped_column(BigInteger)
    report_text: Mapped[str | None] = mapped_column(Text)


class Summons(Base):
    """Who was summoned (约谈), when, and what was said."""

    __tablename__ = "summons"
    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    root_id: Mapped[int] = mapped_column(BigInteger, index=True)
    case_id: Mapped[int] = mapped_column(BigInteger)
    seq: Mapped[int] = mapped_column(Integer)
    at: Mapped[datetime] = mapped_column(Instant)
    actor_id: Mapped[int] = mapped_column(BigInteger)
    unit_id: Mapped[int | None] = mapped_column(BigInteger)
    summoned: Mapped[str] = mapped_column(Text)
    held_at: Mapped[datetime] = mapped_column(Instant)
    minutes: Mapped[str] = mapped_column(Text)


class ConferenceMinutes(Base):
    """The minutes of a conference and what was concluded, in words."""

    __tablename__ = "conference_minutes"
    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    root_id: Mapped[int] = mapped_column(BigInteger, index=True)
    case_id: Mapped[int] = mapped_column(BigInteger)
    seq: Mapped[int] = mapped_column(Integer)
    at: Mapped[datetime] = mapped_column(Instant)
    actor_id: Mapped[int] = mapped_column(BigInteger)
    unit_id: Mapped[int | None] = mapped_column(BigInteger)
    minutes: Mapped[str] = mapped_column(Text)
    conclusion_text: Mapped[str | None] = mapped_column(Text)
