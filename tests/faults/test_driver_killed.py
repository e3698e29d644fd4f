"""Killing who is in the middle of commands leaves each case as its last commit: no half-done step, no broken chain."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from app.config import CHECKOUT, Config
from app.core import sweep
from app.core.actors import SYSTEM
from app.core.bus import transaction
from app.core.system import System
from app.main import build
from app.simulation.crew import drain
from app.simulation.invariants import check
from tests.faults.conftest import environment

TICKETS = "SELECT count(*) AS n FROM tickets"


@contextmanager
def simulating(config: Config) -> Iterator[subprocess.Popen[str]]:
    """The command itself, in a session of its own, far from done."""
    line = [sys.executable, "-m", "cli", "simulate", "--days", "10", "--per-day", "300", "--processes", "2"]
    process = subprocess.Popen(
        line, env=environment(config), cwd=CHECKOUT, start_new_session=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    with process:
        try:
            yield process
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)


def wait_for(question: Callable[[], bool], process: subprocess.Popen[str]) -> None:
    deadline = time.monotonic() + 120
    while not question():
        assert process.poll() is None, process.stderr.read() if process.stderr else ""
        assert time.monotonic() < deadline
        time.sleep(0.05)


def tickets(system: System) -> int:
    with transaction(system, SYSTEM) as tx:
        return int(tx.query(TICKETS)[0]["n"])


def quiet(system: System) -> bool:
    """Whether no other connection of this database is still at work for a client that is gone."""
    with transaction(system, SYSTEM) as tx:
        others = "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND state <> 'idle'"
        return not tx.query(others)


def hands(pid: int) -> list[int]:
    """The processes that drive the tickets for this one."""
    children = [int(child) for task in Path(f"/proc/{pid}/task").iterdir() for child in (task / "children").read_text().split()]
    return [child for child in children if b"spawn_main" in Path(f"/proc/{child}/cmdline").read_bytes()]


@pytest.mark.timeout(400)
def test_all_processes_of_a_simulation_killed_in_the_middle_of_commands(system: System, config: Config) -> None:
    with simulating(config) as process:
        wait_for(lambda: tickets(system) > 60, process)
        os.killpg(process.pid, signal.SIGKILL)
    deadline = time.monotonic() + 60
    while not quiet(system):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    with closing(build(config)) as another:
        # What was due at the instant at which the clock stands, and what was owed, is done by whoever comes next.
        sweep.sweep(another)
        drain(another)
        assert [finding for finding in check(another) if finding.broken] == []
        assert tickets(another) > 60


@pytest.mark.timeout(400)
def test_one_process_of_a_simulation_killed_is_said_and_ends_the_others(system: System, config: Config) -> None:
    with simulating(config) as process:
        wait_for(lambda: tickets(system) > 40, process)
        os.kill(hands(process.pid)[0], signal.SIGKILL)
        _, said = process.communicate(timeout=120)
    assert process.returncode == 1
    assert "A process of the simulation ended by itself." in said


@pytest.mark.timeout(400)
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_asked_to_end_it_ends_the_step_says_how_far_it_came_and_checks(system: System, config: Config, number: signal.Signals) -> None:
    with simulating(config) as process:
        wait_for(lambda: tickets(system) > 20, process)
        os.kill(process.pid, number)
        out, said = process.communicate(timeout=150)
    assert process.returncode == 0, said
    assert "interrupted at 2025-09-15" in said
    assert re.search(r"invariants (\d+) of \1 hold", out), out
