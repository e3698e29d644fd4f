"""A backup is whole or not there; what comes back is the same system, with the same rights, and only where its keys are."""

from __future__ import annotations

import io
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tarfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest
from flask.testing import FlaskClient
from psycopg import errors, sql
from sqlalchemy import make_url

from app.config import APP_ROLE, Config
from app.core.system import System
from app.main import create_app
from cli import dumps, stores
from cli.__main__ import main
from cli.archive import DUMP, FILES, MANIFEST
from tests.factories.hotline import MONDAY, Desk, a_desk
from tests.fixtures.living import MovedClock
from tests.fixtures.servers import Database, Servers
from tests.house.sources import ROOT
from tests.setup.test_up import citydesk, environment, free_port, up

PDF = b"%PDF-1.7 the plan of the lamp"


@pytest.fixture
def desk(system: System, client: FlaskClient, database: Database, clock: MovedClock) -> Desk:
    """Five tickets, one of them handled to the end, one with an attachment, on a clock that stands still."""
    clock.freeze(MONDAY)
    desk = a_desk(system, client, database.owner_url)
    for state in ("registered", "accepted", "handling", "archived"):
        desk.a_ticket(state, citizen={"name": "王小明", "phone": "13812345678"})
    attach(desk, desk.a_ticket("dispatched"))
    return desk


def attach(desk: Desk, ticket: int) -> None:
    given = {"Authorization": f"Bearer {desk.token('agent')}"}
    form = {"kind": "site", "file": (io.BytesIO(PDF), "方案.pdf")}
    answer = desk.client.post(f"/api/v1/tickets/{ticket}/attachments", data=form, headers=given, content_type="multipart/form-data")
    assert answer.status_code == 201, answer.text


def picture(desk: Desk) -> dict[str, Any]:
    """Everything that a reader can see of the tickets, and the rows of each table."""
    tickets = {item["id"]: desk.get("agent", f"/tickets/{item['id']}") for item in desk.get("agent", "/tickets")["items"]}
    histories = {number: desk.get("agent", f"/tickets/{number}/history")["items"] for number in tickets}
    found = desk.get("agent", "/tickets?phone=13812345678")["items"]
    return {"tickets": tickets, "histories": histories, "by phone": [item["id"] for item in found], "rows": desk.everything()}


def told(config: Config) -> dict[str, str]:
    return {"DATABASE_URL": config.database_url, "DATABASE_OWNER_URL": config.owner_url, "REDIS_URL": config.redis_url}


