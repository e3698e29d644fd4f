"""Child processes that cannot outlive their parent, whatever ends it."""

from __future__ import annotations

import ctypes
import os
import pwd
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

PR_SET_PDEATHSIG = 1
LIBC = ctypes.CDLL(None, use_errno=True)


@dataclass(frozen=True, slots=True)
class Account:
    """The account a server runs under, where it may not be ours."""

    uid: int
    gid: int

    @classmethod
    def named(cls, *names: str) -> Account | None:
        """The first of the names that this machine knows."""
        known = {entry.pw_name: entry for entry in pwd.getpwall()}
        return next((cls(known[name].pw_uid, known[name].pw_gid) for name in names if name in known), None)


def die_with_parent(number: int, parent: int) -> None:
    """Ask the kernel to send `number` to this process when its parent ends; the parent may be gone already."""
    LIBC.prctl(PR_SET_PDEATHSIG, number)
    if os.getppid() != parent:
        os.kill(os.getpid(), number)


def _bound(number: int) -> Callable[[], None]:
    parent = os.getpid()

    def bind() -> None:
        die_with_parent(number, parent)

    return bind


def spawn(
    command: Sequence[str | Path],
    *,
    ends_by: int = signal.SIGTERM,
    account: Account | None = None,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    out: IO[bytes] | int | None = None,
) -> subprocess.Popen[bytes]:
    """Start a child in its own session, so that a Ctrl-C reaches only us and we end our children in order.

    The kernel ties a child to the *thread* that made it: call this from the main thread.
    """
    return subprocess.Popen(
        [str(part) for part in command],
        stdin=subprocess.DEVNULL,
        stdout=out,
        stderr=subprocess.STDOUT if out is not None else None,
        env=dict(env) if env is not None else None,
        cwd=cwd,
        start_new_session=True,
        preexec_fn=_bound(ends_by),
        user=account.uid if account else None,
        group=account.gid if account else None,
        extra_groups=[] if account else None,
    )


def run_quietly(command: Sequence[str | Path], account: Account | None = None, cwd: Path | None = None) -> str:
    """Run to the end; what it said, or a RuntimeError that carries it."""
    done = subprocess.run(
        [str(part) for part in command],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
        env={"LC_ALL": "C", "PATH": os.environ.get("PATH", os.defpath)},
        cwd=cwd,
        user=account.uid if account else None,
        group=account.gid if account else None,
        extra_groups=[] if account else None,
        timeout=120,
    )
    if done.returncode != 0:
        raise RuntimeError(f"{Path(command[0]).name} ended with {done.returncode}: {done.stderr.strip()[-800:]}")
    return done.stdout


def end(process: subprocess.Popen[bytes], number: int, patience: float) -> None:
    """Ask by `number`, wait, then insist."""
    if process.poll() is not None:
        return
    process.send_signal(number)
    try:
        process.wait(patience)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait(patience)


def processes_in(folder: Path) -> list[int]:
    """The processes whose working directory is `folder`: for a database server, its data folder."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal() and int(entry.name) != os.getpid():
            try:
                place = os.readlink(entry / "cwd")
            except OSError:  # It has ended meanwhile, or it belongs to somebody else.
                continue
            if place == str(folder):
                found.append(int(entry.name))
    return found


def clear_out(folder: Path, patience: float) -> None:
    """End what an earlier, killed owner left running in `folder`."""
    for number in (signal.SIGINT, signal.SIGKILL):
        left = processes_in(folder)
        for pid in left:
            try:
                os.kill(pid, number)
            except ProcessLookupError:  # It ended between the look and the signal, which is what we want.
                continue
        deadline = time.monotonic() + patience
        while left and time.monotonic() < deadline:
            time.sleep(0.02)
            left = processes_in(folder)
        if not left:
            return
