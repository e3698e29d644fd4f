"""One state folder has one owner at a time; others may be its guests while it runs."""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from app.errors import Conflict, Unavailable
from cli.servers.place import other_account


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where the stores of a running owner are."""

    database_url: str
    owner_url: str
    redis_url: str


def prepare(home: Path) -> None:
    """Made for ourselves only; where the database needs another account, that account may walk through but see nothing."""
    try:
        home.mkdir(mode=0o711 if other_account() else 0o700, parents=True, exist_ok=True)
        writable = os.access(home, os.W_OK | os.X_OK)
    except OSError:
        writable = False
    if not writable:
        raise Unavailable(f"无法写入 {home}，请设置 CITYDESK_HOME。", f"cannot write to {home}; name another folder by CITYDESK_HOME.")


@contextmanager
def owned(home: Path, by: str) -> Iterator[None]:
    """Hold the state folder, or refuse and say who does."""
    with (home / "lock").open("a+", encoding="utf-8") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            lock.seek(0)
            who = lock.read().strip()
            raise Conflict(f"已在运行（{who}）：{home}", f"already running ({who}) on {home}") from error
        lock.truncate(0)
        lock.write(f"{by}, process {os.getpid()}\n")
        lock.flush()
        _published(home).unlink(missing_ok=True)
        yield


@contextmanager
def published(home: Path, addresses: Addresses, patient: bool) -> Iterator[None]:
    """Tell guests where the stores are. A `patient` owner lets the present guests finish before it goes on to close."""
    path = _published(home)
    half = path.with_suffix(".new")
    half.touch(mode=0o600)
    half.write_text(json.dumps(asdict(addresses)), encoding="utf-8")
    half.rename(path)
    try:
        yield
    finally:
        if patient:
            with (home / "guests").open("a") as guests:
                fcntl.flock(guests, fcntl.LOCK_EX)
                path.unlink(missing_ok=True)
        else:
            path.unlink(missing_ok=True)


@contextmanager
def visiting(home: Path) -> Iterator[Addresses | None]:
    """The stores of the present owner, kept open for as long as a patient owner waits for us; None while there are none."""
    with (home / "guests").open("a") as guests:
        fcntl.flock(guests, fcntl.LOCK_SH)
        path = _published(home)
        yield Addresses(**json.loads(path.read_text(encoding="utf-8"))) if path.exists() else None


def _published(home: Path) -> Path:
    return home / "running.json"
