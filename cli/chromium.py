"""The machine's own Chromium and a Chinese font: found, or installed where that is possible, or said to be missing."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

NAMES = ("chromium", "chromium-browser", "google-chrome")
# A package manager that somebody else is using is waited for; a mirror that hangs is not.
APT = ("apt-get", "-qq", "-y", "--no-install-recommends", "-o", "DPkg::Lock::Timeout=300", "-o", "Acquire::Retries=3")
UPDATING, INSTALLING = 300, 900
WORDS = "chromium-l10n"


def chromium() -> str | None:
    """Its path. A name on PATH proves nothing (some systems have one that only says how to install it): it is tried."""
    found = (path for name in NAMES if (path := shutil.which(name)))
    return next((path for path in found if _said(path, "--version")), None)


def has_chinese() -> bool:
    return bool(_said("fc-list", ":lang=zh", "family"))


def missing() -> list[str]:
    """The packages that browser tests and screenshots lack."""
    lacking = [] if chromium() else ["chromium"]
    lacking += [] if shutil.which("fc-list") else ["fontconfig"]
    return lacking if has_chinese() else [*lacking, "fonts-noto-cjk"]


def ready() -> str | None:
    """Installs what is missing where that is possible; None when all is there, else a sentence that says what is not and why."""
    lacking = missing()
    if not lacking:
        return None
    named = " and ".join(lacking)
    if os.geteuid() != 0:
        return f"{named} not found, and only root may install system packages"
    if shutil.which("apt-get") is None:
        return f"{named} not found, and this system has no apt-get to install them"
    say(f"installing {named} for the tests in a real browser ...")
    why = _apt(UPDATING, "update") or _apt(INSTALLING, "install", *lacking)
    left = missing()
    return f"{' and '.join(left)} could not be installed: {why or 'the package brought no working program'}" if left else None


def speaks_chinese() -> None:
    """What the browser itself writes, on fields for dates and files, is in the language of the page only with a package of its own; it is
    installed where that is possible, and nothing fails without it."""
    known = ("dpkg-query", "--show", "--showformat=${Version}")
    if os.geteuid() != 0 or shutil.which("apt-get") is None or not _said(*known, "chromium") or _said(*known, WORDS):
        return
    say(f"installing {WORDS}, so that dates and files stand in Chinese ...")
    why = _apt(INSTALLING, "install", WORDS)
    if why:
        say(f"they will stand in English: {why}")


def _apt(seconds: int, *line: str) -> str:
    """What went wrong, as one line; nothing when all went well."""
    env = dict(os.environ) | {"DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C"}
    try:
        done = subprocess.run(
            [*APT, *line], env=env, capture_output=True, text=True, errors="replace", timeout=seconds, stdin=subprocess.DEVNULL
        )
    except subprocess.TimeoutExpired:
        return f"apt-get {line[0]} did not end in {seconds} s"
    said = [text.strip() for text in done.stderr.splitlines() if text.strip()]
    return "" if done.returncode == 0 else f"apt-get {line[0]}: {said[-1] if said else 'failed without a word'}"


def _said(*line: str) -> str:
    try:
        done = subprocess.run(line, capture_output=True, text=True, errors="replace", timeout=60, stdin=subprocess.DEVNULL)
    except (OSError, subprocess.SubprocessError):
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""


def say(sentence: str) -> None:
    print(f"citydesk: {sentence}", file=sys.stderr, flush=True)
