"""The tables of a ticket and of what belongs to it. State, version and deadlines are not here: they belong to the case."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Date,
    Double,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column

from app.core.base import Base, Instant


class Category(Base):
    """A branch of the tree of matters (事项分类). Retired ones stay, for the tickets that carry them; `provisional` came with a file."""

    __tablename__ = "categories"
    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    code: Mapped[str] = mapped_column(Text, unique=True)
    name: Mapped[str] = mapped_column(Text)
    parent_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("categories.id"), index=True)
    valid_from: Mapped[date | None] = mapped_column(Date)
    valid_to: Mapped[date | None] = mapped_column(Date)
    provisional: Mapped[bool] = mapped_column(Boolean, server_default=text("false"))


class Ticket(Base):
    """One citizen's demand. `citizen_shown` is the sealed, already masked picture of the citizen, so that a list opens no real value;
    `spoken` tells where in the texts personal data stands. Both seals are bound to `citizen_id`."""

    __tablename__ = "tickets"
    __table_args__ = (
        Index("ix_tickets_type", "type", "id"),
        # The usual value is met at once by walking through the newest; only the others are worth an index, and a write each.
        Index("ix_tickets_channel", "channel", "id", postgresql_where=text("channel <> 'phone'")),
        Index("ix_tickets_source", "source", "id", postgresql_where=text("source <> 'city'")),
        Index("ix_tickets_urgency", "urgency", "id", postgresql_where=text("urgency <> 'normal'")),
        Index("ix_tickets_round", "round", "id", postgresql_where=text("round > 1")),
        Index("ix_tickets_claimed_by", "claimed_by", "id", postgresql_where=text("claimed_by IS NOT NULL")),
        Index("ix_tickets_registered_at", "registered_at"),
        Index("ix_tickets_created_by", "created_by", "id"),
        Index("ix_tickets_dispatched_at", "dispatched_at", postgresql_where=text("dispatched_at IS NOT NULL")),
        Index("ix_tickets_category_id", "category_id", "id"),
        Index("ix_tickets_lead_unit_id", "lead_unit_id", "id"),
        Index("ix_tickets_lying", "street", "community", "id", postgresql_where=text("closed_at IS NULL")),
        Index("ix_tickets_closed_at", "closed_at", postgresql_where=text("closed_at IS NOT NULL")),
        Index("ix_tickets_upstream_number", "upstream_number", postgresql_where=text("upstream_number IS NOT NULL")),
        Index("ix_tickets_dissatisfied_round", "id", postgresql_where=text("dissatisfied_round = round")),
        Index("ix_tickets_termination_requested", "id", postgresql_where=text("termination_requested_by IS NOT NULL")),
        Index("ix_tickets_suspension_requested", "id", postgresql_where=text("suspension_requested_by IS NOT NULL")),
        Index("ix_tickets_earlier_reply", "id", postgresql_where=text("earlier_reply_by IS NOT NULL")),
        Index("ix_tickets_elevated_at", "elevated_at", postgresql_where=text("elevated_at IS NOT NULL")),
        Index("ix_tickets_labels", "labels", postgresql_using="gin", postgresql_where=text("labels <> '{}'")),
        Index("ix_tickets_merged_into", "merged_into", postgresql_where=text("merged_into IS NOT NULL")),
        Index("ix_tickets_street", "street", "id", postgresql_where=text("street IS NOT NULL")),
    )
    id: Mapped[int] = mapped_column(BigInteger, ForeignKey("cases.id"), primary_key=True, autoincrement=False)
    root_id: Mapped[int] = mapped_column(BigInteger, index=True)
    number: Mapped[str] = mapped_column(Text, unique=True)
    tracking_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    tracking_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    type: Mapped[str] = mapped_column(Text)
    channel: Mapped[str] = mapped_column(Text)
    source: Mapped[str] = mapped_column(Text)
    purpose: Mapped[str | None] = mapped_column(Text)
    title: Mapped[str] = mapped_column(Text)
    content: Mapped[str] = mapped_column(Text)
    urgency: Mapped[str] = mapped_column(Text)
    category_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("categories.id"))
    occurred_at: Mapped[datetime | None] = mapped_column(Instant)
    subject: Mapped[str | None] = mapped_column(Text)
    enterprise: Mapped[bool] = mapped_column(Boolean)
    labels: Mapped[list[str]] = mapped_column(ARRAY(Text))
    reply_by: Mapped[datetime | None] = mapped_column(Instant)
    upstream_number: Mapped[str | None] = mapped_column(Text)
    upstream_due_at: Mapped[datetime | None] = mapped_column(Instant)
    address: Mapped[str | None] = mapped_column(Text)
    street: Mapped[str | None] = mapped_column(Text)
    community: Mapped[str | None] = mapped_column(Text)
    lon: Mapped[float | None] = mapped_column(Double)
    lat: Mapped[float | None] = mapped_column(Double)
    crs: Mapped[str | None] = mapped_column(Text)
    coarse: Mapped[bool | None] = mapped_column(Boolean)
    confidential: Mapped[bool] = mapped_column(Boolean)
    anonymous: Mapped[bool] = mapped_column(Boolean)
    citizen_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("citizens.id"), unique=True)
    citizen_shown: Mapped[bytes] = mapped_column(LargeBinary)
    spoken: Mapped[dict[str, Any]] = mapped_column(JSONB)
    created_by: Mapped[str] = mapped_column(Text)
    own_unit_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("units.id"))
    registered_at: Mapped[datetime | None] = mapped_column(Instant)
    accepted_at: Mapped[datetime | None] = mapped_column(Instant)
    lead_unit_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("units.id"))
    first_unit_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("units.id"))
    dispatched_at: Mapped[datetime | None] = mapped_column(Instant)
    dispatched_by: Mapped[int | None] = mapped_column(BigInteger)
    round: Mapped[int] = mapped_column(SmallInteger)
    attempt: Mapped[int] = mapped_column(SmallInteger)
    send_backs: Mapped[int] = mapped_column(SmallInteger)
    urges: Mapped[int] = mapped_column(SmallInteger)
    last_urged_at: Mapped[datetime | None] = mapped_column(Instant)
    escalations: Mapped[int] = mapped_column(SmallInteger)
    replied_at: Mapped[datetime | None] = mapped_column(Instant)
    completed_at: Mapped[datetime | None] = mapped_column(Instant)
    closed_at: Mapped[datetime | None] = mapped_column(Instant)
    answered_by: Mapped[int | None] = mapped_column(BigInteger)
    claimed_by: Mapped[int | None] = mapped_column(BigInteger)
    claimed_at: Mapped[datetime | None] = mapped_column(Instant)
    decline_ground: Mapped[str | None] = mapped_column(Text)
    transfer_to: Mapped[str | None] = mapped_column(Text)
    termination_requested_by: Mapped[int | None] = mapped_column(BigInteger)
    termination_ground: Mapped[str | None] = mapped_column(Text)
    evaluated_round: Mapped[int | None] = mapped_column(SmallInteger)
    rating: Mapped[str | None] = mapped_column(Text)
    solved: Mapped[bool | None] = mapped_column(Boolean)
    callback_attempts: Mapped[int] = mapped_column(SmallInteger)
    merged_into: Mapped[int | None] = mapped_column(BigInteger)
    joined: Mapped[int | None] = mapped_column(SmallInteger)
    links: Mapped[int | None] = mapped_column(SmallInteger)
    earlier_reply_by: Mapped[int | None] = mapped_column(BigInteger)
    earlier_reply_of: Mapped[int | None] = mapped_column(BigInteger)
    caller_effects: Mapped[list[str] | None] = mapped_column(ARRAY(Text))
    supervised: Mapped[bool | None] = mapped_column(Boolean)
    elevations: Mapped[list[str] | None] = mapped_column(ARRAY(Text))
    elevated_at: Mapped[datetime | None] = mapped_column(Instant)
    callback_person_id: Mapped[int | None] = mapped_column(BigInteger)
    dissatisfactions: Mapped[int | None] = mapped_column(SmallInteger)
    dissatisfied_round: Mapped[int | None] = mapped_column(SmallInteger)
    studied_round: Mapped[int | None] = mapped_column(SmallInteger)
    no_further_ground: Mapped[str | None] = mapped_column(Text)
    suspended_at: Mapped[datetime | None] = mapped_column(Instant)
    suspended_from: Mapped[str | None] = mapped_column(Text)
    suspended_until: Mapped[datetime | None] = mapped_column(Instant)
    suspension_level: Mapped[str | None] = mapped_column(Text)
    suspension_requested_by: Mapped[int | None] = mapped_column(BigInteger)


class Assignment(Base):
    """One unit's share of a ticket, with its own clock."""

    __tablename__ = "assignments"
    __table_args__ = (
        Index("ix_assignments_unit_id", "unit_id", "id"),
        Index("ix_assignments_unreplied", "unit_id", "id", postgresql_where=text("replied_at IS NULL")),
        Index("ix_assignments_person_id", "person_id", "id", postgresql_where=text("person_id IS NOT NULL")),
        Index("ix_assignments_pause_requested", "id", postgresql_where=text("pause_requested_by IS NOT NULL")),
    )
    id: Mapped[int] = mapped_column(BigInteger, ForeignKey("cases.id"), primary_key=True, autoincrement=False)
    root_id: Mapped[int] = mapped_column(BigInteger, index=True)
    role: Mapped[str] = mapped_column(Text)
    unit_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("units.id"))
    person_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("users.id"))
    round: Mapped[int] = mapped_column(SmallInteger)
    attempt: Mapped[int] = mapped_column(SmallInteger)
    instructions: Mapped[str | None] = mapped_column(Text)
    reply_by: Mapped[datetime | None] = mapped_column(Instant)
    assigned_at: Mapped[datetime | None] = mapped_column(Instant)
    signed_at: Mapped[datetime | None] = mapped_column(Instant)
    signed_by: Mapped[int | None] = mapped_column(BigInteger)
    contacted_at: Mapped[datetime | None] = mapped_column(Instant)
    submitted_at: Mapped[datetime | None] = mapped_column(Instant)
    replied_at: Mapped[datetime | None] = mapped_column(Instant)
    outcome: Mapped[str | None] = mapped_column(Text)
    send_backs: Mapped[int] = mapped_column(SmallInteger)
    designated: Mapped[bool] = mapped_column(Boolean, server_default=text("false"))
    held_at: Mapped[datetime | None] = mapped_column(Instant)
    paused_at: Mapped[datetime | None] = mapped_column(Instant)
    pause_ground: Mapped[str | None] = mapped_column(Text)
    pause_until: Mapped[datetime | None] = mapped_column(Instant)
    pause_total: Mapped[bool | None] = mapped_column(Boolean)
    pause_requested_by: Mapped[int | None] = mapped_column(BigInteger)
    extended_until: Mapped[datetime | None] = mapped_column(Instant)


