"""PostgreSQL's own programs, run on our database: a dump is one snapshot, and is loaded in one transaction or not at all."""

from __future__ import annotations

import os
import subprocess
from contextlib import suppress
from io import BufferedReader
from pathlib import Path

from psycopg.conninfo import make_conninfo
from sqlalchemy import make_url

from app.config import APP_ROLE, MIB
from app.errors import Unavailable
from cli.servers import place

# The role that owned the dumped tables may have another name here; these rights are given anew by whoever owns them now.
AT_THE_END = f"""
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {APP_ROLE};
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO {APP_ROLE};
COMMIT;
"""


def dump(owner_url: str, snapshot: str, file: Path) -> None:
    """What a transaction that exported its snapshot sees."""
    program("pg_dump", owner_url, "--format=custom", "--no-owner", f"--snapshot={snapshot}", f"--file={file}")


def load(dump: Path, owner_url: str) -> None:
    """The whole dump and the rights of later tables in one transaction, or nothing of it."""
    chosen = dump.with_name("chosen")
    lines = program("pg_restore", None, "--list", str(dump)).splitlines()
    chosen.write_text("\n".join(line for line in lines if " DEFAULT ACL " not in line) + "\n", encoding="utf-8")
    target, env = connecting(owner_url)
    told: list[str | Path] = [place.postgres_program("pg_restore"), "--no-owner", f"--use-list={chosen}", "--file=-", dump]
    done: list[str | Path] = [place.postgres_program("psql"), "--no-psqlrc", "--quiet", "--output=/dev/null", "--set=ON_ERROR_STOP=1"]
    with (
        dump.with_name("said").open("w+b") as said,
        subprocess.Popen([*done, *target], env=env, stdin=subprocess.PIPE, stderr=said) as teller,
        subprocess.Popen(told, stdout=subprocess.PIPE, stderr=said) as reader,
    ):
        # The commit is the last word: whoever is interrupted before it, or dies, has changed nothing.
        with suppress(BrokenPipeError):
            pass_on(reader, teller)
            teller.communicate(AT_THE_END.encode() if reader.wait() == 0 else b"")
        # A teller that has ended hears no more: what it said before that is the failure, not that its ear is gone.
        with suppress(BrokenPipeError):
            if teller.stdin:
                teller.stdin.close()
        if reader.wait() or teller.wait():
            said.seek(0)
            raise failed("pg_restore", said.read().decode(errors="replace"))


def pass_on(reader: subprocess.Popen[bytes], teller: subprocess.Popen[bytes]) -> None:
    """Everything but one setting, which servers before PostgreSQL 17 do not know."""
    assert isinstance(reader.stdout, BufferedReader) and teller.stdin is not None
    teller.stdin.write(b"BEGIN;\n")
    with reader.stdout as source:
        for line in source:
            if line.startswith(b"SET transaction_timeout"):
                break
            teller.stdin.write(line)
        while block := source.read1(MIB):
            teller.stdin.write(block)
            teller.stdin.flush()


def connecting(url: str) -> tuple[list[str], dict[str, str]]:
    """The option that names the database, and the environment in which the password travels, if there is one."""
    address = make_url(url)
    more = {name: str(value) for name, value in address.query.items()}
    named = {"host": address.host, "port": address.port, "user": address.username, "dbname": address.database} | more
    secret = {"PGPASSWORD": str(address.password)} if address.password else {}
    return ["--dbname", make_conninfo("", **named)], dict(os.environ) | secret


def program(name: str, url: str | None, *options: str) -> str:
    """What one of PostgreSQL's own programs said."""
    target, env = connecting(url) if url else ([], dict(os.environ))
    done = subprocess.run([place.postgres_program(name), *target, *options], env=env, capture_output=True, text=True, check=False)
    if done.returncode:
        raise failed(name, done.stderr)
    return done.stdout


def failed(name: str, told: str) -> Unavailable:
    said = next((line for line in told.splitlines() if "error" in line.lower()), told.strip())
    return Unavailable(f"{name} 失败：{said}", f"{name} failed: {said}")
