"""Requests to return a ticket, and what came of them; who was called in; what is scored; changes offered to the directory."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
TABLES = ("directory_proposals", "merits", "report_ins", "return_words", "return_requests")


def whole(name: str, nullable: bool = True) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), nullable=nullable)


def words(name: str, nullable: bool = True) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=nullable)


def instant(name: str, nullable: bool = True) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def table(name: str, columns: list[sa.Column[object]], **foreign: str) -> None:
    """Each with an id and a root; `foreign` are its keys to other tables."""
    links = ((column, other, op.f(f"fk_{name}_{column}_{other}")) for column, other in foreign.items())
    keys = [sa.ForeignKeyConstraint([column], [f"{other}.id"], name=link) for column, other, link in links]
    first = [sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False), whole("root_id", nullable=False)]
    op.create_table(name, *first, *columns, *keys, sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")))
    op.create_index(op.f(f"ix_{name}_root_id"), name, ["root_id"])


def record(name: str, columns: list[sa.Column[object]], unit_known: bool, **foreign: str) -> None:
    """A table whose rows core adds with case, step, time, actor and unit."""
    head = [whole("case_id", False), sa.Column("seq", sa.Integer(), nullable=False), instant("at", False), whole("actor_id", False)]
    table(name, [*head, whole("unit_id", not unit_known), *columns], **foreign)


def upgrade() -> None:
    op.add_column("tickets", whole("first_unit_id"))
    op.create_foreign_key(op.f("fk_tickets_first_unit_id_units"), "tickets", "units", ["first_unit_id"], ["id"])
    op.add_column("assignments", sa.Column("designated", sa.Boolean(), nullable=False, server_default=sa.text("false")))
    requests()
    record("return_words", [words("part", False), *map(words, ("reason", "statement", "opinion_of", "opinion"))], unit_known=False)
    report_ins()
    record("merits", [words("kind", False)], unit_known=True, unit_id="units")
    op.create_index("ix_merits_at", "merits", ["at", "unit_id"])
    offered = [whole("category_id", False), words("street"), words("state", False), instant("closed_at"), words("closed_by")]
    record("directory_proposals", [*offered, words("installed")], unit_known=True, unit_id="units", category_id="categories")
    op.create_index("ix_directory_proposals_state", "directory_proposals", ["state", "id"])


def requests() -> None:
    asked = [whole("unit_id", False), words("role", False), sa.Column("round", sa.SmallInteger(), nullable=False)]
    asked += [words("return_ground", False), whole("suggested_unit_id"), instant("requested_at", False), instant("negotiated_at")]
    heard = [sa.Column(name, sa.ARRAY(sa.BigInteger()), nullable=False) for name in ("invited", "volunteers")]
    heard += [instant("org_opinion_at"), instant("justice_opinion_at")]
    decided = [instant("decided_at"), whole("decided_by"), whole("lead_unit_id"), sa.Column("improper", sa.Boolean(), nullable=False)]
    units = dict.fromkeys(("unit_id", "suggested_unit_id", "lead_unit_id"), "units")
    table("return_requests", [*asked, *heard, *decided], id="cases", **units)
    op.create_index("ix_return_requests_unit_id", "return_requests", ["unit_id", "id"])
    op.create_index("ix_return_requests_requested_at", "return_requests", ["requested_at"])
    where = sa.text("decided_at IS NOT NULL")
    op.create_index("ix_return_requests_decided_at", "return_requests", ["decided_at"], postgresql_where=where)


def report_ins() -> None:
    called = [whole("unit_id", False), whole("caller_unit_id", False), words("reason"), instant("called_at", False)]
    came = [instant("reported_at"), whole("reported_by"), sa.Column("helpful", sa.Boolean(), nullable=True), instant("confirmed_at")]
    table("report_ins", [*called, *came], id="cases", unit_id="units", caller_unit_id="units")
    op.create_index("ix_report_ins_unit_id", "report_ins", ["unit_id", "id"])


def downgrade() -> None:
    for name in TABLES:
        op.drop_table(name)
    op.drop_column("assignments", "designated")
    op.drop_column("tickets", "first_unit_id")
