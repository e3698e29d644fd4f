"""What an import remembers: its runs, the rows it brought in, and which unit or category a file's name stands for."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Boolean, ForeignKey, Index, LargeBinary, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.core.base import Base, Instant


class ImportRun(Base):
    """One file read under one mapping. A run that was interrupted is found again by the file's digest and resumed."""

    __tablename__ = "import_runs"
    __table_args__ = (
        Index(
            "uq_import_runs_unfinished", "file_digest", "mapping", "live", unique=True, postgresql_where=text("done_at IS NULL")
        ),
    )
    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    file_name: Mapped[str] = mapped_column(Text)
    file_digest: Mapped[bytes] = mapped_column(LargeBinary)
    mapping: Mapped[str] = mapped_column(Text)
    live: Mapped[bool] = mapped_column(Boolean)
    started_at: Mapped[datetime] = mapped_column(Instant)
    done_at: Mapped[datetime | None] = mapped_column(Instant)
    counts: Mapped[dict[str, Any]] = mapped_column(JSONB)


class ImportRow(Base):
    """A row that is here. `digest` is keyed, so that nobody can test a guess of its content; `did` is what its last run did with it."""

    __tablename__ = "import_rows"
    __table_args__ = (UniqueConstraint("namespace", "external_key", "mapping"), Index("ix_import_rows_root_id", "root_id"))
    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    namespace: Mapped[str] = mapped_column(Text)
    external_key: Mapped[str] = mapped_column(Text)
    mapping: Mapped[str] = mapped_column(Text)
    digest: Mapped[bytes] = mapped_column(LargeBinary)
    root_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("cases.id"))
    run_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("import_runs.id"))
    did: Mapped[str] = mapped_column(Text)


class ImportName(Base):
    """A name that a file uses, with its code there, and our unit or category that it stands for. A renamed unit has several rows."""

    __tablename__ = "import_names"
    __table_args__ = (UniqueConstraint("namespace", "what", "code", "name"), Index("ix_import_names_run_id", "run_id"))
    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    namespace: Mapped[str] = mapped_column(Text)
    what: Mapped[str] = mapped_column(Text)
    code: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text)
    target_id: Mapped[int] = mapped_column(BigInteger)
    created: Mapped[bool] = mapped_column(Boolean)
    run_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("import_runs.id"))
