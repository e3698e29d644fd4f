"""Embedded servers end with their owner, whatever ends it, and lose nothing that was committed."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
import threading
from pathlib import Path

import psycopg
import pytest

from app.errors import Conflict
from cli import home
from cli.servers import place, postgres, redis
from cli.servers.process import Account, processes_in
from tests.house.sources import ROOT

OWNER = """
import sys
from pathlib import Path
from cli.servers import postgres, redis
home = Path(sys.argv[1])
database = postgres.start(home)
wakeups = redis.start(home)
with database.connect() as connection:
    connection.execute("CREATE TABLE IF NOT EXISTS kept (n int)")
    connection.execute("INSERT INTO kept VALUES (1)")
print(database.process.pid, wakeups.process.pid, database.sockets, flush=True)
sys.stdin.read()
"""


def owner(state_folder: Path) -> tuple[subprocess.Popen[str], list[str]]:
    line = [sys.executable, "-c", OWNER, str(state_folder)]
    process = subprocess.Popen(line, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    return process, process.stdout.readline().split()


def wait_gone(pid: int, seconds: float = 20) -> bool:
    """Whether a process that is not our child ends in time."""
    try:
        handle = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    with open(handle) as opened:
        return bool(select.select([opened], [], [], seconds)[0])


def close(process: subprocess.Popen[str]) -> None:
    assert process.stdin is not None and process.stdout is not None
    process.stdin.close()
    process.stdout.close()
    process.wait(20)


def test_a_killed_owner_takes_its_servers_along_and_the_next_one_finds_the_data(state_folder: Path) -> None:
    for times in (1, 2):
        process, (database, wakeups, _) = owner(state_folder)
        process.kill()
        assert wait_gone(int(database)) and wait_gone(int(wakeups))
        close(process)
        again = postgres.start(state_folder)
        with again.connect() as connection:
            assert connection.execute("SELECT count(*) FROM kept").fetchone() == (times,)
        again.stop()


def test_a_server_left_behind_is_ended_before_the_next_starts(state_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that hears nothing is killed; its children and its lock file are in nobody's way."""
    monkeypatch.setattr(postgres, "LEFTOVERS", 1.0)
    process, (database, _, _) = owner(state_folder)
    data = (state_folder / "postgres").resolve()
    left = set(processes_in(data))
    assert int(database) in left
    os.kill(int(database), signal.SIGSTOP)
    process.kill()
    again = postgres.start(state_folder)
    assert not left & set(processes_in(data))
    with again.connect() as connection:
        assert connection.execute("SELECT count(*) FROM kept").fetchone() == (1,)
    again.stop()
    close(process)


def test_a_stopped_server_leaves_nothing(state_folder: Path) -> None:
    database = postgres.start(state_folder, fast=True)
    wakeups = redis.start(state_folder)
    assert database.sockets.stat().st_mode & 0o777 == 0o700
    wakeups.stop()
    database.stop()
    assert processes_in(database.data) == []
    assert not database.sockets.exists()
    with pytest.raises(psycopg.OperationalError):
        database.connect()


def test_the_imitation_answers_and_says_so(state_folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    server = redis.start(state_folder, imitate=True)
    assert server.folder is None
    assert "imitation" in capfd.readouterr().err
    server.stop()


def test_one_owner_and_its_name(state_folder: Path) -> None:
    said = pytest.raises(Conflict, match=r"already running \(up, process \d+\)")
    with home.owned(state_folder, "up"), said, home.owned(state_folder, "import"):
        pytest.fail("two owners")


def test_a_patient_owner_waits_for_its_guest(state_folder: Path) -> None:
    addresses = home.Addresses("a", "b", "c")
    order: list[str] = []
    inside, leave = threading.Event(), threading.Event()

    def visit() -> None:
        with home.visiting(state_folder) as seen:
            assert seen == addresses
            inside.set()
            leave.wait(20)
            order.append("guest")

    guest = threading.Thread(target=visit)
    with home.published(state_folder, addresses, patient=True):
        guest.start()
        assert inside.wait(20)
        threading.Timer(0.2, leave.set).start()
    order.append("owner")
    guest.join()
    assert order == ["guest", "owner"]
    with home.visiting(state_folder) as seen:
        assert seen is None


def test_no_permission_of_a_parent_is_changed(tmp_path: Path) -> None:
    """Where the database's account may not walk in, its place is found elsewhere."""
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    stranger = Account(uid=os.getuid() + 4242, gid=os.getgid() + 4242)
    assert not place.reachable(closed, stranger)
    assert place.reachable(closed, Account(os.getuid(), os.getgid())) or os.getuid() == 0
    assert closed.stat().st_mode & 0o777 == 0o700
