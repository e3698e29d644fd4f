"""One embedded PostgreSQL for one home: reached by a socket only its account can open, gone when its owner is gone."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import psycopg
from psycopg import sql

from app.config import APP_ROLE
from app.errors import Unavailable
from cli.servers import place
from cli.servers.process import Account, clear_out, end, run_quietly, spawn

OWNER = "citydesk"
SUPERUSER = "postgres"
MIB = 1024 * 1024
PATIENCE = 60.0
# How long a server that a killed owner left behind may take to write its last pages.
LEFTOVERS = 10.0


@dataclass(frozen=True, slots=True)
class PostgresServer:
    """A running server. `data` is its folder, `sockets` the folder of its socket."""

    process: subprocess.Popen[bytes]
    data: Path
    sockets: Path

    def url(self, dbname: str, role: str = OWNER) -> str:
        """An SQLAlchemy address for `dbname` as `role` (the owner, or the application's role)."""
        return f"postgresql+psycopg://{role}@/{quote(dbname)}?host={quote(str(self.sockets), safe='/')}"

    def connect(self, dbname: str = SUPERUSER, role: str = SUPERUSER) -> psycopg.Connection[tuple[object, ...]]:
        return psycopg.connect(host=str(self.sockets), dbname=dbname, user=role, autocommit=True, connect_timeout=10)

    def create_database(self, name: str) -> bool:
        """An empty UTF-8 database of the owner; False if it is there already."""
        with self.connect() as connection:
            if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
                return False
            connection.execute(
                sql.SQL(
                    "CREATE DATABASE {} OWNER {} TEMPLATE template0 ENCODING 'UTF8' LOCALE_PROVIDER builtin"
                    " BUILTIN_LOCALE 'C.UTF-8' LC_COLLATE 'C' LC_CTYPE 'C.UTF-8'"
                ).format(sql.Identifier(name), sql.Identifier(OWNER))
            )
        return True

    def stop(self) -> None:
        """A fast, clean shutdown: sessions are ended, everything is on disk."""
        end(self.process, signal.SIGINT, PATIENCE)
        shutil.rmtree(self.sockets, ignore_errors=True)


def start(home: Path, fast: bool = False) -> PostgresServer:
    """Start the server of `home`, making its data on first use. `fast` gives up durability, for tests only.

    The caller holds the lock of `home`: whatever still runs on its data is a leftover and is ended.
    """
    account = place.other_account()
    programs = place.programs(account)
    data = place.data_folder(home, account)
    if not (data / "PG_VERSION").exists():
        _initialise(programs, data, account, fast)
    clear_out(data, LEFTOVERS)
    (data / "postmaster.pid").unlink(missing_ok=True)
    sockets = place.socket_folder(home, "pg", account)
    for left in sockets.iterdir():
        left.unlink()
    logs = home / "logs"
    logs.mkdir(mode=0o700, exist_ok=True)
    settings = _settings(fast) | {"listen_addresses": "", "unix_socket_directories": str(sockets)}
    command: list[str | Path] = [programs / "postgres", "-D", data]
    for name, value in settings.items():
        command += ["-c", f"{name}={value}"]
    with (logs / "postgres.log").open("ab") as log:
        env = {"LC_ALL": "C", "PATH": os.defpath, "TZ": "UTC"}
        process = spawn(command, ends_by=signal.SIGINT, account=account, env=env, cwd=data, out=log)
    server = PostgresServer(process, data, sockets)
    _wait(server, logs / "postgres.log")
    _make_roles(server)
    return server


def _initialise(programs: Path, data: Path, account: Account | None, fast: bool) -> None:
    """Made beside its place and moved there whole: an interrupted first start leaves nothing that looks finished."""
    half = Path(tempfile.mkdtemp(prefix="postgres-", dir=data.parent))
    if account is not None:
        os.chown(half, account.uid, account.gid)
    command: list[str | Path] = [programs / "initdb", "-D", half, "-U", SUPERUSER, "--auth=trust", "-E", "UTF8", "--locale=C"]
    command += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--no-instructions"]
    try:
        run_quietly(command + (["--no-sync"] if fast else []), account, cwd=half)
        if data.exists():
            shutil.rmtree(data)
        half.rename(data)
    except RuntimeError as error:
        shutil.rmtree(half)
        raise Unavailable(f"无法初始化数据库：{error}", f"The embedded database could not be made: {error}") from error


def _wait(server: PostgresServer, log: Path) -> None:
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            server.connect().close()
            return
        except psycopg.OperationalError as error:
            if server.process.poll() is not None or time.monotonic() > deadline:
                server.stop()
                said = log.read_text(encoding="utf-8", errors="replace").strip().splitlines()[-3:]
                told = " | ".join(said)
                zh, en = "嵌入式 PostgreSQL 未能启动", "The embedded PostgreSQL did not start"
                raise Unavailable(f"{zh}：{told}", f"{en}: {told}") from error
            time.sleep(0.02)


def _make_roles(server: PostgresServer) -> None:
    with server.connect() as connection:
        known = {name for (name,) in connection.execute("SELECT rolname FROM pg_roles").fetchall()}
        for role, rights in ((OWNER, "LOGIN CREATEDB"), (APP_ROLE, "LOGIN")):
            if role not in known:
                connection.execute(sql.SQL("CREATE ROLE {} " + rights).format(sql.Identifier(role)))


def _memory() -> int:
    """What this machine, or the container around us, lets us use, in bytes."""
    physical = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    limit = Path("/sys/fs/cgroup/memory.max")
    given = limit.read_text(encoding="ascii").strip() if limit.exists() else "max"
    return min(physical, int(given)) if given.isdecimal() else physical


def _settings(fast: bool) -> dict[str, str]:
    shared = os.statvfs("/dev/shm") if Path("/dev/shm").is_dir() else None
    roomy = shared is not None and shared.f_bavail * shared.f_frsize > 256 * MIB
    common = {
        "max_connections": "120",
        "jit": "off",
        "timezone": "UTC",
        "log_timezone": "UTC",
        "log_min_messages": "warning",
        # Statements carry what citizens wrote, and details of an error quote values: neither belongs in a log.
        "log_min_error_statement": "panic",
        "log_min_duration_statement": "-1",
        "log_statement": "none",
        "log_error_verbosity": "terse",
        "random_page_cost": "1.1",
        "dynamic_shared_memory_type": "posix" if roomy else "mmap",
    }
    if fast:
        return common | {
            "shared_buffers": "128MB",
            "fsync": "off",
            "synchronous_commit": "off",
            "full_page_writes": "off",
            "autovacuum": "off",
            "wal_level": "minimal",
            "max_wal_senders": "0",
            "max_wal_size": "2GB",
        }
    memory = _memory() // MIB
    return common | {
        "shared_buffers": f"{max(64, min(memory // 4, 2048))}MB",
        "effective_cache_size": f"{max(128, memory // 2)}MB",
        "work_mem": f"{max(4, min(memory // 512, 32))}MB",
        "maintenance_work_mem": f"{max(64, min(memory // 16, 512))}MB",
        "max_wal_size": "4GB",
        "checkpoint_timeout": "15min",
        "wal_compression": "on",
    }
