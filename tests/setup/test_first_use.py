"""From a bare Python to a running command, in any folder; an interrupted first use is mended by the next."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import threading
from pathlib import Path

import pytest

from tests.house.sources import everything, named

TOOLS = ("sh", "env", "sed", "dirname", "cksum", "cat", "tr")


def test_a_machine_without_python_is_told_what_it_needs(tmp_path: Path) -> None:
    copy = checkout(tmp_path)
    tools = tmp_path / "bin"
    tools.mkdir()
    for tool in TOOLS:
        place = shutil.which(tool)
        assert place is not None
        (tools / tool).symlink_to(place)
    # A shim that is on PATH and leads nowhere is no Python.
    (tools / "python3.12").write_text("#!/bin/sh\nexit 127\n", encoding="ascii")
    (tools / "python3.12").chmod(0o755)
    refused = subprocess.run([copy / "citydesk"], env={"PATH": str(tools)}, capture_output=True, text=True, timeout=60)
    assert refused.returncode == 1
    assert refused.stderr.startswith("citydesk: needs Python 3.11") and refused.stderr.count("\n") == 1
    assert not (copy / ".venv").exists()


@pytest.mark.deep
@pytest.mark.timeout(900)
def test_two_first_uses_at_once_and_one_interrupted(tmp_path: Path) -> None:
    copy = checkout(tmp_path)
    line, env = [copy / "citydesk", "--help"], {"PATH": os.environ["PATH"], "HOME": str(tmp_path)}
    broken = subprocess.Popen(line, env=env, stdout=subprocess.DEVNULL, start_new_session=True)
    threading.Event().wait(5)
    os.killpg(broken.pid, signal.SIGKILL)
    assert broken.wait(20) == -signal.SIGKILL
    both = [subprocess.Popen(line, env=env, stdout=subprocess.PIPE, text=True, cwd=tmp_path) for _ in range(2)]
    for process in both:
        said, _ = process.communicate(timeout=600)
        assert process.returncode == 0 and "Run everything in the foreground" in said


def checkout(folder: Path) -> Path:
    """A copy of the project's own files in a folder whose name asks for trouble."""
    copy = folder / "热线 100% $HOME 'quoted'" / ("long" * 20)
    for path in everything():
        if named(path).split("/")[0] in ("app", "cli", "citydesk", "requirements.lock"):
            target = copy / named(path)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(path, target)
    assert (copy / "citydesk").exists()
    return copy
