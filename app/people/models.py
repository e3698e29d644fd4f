"""The tables of units, people, roles, credentials and of what administrators did to them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.core.base import Base, Instant


class Unit(Base):
    """An organisation in the tree, as it stands now. What it was called before, and under whom, is in its periods."""

    __tablename__ = "units"
    __table_args__ = (
        CheckConstraint("kind IN ('centre', 'department', 'town', 'street', 'community', 'village', 'vertical', 'utility')", name="kind"),
        CheckConstraint("parent_id <> id", name="own_parent"),
    )
    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    code: Mapped[str] = mapped_column(Text, unique=True)
    name: Mapped[str] = mapped_column(Text, index=True)
    kind: Mapped[str] = mapped_column(Text)
    parent_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("units.id"), index=True)
    opened_at: Mapped[datetime] = mapped_column(Instant)
    closed_at: Mapped[datetime | None] = mapped_column(Instant)
    provisional: Mapped[bool] = mapped_column(Boolean, server_default=text("false"))


class UnitPeriod(Base):
    """The name and the parent that a unit has from an instant on, until its next period begins or the unit closes."""

    __tablename__ = "unit_periods"
    __table_args__ = (UniqueConstraint("unit_id", "since"),)
    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    unit_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("units.id"))
    since: Mapped[datetime] = mapped_column(Instant)
    name: Mapped[str] = mapped_column(Text, index=True)
    parent_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("units.id"))


class UnitSuccession(Base):
    """Who took over from a closed unit. `main` marks the one that gets the open cases, the people and the old files."""

    __tablename__ = "unit_successions"
    __table_args__ = (Index("uq_unit_successions_main", "old_unit_id", unique=True, postgresql_where=text("main")),)
    old_unit_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("units.id"), primary_key=True)
    new_unit_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("units.id"), primary_key=True, index=True)
    main: Mapped[bool] = mapped_column(Boolean)
    effective_at: Mapped[datetime] = mapped_column(Instant)


class Reorganisation(Base):
    """A change of units that was decided, applied when its instant comes."""

    __tablename__ = "reorganisations"
    __table_args__ = (
        CheckConstraint("change IN ('rename', 'move', 'merge', 'split', 'close')", name="change"),
        Index("ix_reorganisations_waiting", "effective_at", postgresql_where=text("applied_at IS NULL AND cancelled_at IS NULL")),
    )
    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    change: Mapped[str] = mapped_column(Text)
    plan: Mapped[dict[str, Any]] = mapped_column(JSONB)
    reason: Mapped[str] = mapped_column(Text)
    effective_at: Mapped[datetime] = mapped_column(Instant)
    decided_at: Mapped[datetime] = mapped_column(Instant)
    decided_by: Mapped[str] = mapped_column(Text)
    applied_at: Mapped[datetime | None] = mapped_column(Instant)
    cancelled_at: Mapped[datetime | None] = mapped_column(Instant)


class User(Base):
    """A person's account. `unit_id` is where the person belongs; roles say what may be done and for which unit.

    `locked_until` comes from wrong passwords and closes only the sign-in: else anybody could shut out an API token by guessing.
    `barred_at` is an administrator's decision and closes everything.
    """

    __tablename__ = "users"
    __table_args__ = (Index("uq_users_username_lower", text("lower(username)"), unique=True),)
    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    username: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text)
    unit_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("units.id"), index=True)
    password_hash: Mapped[str | None] = mapped_column(Text)
    password_set_at: Mapped[datetime | None] = mapped_column(Instant)
    must_change_password: Mapped[bool] = mapped_column(Boolean, server_default=text("false"))
    failed_sign_ins: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    locked_until: Mapped[datetime | None] = mapped_column(Instant)
    last_sign_in_at: Mapped[datetime | None] = mapped_column(Instant)
    barred_at: Mapped[datetime | None] = mapped_column(Instant)
    created_at: Mapped[datetime] = mapped_column(Instant)
    deactivated_at: Mapped[datetime | None] = mapped_column(Instant)


class UserRole(Base):
    """A role that a person holds for a unit. Taken away, the row stays: who could do what, and when, is answerable."""

    __tablename__ = "user_roles"
    __table_args__ = (
        Index("uq_user_roles_held", "user_id", "unit_id", "role", unique=True, postgresql_where=text("until IS NULL")),
        Index("ix_user_roles_unit", "unit_id", "role", postgresql_where=text("until IS NULL")),
    )
    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    user_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("users.id"))
    unit_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("units.id"))
    role: Mapped[str] = mapped_column(Text)
    since: Mapped[datetime] = mapped_column(Instant)
    until: Mapped[datetime | None] = mapped_column(Instant)


class Absence(Base):
    """A person is away and new work goes to the substitute."""

    __tablename__ = "absences"
    __table_args__ = (
        CheckConstraint("until > since", name="order"),
        CheckConstraint("substitute_id <> user_id", name="self"),
        Index("ix_absences_user", "user_id", "until", postgresql_where=text("cancelled_at IS NULL")),
    )
    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    user_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("users.id"))
    since: Mapped[datetime] = mapped_column(Instant)
    until: Mapped[datetime] = mapped_column(Instant)
    substitute_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("users.id"))
    cancelled_at: Mapped[datetime | None] = mapped_column(Instant)


class Delegation(Base):
    """A person lends one role, for one unit and for a time, to another."""

    __tablename__ = "delegations"
    __table_args__ = (
        CheckConstraint("until > since", name="order"),
        CheckConstraint("from_user_id <> to_user_id", name="self"),
        Index("ix_delegations_to", "to_user_id", "until", postgresql_where=text("revoked_at IS NULL")),
        Index("ix_delegations_from", "from_user_id", "until", postgresql_where=text("revoked_at IS NULL")),
    )
    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    from_user_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("users.id"))
    to_user_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("users.id"))
    unit_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("units.id"))
    role: Mapped[str] = mapped_column(Text)
    since: Mapped[datetime] = mapped_column(Instant)
    until: Mapped[datetime] = mapped_column(Instant)
    absence_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("absences.id"), index=True)
    revoked_at: Mapped[datetime | None] = mapped_column(Instant)


class SecondFactor(Base):
    """The secret that a person's authenticator shares, by the id of the account; active from its first right code on.

    `last_step` is the last half minute whose code was accepted: it and all before it open nothing any more.
    """

    __tablename__ = "second_factors"
    id: Mapped[int] = mapped_column(BigInteger, ForeignKey("users.id"), primary_key=True, autoincrement=False)
    secret_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    begun_at: Mapped[datetime] = mapped_column(Instant)
    confirmed_at: Mapped[datetime | None] = mapped_column(Instant)
    last_step: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))


class RecoveryCode(Base):
    """What opens once in place of a code when the phone is lost. Only the digest is kept."""

    __tablename__ = "recovery_codes"
    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    user_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("users.id"), index=True)
    digest: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    used_at: Mapped[datetime | None] = mapped_column(Instant)


class Draft(Base):
    """What a person has typed into one form and not yet sent. Gone when it is sent, after thirty days, or with its owner."""

    __tablename__ = "drafts"
    __table_args__ = (UniqueConstraint("user_id", "form"),)
    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    user_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("users.id"))
    form: Mapped[str] = mapped_column(Text)
    fields_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    saved_at: Mapped[datetime] = mapped_column(Instant, index=True)


class AccessToken(Base):
    """What opens the door: an API token or a browser session. Only the digest is kept; the token itself is shown once.

    `role` narrows a session to the one role; taken away meanwhile, it leaves the session none.
    """

    __tablename__ = "access_tokens"
    __table_args__ = (CheckConstraint("kind IN ('api', 'session')", name="kind"),)
    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    digest: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    kind: Mapped[str] = mapped_column(Text)
    label: Mapped[str] = mapped_column(Text)
    user_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("users.id"), index=True)
    unit_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("units.id"))
    role: Mapped[str | None] = mapped_column(Text)
    scopes: Mapped[list[str] | None] = mapped_column(ARRAY(Text))
    created_at: Mapped[datetime] = mapped_column(Instant)
    expires_at: Mapped[datetime] = mapped_column(Instant)
    idle_seconds: Mapped[int | None] = mapped_column(Integer)
    last_used_at: Mapped[datetime | None] = mapped_column(Instant)
    revoked_at: Mapped[datetime | None] = mapped_column(Instant)


class PeopleLog(Base):
    """What was done to units and accounts, and every sign-in. The application may add rows and read them, nothing else."""

    __tablename__ = "people_log"
    __table_args__ = (Index("ix_people_log_user", "user_id", "id"),)
    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    at: Mapped[datetime] = mapped_column(Instant, index=True)
    actor: Mapped[str] = mapped_column(Text)
    action: Mapped[str] = mapped_column(Text)
    success: Mapped[bool] = mapped_column(Boolean)
    user_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("users.id"))
    unit_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("units.id"))
    detail: Mapped[dict[str, Any]] = mapped_column(JSONB)


class Unmasking(Base):
    """Who looked at a citizen's hidden value, and why. The application may add rows and read them, nothing else."""

    __tablename__ = "unmaskings"
    __table_args__ = (CheckConstraint("length(btrim(reason)) >= 4", name="reason"), Index("ix_unmaskings_user", "user_id", "at"))
    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    user_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("users.id"))
    root_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("cases.id"), index=True)
    field: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(Instant)
