"""What a part of the system is told when it starts: read once from the environment, frozen, then passed on."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from app.errors import IllFormed

CHECKOUT = Path(__file__).resolve().parent.parent
APP_ROLE = "citydesk_app"
MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Config:
    """`database_url` connects as the application's role, `owner_url` as the owner of the tables (migrations, simulation).

    An empty `database_url` or `redis_url` was not named from outside: the command line starts an embedded server and fills it in.
    `cheap_passwords` is set by tests in code and by nothing else: a weak hash must not be one variable away from production.
    """

    home: Path
    database_url: str = ""
    owner_url: str = ""
    redis_url: str = ""
    upload_limit: int = 20 * MIB
    case_quota: int = 200 * MIB
    cheap_passwords: bool = False

    @property
    def keys_dir(self) -> Path:
        """Keys stand outside the database, so that a stolen dump alone opens nothing."""
        return self.home / "keys"

    @property
    def files_dir(self) -> Path:
        return self.home / "files"

    @property
    def anchors_dir(self) -> Path:
        return self.home / "anchors"

    @classmethod
    def from_env(cls, environ: Mapping[str, str] = os.environ) -> Config:
        """State lives in CITYDESK_HOME, by default in ./var beside the program."""
        given = environ.get("DATABASE_URL", "")
        owner = environ.get("DATABASE_OWNER_URL", "") or given
        return cls(
            home=Path(environ.get("CITYDESK_HOME") or CHECKOUT / "var").absolute(),
            database_url=_as_app(given, owner) if given else "",
            owner_url=_with_driver(owner).render_as_string(hide_password=False) if owner else "",
            redis_url=environ.get("REDIS_URL", ""),
            upload_limit=_mebibytes(environ, "CITYDESK_UPLOAD_LIMIT_MB", 20),
            case_quota=_mebibytes(environ, "CITYDESK_CASE_QUOTA_MB", 200),
        )


def _mebibytes(environ: Mapping[str, str], name: str, default: int) -> int:
    given = environ.get(name) or str(default)
    if not given.isdecimal() or int(given) == 0:
        raise IllFormed(f"{name} 必须是正整数（单位 MiB）。", f"{name} must be a whole number of MiB above zero.")
    return int(given) * MIB


def _with_driver(url: str) -> URL:
    """People write postgres:// or postgresql://; the driver is ours to name."""
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise IllFormed("数据库地址无法识别。", "The database address cannot be read.") from error
    if parsed.get_backend_name() not in ("postgres", "postgresql"):
        raise IllFormed("数据库必须是 PostgreSQL。", "The database must be PostgreSQL.")
    return parsed.set(drivername="postgresql+psycopg")


def _as_app(url: str, owner: str) -> str:
    """Where one login serves for both, the application still steps down to its own role: history stays insert-only for it."""
    parsed = _with_driver(url)
    if url == owner and parsed.username != APP_ROLE and "options" not in parsed.query:
        parsed = parsed.update_query_dict({"options": f"-c role={APP_ROLE}"})
    return parsed.render_as_string(hide_password=False)
