"""What a part of the system is told when it starts: read once from the environment, frozen, then passed on."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from app.errors import IllFormed

CHECKOUT = Path(__file__).resolve().parent.parent
APP_ROLE = "citydesk_app"
MIB = 1024 * 1024
MOST_PROXIES = 5


@dataclass(frozen=True, slots=True)
class Channels:
    """How messages leave the house; an empty address is a channel that does not exist here. Addresses may carry tokens: none is shown.

    `mail_url` is smtp://USER:PASSWORD@HOST:587 (STARTTLS), smtps://... or smtp+plain://... for a relay in the same room.
    """

    sms_url: str = field(default="", repr=False)
    sms_secret: str = field(default="", repr=False)
    chat_url: str = field(default="", repr=False)
    chat_secret: str = field(default="", repr=False)
    mail_url: str = field(default="", repr=False)
    mail_from: str = ""
    public_url: str = ""
    timeout: float = 10.0

    @classmethod
    def from_env(cls, environ: Mapping[str, str]) -> Channels:
        given: dict[str, Any] = {name: environ.get(f"CITYDESK_{name.upper()}", "").strip() for name in CHANNEL_SETTINGS}
        for name in ("sms_url", "chat_url", "public_url"):
            _web_address(name, given[name])
        for address, beside in (("sms_url", "sms_secret"), ("chat_url", "chat_secret"), ("mail_url", "mail_from")):
            if given[address] and not given[beside]:
                one, other = f"CITYDESK_{address.upper()}", f"CITYDESK_{beside.upper()}"
                raise IllFormed(f"设置了 {one}，还须设置 {other}。", f"{one} needs {other} beside it.")
        if given["mail_url"] and urlsplit(given["mail_url"]).scheme not in MAIL_SCHEMES:
            raise IllFormed("CITYDESK_MAIL_URL 须以 smtp:// 或 smtps:// 开头。", "CITYDESK_MAIL_URL begins with smtp:// or smtps://.")
        return cls(**{**given, "public_url": given["public_url"].rstrip("/")})


CHANNEL_SETTINGS = ("sms_url", "sms_secret", "chat_url", "chat_secret", "mail_url", "mail_from", "public_url")
MAIL_SCHEMES = ("smtp", "smtps", "smtp+plain")


def _web_address(name: str, url: str) -> None:
    parts = urlsplit(url)
    if url and (parts.scheme not in ("http", "https") or not parts.hostname):
        setting = f"CITYDESK_{name.upper()}"
        raise IllFormed(f"{setting} 须为 http 或 https 地址。", f"{setting} must be an http or https address.")


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
    # How many proxies of our own stand in front: so many of the last addresses in X-Forwarded-For are believed, and no more.
    proxies: int = 0
    cheap_passwords: bool = False
    channels: Channels = Channels()

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
            proxies=_proxies(environ.get("CITYDESK_PROXIES") or "0"),
            channels=Channels.from_env(environ),
        )


def _mebibytes(environ: Mapping[str, str], name: str, default: int) -> int:
    given = environ.get(name) or str(default)
    if not given.isdecimal() or int(given) == 0:
        raise IllFormed(f"{name} 必须是正整数（单位 MiB）。", f"{name} must be a whole number of MiB above zero.")
    return int(given) * MIB


def _proxies(given: str) -> int:
    if not given.isdecimal() or int(given) > MOST_PROXIES:
        zh = f"CITYDESK_PROXIES 必须是 0 到 {MOST_PROXIES} 的整数。"
        raise IllFormed(zh, f"CITYDESK_PROXIES must be a whole number up to {MOST_PROXIES}.")
    return int(given)


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
