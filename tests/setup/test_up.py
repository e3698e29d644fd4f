"""`up` is one command that serves, refuses a second one, and leaves nothing behind however it ends."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from cli.servers.process import processes_in
from tests.fixtures.servers import Database
from tests.house.sources import ROOT
from tests.setup.test_embedded import wait_gone

PIN = "import sys; sys.path.insert(0, sys.argv.pop(1)); from cli.__main__ import main; sys.exit(main(sys.argv[1:]))"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def environment(home: Path, **more: str) -> dict[str, str]:
    return {"PATH": os.environ["PATH"], "HOME": str(home), "CITYDESK_HOME": str(home), **more}


def citydesk(*arguments: str) -> list[str]:
    return [sys.executable, "-I", "-c", PIN, str(ROOT), *arguments]


@contextmanager
def up(home: Path, port: int, **more: str) -> Iterator[subprocess.Popen[str]]:
    """A running `up`, once it has said that it is ready."""
    line = citydesk("up", "--port", str(port))
    with subprocess.Popen(line, env=environment(home, **more), stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            assert process.stdout.readline() == f"ready http://127.0.0.1:{port}\n"
            yield process
        finally:
            process.terminate()
            process.wait(30)


def children(pid: int) -> set[int]:
    """Every process under a process, as the kernel tells."""
    try:
        found = {int(child) for task in Path(f"/proc/{pid}/task").iterdir() for child in (task / "children").read_text().split()}
    except (FileNotFoundError, ProcessLookupError):
        return set()  # a process, or a thread of it, that has just ended has none
    return found | {deeper for child in found for deeper in children(child)}


def said(pid: int) -> bytes:
    """The command line of a process; of one that has just ended, nothing."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except (FileNotFoundError, ProcessLookupError):
        return b""


def ticks(pid: int) -> list[int]:
    return [child for child in children(pid) if b"\0tick\0" in said(child)]


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_every_ending_ends_everything_and_after_a_kill_the_next_start_serves(state_folder: Path, ending: signal.Signals) -> None:
    port = free_port()
    with up(state_folder, port) as process:
        assert urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=20).status == 200
        started = children(process.pid)
        assert len(started) >= 5
        process.send_signal(ending)
        assert process.wait(30) == (0 if ending != signal.SIGKILL else -signal.SIGKILL)
        assert all(wait_gone(pid) for pid in started)
        assert processes_in((state_folder / "postgres").resolve()) == []
    if ending == signal.SIGKILL:
        with up(state_folder, port):
            assert urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=20).status == 200


def test_a_second_up_says_so(state_folder: Path) -> None:
    with up(state_folder, free_port()):
        second = subprocess.run(citydesk("up"), env=environment(state_folder), capture_output=True, text=True, timeout=60)
    assert second.returncode == 1
    assert re.search(r"already running \(up, process \d+\)", second.stderr)
    assert second.stderr.count("\n") == 1 and second.stdout == ""


def test_a_part_that_dies_is_started_again(state_folder: Path) -> None:
    port = free_port()
    with up(state_folder, port) as process:
        (tick,) = ticks(process.pid)
        os.kill(tick, signal.SIGKILL)
        assert wait_gone(tick)
        patience = 200
        while not ticks(process.pid):
            patience -= 1
            assert patience and process.poll() is None
            threading.Event().wait(0.1)


def test_addresses_from_outside_replace_the_embedded_servers(state_folder: Path, database: Database, redis_url: str) -> None:
    named = {"DATABASE_URL": database.url, "DATABASE_OWNER_URL": database.owner_url, "REDIS_URL": redis_url}
    with up(state_folder, free_port(), **named):
        assert not (state_folder / "postgres").exists()
        published = json.loads((state_folder / "running.json").read_text(encoding="utf-8"))
        assert published["redis_url"] == redis_url


def test_a_port_in_use_is_said_before_anything_starts(state_folder: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        line = citydesk("up", "--port", str(taken.getsockname()[1]))
        refused = subprocess.run(line, env=environment(state_folder), capture_output=True, text=True, timeout=60)
    assert refused.returncode == 1
    assert "cannot listen" in refused.stderr
    assert not (state_folder / "postgres").exists()


@pytest.mark.parametrize("arguments", [("nosuch",), ("up", "--port", "99999"), ("up", "--nosuch"), ("worker", "extra")])
def test_wrong_usage_exits_2(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    wrong = subprocess.run(citydesk(*arguments), env=environment(tmp_path), capture_output=True, text=True, timeout=60)
    assert wrong.returncode == 2
    assert "Traceback" not in wrong.stderr


@pytest.mark.parametrize(
    ("name", "address", "said"),
    [
        ("DATABASE_URL", "mysql://x", "must be PostgreSQL"),
        ("DATABASE_URL", "no address", "cannot be read"),
        ("DATABASE_URL", "postgres://nobody@127.0.0.1:1/none", "database cannot be reached"),
        ("REDIS_URL", "redis://127.0.0.1:1/0", "Redis cannot be reached"),
        ("REDIS_URL", "no address", "Redis cannot be reached"),
        ("CITYDESK_HOME", "/proc/none", "cannot write to /proc/none"),
        ("CITYDESK_UPLOAD_LIMIT_MB", "many", "must be a whole number"),
    ],
)
def test_a_wrong_setting_is_one_sentence(state_folder: Path, name: str, address: str, said: str) -> None:
    env = environment(state_folder) | {name: address}
    line = citydesk("up", "--port", str(free_port()))
    refused = subprocess.run(line, env=env, capture_output=True, text=True, timeout=60)
    assert refused.returncode == 1
    assert said in refused.stderr and refused.stderr.count("\n") == 1