class Citizen(Base):
    """Who spoke, once for each ticket, since the same words may come from two people. Every value is sealed; hashes find exact phones."""

    __tablename__ = "citizens"
    __table_args__ = tuple(
        Index(f"ix_citizens_{name}", name, postgresql_where=text(f"{name} IS NOT NULL"))
        for name in ("phone_hash", "phone_tail_hash", "calling_hash", "calling_tail_hash")
    )
    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    name_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    phone_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    calling_number_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    id_number_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    phone_hash: Mapped[bytes | None] = mapped_column(LargeBinary)
    phone_tail_hash: Mapped[bytes | None] = mapped_column(LargeBinary)
    calling_hash: Mapped[bytes | None] = mapped_column(LargeBinary)
    calling_tail_hash: Mapped[bytes | None] = mapped_column(LargeBinary)


class Reply(Base):
    """The three texts and the answers of one step that replied: submitted, interim, reviewed, answered at once, or declined."""

    __tablename__ = "replies"
    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    root_id: Mapped[int] = mapped_column(BigInteger, index=True)
    case_id: Mapped[int] = mapped_column(BigInteger)
    seq: Mapped[int] = mapped_column(Integer)
    at: Mapped[datetime] = mapped_column(Instant)
    actor_id: Mapped[int] = mapped_column(BigInteger)
    unit_id: Mapped[int | None] = mapped_column(BigInteger)
    stage: Mapped[str] = mapped_column(Text)
    round: Mapped[int] = mapped_column(SmallInteger)
    contacted: Mapped[bool | None] = mapped_column(Boolean)
    contact_at: Mapped[datetime | None] = mapped_column(Instant)
    contact_way: Mapped[str | None] = mapped_column(Text)
    not_contacted_reason: Mapped[str | None] = mapped_column(Text)
    facts_true: Mapped[bool | None] = mapped_column(Boolean)
    outcome: Mapped[str | None] = mapped_column(Text)
    unsolved_reason: Mapped[str | None] = mapped_column(Text)
    on_site: Mapped[bool | None] = mapped_column(Boolean)
    internal_note: Mapped[str | None] = mapped_column(Text)
    reply_text: Mapped[str | None] = mapped_column(Text)
    public_reply: Mapped[str | None] = mapped_column(Text)


