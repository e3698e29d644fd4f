"""What a part of the system is told when it starts: read once from the environment, frozen, passed on; nobody reads the environment later."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import URL, make_url

CHECKOUT = Path(__file__).resolve().parent.parent
APP_ROLE = "citydesk_app"
MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Config:
    """`database_url` connects as the application's role, `owner_url` as the owner of the tables (migrations, simulation).

    An empty `database_url` or `redis_url` means: not named from outside, the command line starts an embedded server and fills it in.
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
        """CITYDESK_HOME (default ./var), DATABASE_URL, DATABASE_OWNER_URL, REDIS_URL, CITYDESK_UPLOAD_LIMIT_MB, CITYDESK_CASE_QUOTA_MB."""
        given = environ.get("DATABASE_URL", "")
        owner = environ.get("DATABASE_OWNER_URL", "") or given
        return cls(
            home=Path(environ.get("CITYDESK_HOME") or CHECKOUT / "var").absolute(),
            database_url=_as_app(given, owner) if given else "",
            owner_url=_with_driver(owner).render_as_string(hide_password=False) if owner else "",
            redis_url=environ.get("REDIS_URL", ""),
            upload_limit=int(environ.get("CITYDESK_UPLOAD_LIMIT_MB") or 20) * MIB,
            case_quota=int(environ.get("CITYDESK_CASE_QUOTA_MB") or 200) * MIB,
        )


def _with_driver(url: str) -> URL:
    """People write postgres:// or postgresql://; the driver is ours to name."""
    parsed = make_url(url.replace("postgres://", "postgresql://", 1) if url.startswith("postgres://") else url)
    return parsed.set(drivername="postgresql+psycopg")


def _as_app(url: str, owner: str) -> str:
    """Where one login serves for both, the application still steps down to its own role, so that history stays insert-only for it."""
    parsed = _with_driver(url)
    if url == owner and parsed.username != APP_ROLE and "options" not in parsed.query:
        parsed = parsed.update_query_dict({"options": f"-c role={APP_ROLE}"})
    return parsed.render_as_string(hide_password=False)