def run(home: Path, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(citydesk(*arguments), env=environment(home, **more), capture_output=True, text=True, timeout=90)


def test_a_running_system_comes_back_in_an_empty_home_with_its_keys(
    desk: Desk, config: Config, state_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "whole.backup"
    with up(config.home, free_port(), **told(config)):
        done = run(config.home, "backup", str(file), **told(config))
        assert done.returncode == 0, done.stderr
        assert re.fullmatch(rf"\d+ cases, 1 files, {file.stat().st_size} bytes in {file}; opens with the keys 1 of .*\n", done.stdout)
    assert file.stat().st_mode & 0o777 == 0o600
    before = picture(desk)
    desk.register(title="登记于备份之后")

    shutil.copytree(config.home / "keys", state_folder / "keys")
    back = run(state_folder, "restore", str(file))
    assert back.returncode == 0, back.stderr
    proved = run(state_folder, "audit", "verify")
    assert re.search(r"^\d+ histories, \d+ rows, chain intact$", proved.stdout, re.M), proved.stderr
    monkeypatch.setenv("CITYDESK_HOME", str(state_folder))
    with stores.system("test") as system:
        restored = Desk(system, create_app(system).test_client(), system.config.owner_url)
        assert picture(restored) == before
        (number,) = restored.rows("SELECT id FROM attachments")
        opened = restored.call("agent", "GET", f"/attachments/{number['id']}")
        assert opened.data == PDF
        rights_hold(restored)
        assert restored.register()["state"] == "registered", "life goes on, with ids and numbers that nobody has yet"
        assert {path.stat().st_mode & 0o777 for path in system.config.files_dir.rglob("*")} == {0o600, 0o700}
    again = run(state_folder, "restore", str(file))
    assert again.returncode == 1 and again.stderr.count("\n") == 1 and "not empty" in again.stderr
    assert [path.name for path in state_folder.iterdir() if path.name.startswith("restore-")] == []


def plain(url: str, role: str | None = None) -> str:
    """The address as libpq reads it, for a role of that server."""
    address = make_url(url).set(drivername="postgresql")
    return (address.set(username=role) if role else address).render_as_string(hide_password=False)


def rights_hold(desk: Desk) -> None:
    """The application's role adds to what must not change, and may use tables that a later release makes."""
    with desk.connect() as owner:
        owner.execute("CREATE TABLE later (id bigint GENERATED ALWAYS AS IDENTITY, n int)")
    with psycopg.connect(plain(desk.owner_url, APP_ROLE), autocommit=True) as connection:
        for table in ("history", "fires", "anchors", "installed", "clock_events", "people_log", "attachment_events"):
            for change in ("DELETE FROM {}", "TRUNCATE {}"):
                with pytest.raises(errors.InsufficientPrivilege):
                    connection.execute(sql.SQL(change).format(sql.Identifier(table)))
        with pytest.raises(errors.InsufficientPrivilege):
            connection.execute("UPDATE history SET actor = 'user:1'")
        with pytest.raises(errors.InsufficientPrivilege):
            connection.execute("UPDATE installation SET frozen_at = now()")
        connection.execute("INSERT INTO later (n) VALUES (1)")
        connection.execute("UPDATE later SET n = 2")
    with desk.connect() as owner, pytest.raises(errors.RaiseException, match="only added"):
        owner.execute("UPDATE history SET actor = 'user:1'")


@dataclass(frozen=True)
class Target:
    """An empty database and state folder, and the command line that fills them."""

    home: Path
    owner_url: str
    restore: Callable[[Path], tuple[int, str]]

    def is_empty(self) -> bool:
        with psycopg.connect(plain(self.owner_url)) as connection:
            tables = connection.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").fetchone()
        return tables == (0,) and not (self.home / "files").exists()


@pytest.fixture
def file(desk: Desk, config: Config, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Path:
    """The backup of the desk's system."""
    for name, value in (told(config) | {"CITYDESK_HOME": str(config.home)}).items():
        monkeypatch.setenv(name, value)
    path = tmp_path / "whole.backup"
    assert main(["backup", str(path)]) == 0, capfd.readouterr().err
    capfd.readouterr()
    return path


@pytest.fixture
def target(
    servers: Servers, database: Database, file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> Iterator[Target]:
    """Made by an owner whose name is another than that of the one who made the backup."""
    name = f"{database.name}_back"
    servers.execute(sql.SQL("CREATE ROLE {} LOGIN").format(sql.Identifier(name)))
    servers.execute(sql.SQL("CREATE DATABASE {0} OWNER {0} TEMPLATE template0").format(sql.Identifier(name)))
    owner_url = make_url(servers.named(servers.owner_url, name)).set(username=name).render_as_string(hide_password=False)
    home = tmp_path / "another"
    shutil.copytree(tmp_path / "home" / "keys", home / "keys")
    monkeypatch.setenv("CITYDESK_HOME", str(home))
    monkeypatch.setenv("DATABASE_URL", servers.named(servers.app_url, name))
    monkeypatch.setenv("DATABASE_OWNER_URL", owner_url)

    def restore(path: Path) -> tuple[int, str]:
        code = main(["restore", str(path)])
        return code, "".join(capfd.readouterr())

    yield Target(home, owner_url, restore)
    servers.drop(name)
    servers.execute(sql.SQL("DROP ROLE {}").format(sql.Identifier(name)))


def test_another_owner_of_the_tables_gives_the_same_rights(target: Target, file: Path, desk: Desk) -> None:
    code, said = target.restore(file)
    assert (code, said.count("\n")) == (0, 1), said
    restored = Desk(desk.system, desk.client, target.owner_url)
    assert restored.everything() == desk.everything()
    rights_hold(restored)


def test_without_its_keys_nothing_is_restored_and_none_is_made(target: Target, file: Path) -> None:
    keys = target.home / "keys"
    shutil.rmtree(keys)
    for made in (False, True):
        if made:
            keys.mkdir()
        code, said = target.restore(file)
        assert (code, said.count("\n")) == (1, 1) and "keys 1 are missing" in said and str(keys) in said
        assert target.is_empty() and not list(keys.glob("*"))


def test_a_key_of_the_same_number_is_not_the_same_key(target: Target, file: Path) -> None:
    (target.home / "keys" / "key-0001.hex").write_text(os.urandom(32).hex() + "\n", encoding="ascii")
    code, said = target.restore(file)
    assert (code, said.count("\n")) == (1, 1) and "are not those of the backup" in said
    assert target.is_empty()


def test_only_keys_that_open_something_are_asked_for(desk: Desk, file: Path, target: Target) -> None:
    """The backup names the key that seals, and a key made after it is nobody's business."""
    with tarfile.open(file) as archive:
        manifest = json.load(archive.extractfile(MANIFEST) or io.BytesIO())
        kept = b"".join((archive.extractfile(name) or io.BytesIO()).read() for name in archive.getnames())
    assert list(manifest["contents"]["keys"]) == ["1"]
    assert desk.system.keyring.add_key() == 2
    assert (desk.system.config.keys_dir / "key-0001.hex").read_bytes().strip() not in kept
    assert target.restore(file)[0] == 0


def changed(file: Path, name: str, change: Callable[[bytes], bytes]) -> None:
    """The same archive with one member changed."""
    with tarfile.open(file) as archive:
        members = [(info, (archive.extractfile(info) or io.BytesIO()).read()) for info in archive.getmembers()]
    with tarfile.open(file, "w") as archive:
        for info, content in members:
            put = change(content) if info.name.startswith(name) else content
            info.size = len(put)
            archive.addfile(info, io.BytesIO(put))


def without_last_file(file: Path) -> None:
    with tarfile.open(file) as archive:
        members = [(info, (archive.extractfile(info) or io.BytesIO()).read()) for info in archive.getmembers()]
    with tarfile.open(file, "w") as archive:
        for info, content in members:
            if not info.name.startswith(FILES):
                archive.addfile(info, io.BytesIO(content))


def linked(file: Path) -> None:
    """An archive that would write through a link to another place."""
    with tarfile.open(file, "w") as archive:
        info = tarfile.TarInfo(FILES)
        info.type, info.linkname = tarfile.SYMTYPE, str(file.parent)
        archive.addfile(info)


def flipped(content: bytes) -> bytes:
    middle = len(content) // 2
    return content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :]


DAMAGES: dict[str, tuple[Callable[[Path], object], str]] = {
    "cut in the dump": (lambda file: os.truncate(file, file.stat().st_size // 2), "damaged"),
    "cut before the manifest": (lambda file: os.truncate(file, file.stat().st_size - 11_000), "damaged"),
    "empty": (lambda file: file.write_bytes(b""), "damaged"),
    "no archive": (lambda file: file.write_bytes(b"not a backup at all" * 100), "damaged"),
    "a byte of the dump": (lambda file: changed(file, DUMP, flipped), "damaged"),
    "a byte of a file": (lambda file: changed(file, FILES, flipped), "damaged"),
    "a link in place of a file": (linked, "damaged"),
    "a file missing": (without_last_file, "damaged"),
    "another format": (lambda file: changed(file, MANIFEST, lambda b: b.replace(b"citydesk-backup-1", b"citydesk-backup-9")), "damaged"),
    "a newer release": (lambda file: changed(file, MANIFEST, lambda b: re.sub(rb'"schema": "\d+"', b'"schema": "9999"', b)), "upgrade"),
}  # fmt: skip


@pytest.mark.parametrize("damage", DAMAGES)
def test_what_is_not_whole_is_refused_and_changes_nothing(target: Target, file: Path, damage: str) -> None:
    spoil, sentence = DAMAGES[damage]
    spoil(file)
    code, said = target.restore(file)
    assert (code, said.count("\n")) == (1, 1) and sentence in said, said
    assert target.is_empty()


def test_an_existing_file_is_never_overwritten(file: Path, capfd: pytest.CaptureFixture[str]) -> None:
    before = file.read_bytes()
    assert main(["backup", str(file)]) == 1
    assert "there already" in capfd.readouterr().err
    assert main(["backup", str(file.parent / "absent" / "x")]) == 1
    said = capfd.readouterr().err
    assert "cannot be written" in said and said.count("\n") == 1
    assert file.read_bytes() == before


def test_files_of_another_system_are_not_mixed_in(target: Target, file: Path) -> None:
    stranger = target.home / "files" / "ab" / "cd" / ("0" * 10 + "abcd" + "0" * 60)
    stranger.parent.mkdir(parents=True)
    stranger.write_bytes(b"x")
    code, said = target.restore(file)
    assert code == 1 and "not of this backup" in said


def test_a_restore_that_failed_leaves_an_empty_database_and_can_be_run_again(target: Target, file: Path) -> None:
    with psycopg.connect(plain(target.owner_url), autocommit=True) as owner:
        owner.execute("CREATE FUNCTION keep_rows() RETURNS int LANGUAGE sql AS 'SELECT 1'")
        code, said = target.restore(file)
        assert (code, said.count("\n")) == (1, 1) and "pg_restore failed" in said
        assert owner.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").fetchone() == (0,)
        owner.execute("DROP FUNCTION keep_rows()")
    code, said = target.restore(file)
    assert code == 0, said


def test_a_dump_that_is_not_told_to_its_end_is_not_committed(
    target: Target, file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The reader dies in the middle of the rows: what was told so far goes with it."""
    real = dumps.place.postgres_program
    dying = tmp_path / "dying"
    dying.write_text(f"""#!/bin/sh
case "$*" in *--list*) exec '{real("pg_restore")}' "$@";; esac
'{real("pg_restore")}' "$@" | head -c 60000
echo 'pg_restore: error: killed' >&2
exit 1
""")
    dying.chmod(0o755)
    monkeypatch.setattr(dumps.place, "postgres_program", lambda name: dying if name == "pg_restore" else real(name))
    code, said = target.restore(file)
    assert (code, said.count("\n")) == (1, 1) and "pg_restore failed: pg_restore: error: killed" in said
    with psycopg.connect(plain(target.owner_url)) as owner:
        assert owner.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").fetchone() == (0,)
    monkeypatch.undo()


STANDING = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from cli import dumps
from cli.__main__ import main
real = dumps.place.postgres_program
dumps.place.postgres_program = lambda name: Path(sys.argv[2]) if name == "pg_restore" else real(name)
sys.exit(main(["restore", sys.argv[3]]))
"""


@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGKILL])
def test_an_interrupted_restore_has_changed_nothing_and_is_run_again(
    target: Target, file: Path, tmp_path: Path, ending: signal.Signals
) -> None:
    """It stands in the middle of the rows when it is ended."""
    real = dumps.place.postgres_program("pg_restore")
    half = tmp_path / "half"
    half.write_text(f"""#!/bin/sh
case "$*" in *--list*) exec '{real}' "$@";; esac
'{real}' "$@" | head -c 60000
exec sleep 5
""")
    half.chmod(0o755)
    line = [sys.executable, "-c", STANDING, str(ROOT), str(half), str(file)]
    there = "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'psql'"
    # It has written something and waits for more of it.
    begun = f"{there} AND wait_event = 'ClientRead' AND backend_xid IS NOT NULL"
    with psycopg.connect(plain(target.owner_url), autocommit=True) as owner:
        with subprocess.Popen(line, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
            wait_for(process, lambda: owner.execute(begun).fetchone() is not None)
            process.send_signal(ending)
            assert process.wait(30) == (130 if ending == signal.SIGTERM else -signal.SIGKILL)
        deadline = time.monotonic() + 20
        while owner.execute(there).fetchone():
            assert time.monotonic() < deadline
            threading.Event().wait(0.05)
        assert owner.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").fetchone() == (0,)
    code, said = target.restore(file)
    assert code == 0, said


def wait_for(process: subprocess.Popen[Any], question: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not question():
        assert process.poll() is None and time.monotonic() < deadline
        threading.Event().wait(0.05)


@contextmanager
def dumping(desk: Desk, config: Config, path: Path) -> Iterator[subprocess.Popen[str]]:
    """A backup that stands in the middle of its dump, because somebody holds one of the tables."""
    waiting = """SELECT 1 FROM pg_stat_activity
    WHERE datname = current_database() AND application_name = 'pg_dump' AND wait_event_type = 'Lock'"""
    line, env = citydesk("backup", str(path)), environment(config.home, **told(config))
    with desk.connect() as holder, holder.transaction():
        holder.execute("LOCK TABLE receipts IN ACCESS EXCLUSIVE MODE")
        with subprocess.Popen(line, env=env, stderr=subprocess.PIPE, text=True) as process:
            wait_for(process, lambda: bool(desk.rows(waiting)))
            yield process


@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
def test_an_interrupted_backup_leaves_nothing_under_its_name(desk: Desk, config: Config, tmp_path: Path, ending: signal.Signals) -> None:
    folder = tmp_path / "backups"
    folder.mkdir()
    with dumping(desk, config, folder / "x.backup") as process:
        process.send_signal(ending)
        assert process.wait(30) == (-signal.SIGKILL if ending == signal.SIGKILL else 130)
    left = [path.name for path in folder.iterdir()]
    assert "x.backup" not in left
    assert left == [] or ending == signal.SIGKILL
    assert all(path.stat().st_mode & 0o777 == 0o700 for path in folder.iterdir()), "what is left nobody else may read"