class Evaluation(Base):
    """What a citizen said of one round, or that nobody was reached. One evaluation a round; attempts are as many as were made."""

    __tablename__ = "evaluations"
    __table_args__ = (
        Index("ix_evaluations_root_id", "root_id"),
        # Ours, and beside it what the city or a third party has asked.
        Index("uq_evaluations_round", "root_id", "round", unique=True, postgresql_where=text("reached AND source = 'own'")),
        Index(
            "uq_evaluations_reference", "root_id", "round", "source", "reference", unique=True, postgresql_where=text("source <> 'own'")
        ),
        Index("ix_evaluations_at", "at"),
    )  # fmt: skip
    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    root_id: Mapped[int] = mapped_column(BigInteger)
    case_id: Mapped[int] = mapped_column(BigInteger)
    seq: Mapped[int] = mapped_column(Integer)
    at: Mapped[datetime] = mapped_column(Instant)
    actor_id: Mapped[int] = mapped_column(BigInteger)
    unit_id: Mapped[int | None] = mapped_column(BigInteger)
    round: Mapped[int] = mapped_column(SmallInteger)
    reached: Mapped[bool] = mapped_column(Boolean)
    contacted: Mapped[bool | None] = mapped_column(Boolean)
    solved: Mapped[bool | None] = mapped_column(Boolean)
    rating: Mapped[str | None] = mapped_column(Text)
    reasons: Mapped[list[str] | None] = mapped_column(ARRAY(Text))
    note: Mapped[str | None] = mapped_column(Text)
    source: Mapped[str] = mapped_column(Text, server_default="own")
    reference: Mapped[str | None] = mapped_column(Text)
    evaluated_at: Mapped[datetime | None] = mapped_column(Instant)
    way: Mapped[str | None] = mapped_column(Text)
    manner_rating: Mapped[str | None] = mapped_column(Text)
    recording: Mapped[str | None] = mapped_column(Text)


class Supplement(Base):
    """What a citizen added later, or that he urged."""

    __tablename__ = "supplements"
    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    root_id: Mapped[int] = mapped_column(BigInteger, index=True)
    case_id: Mapped[int] = mapped_column(BigInteger)
    seq: Mapped[int] = mapped_column(Integer)
    at: Mapped[datetime] = mapped_column(Instant)
    actor_id: Mapped[int] = mapped_column(BigInteger)
    unit_id: Mapped[int | None] = mapped_column(BigInteger)
    kind: Mapped[str] = mapped_column(Text)
    text: Mapped[str | None] = mapped_column(Text)


class TicketSearch(Base):
    """The search tokens of a ticket, filled a moment later and kept apart, so that moving a ticket touches no index of words."""

    __tablename__ = "ticket_search"
    __table_args__ = (Index("ix_ticket_search_tokens", "tokens", postgresql_using="gin"),)
    id: Mapped[int] = mapped_column(BigInteger, ForeignKey("tickets.id"), primary_key=True, autoincrement=False)
    tokens: Mapped[Any] = mapped_column(TSVECTOR)
