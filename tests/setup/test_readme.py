"""What the README promises: the tour runs as printed, both languages say the same, every command and every link is there."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from cli.__main__ import COMMANDS
from tests.house.sources import ROOT
from tests.setup.test_up import PIN, citydesk, environment, free_port

READMES = ("README.md", "README.en.md")
STATES = ["accepted", "dispatched", "handling", "replied", "completed", "completed", "closed"]


def text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def tour(name: str) -> str:
    (found,) = re.findall(r"```sh\n(A=http.*?)```", text(name), re.DOTALL)
    return str(found)


def commands(name: str) -> list[str]:
    """What stands in backticks after `./citydesk` in the table, less words of either language."""
    return re.findall(r"^\| `\./citydesk ([\w-]+)", text(name), re.MULTILINE)


def test_both_languages_are_in_step() -> None:
    assert tour(READMES[0]) == tour(READMES[1])
    assert commands(READMES[0]) == commands(READMES[1])
    links = [[link for link in re.findall(r"\]\(([^)]+)\)", text(name)) if link not in READMES] for name in READMES]
    assert links[0] == links[1]
    headings = [text(name).count("\n## ") for name in READMES]
    assert headings[0] == headings[1]


@pytest.mark.parametrize("name", READMES)
def test_every_command_and_every_link_is_there(name: str) -> None:
    assert set(re.findall(r"\./citydesk ([\w-]+)", text(name))) <= set(COMMANDS)
    assert [link for link in re.findall(r"\]\(([^)]+)\)", text(name)) if not (ROOT / link).exists()] == []


@pytest.mark.timeout(240)
def test_the_tour_runs_as_printed(state_folder: Path, tmp_path: Path) -> None:
    if shutil.which("curl") is None:
        pytest.skip("no curl on this machine, which the tour is made of")
    port = free_port()
    line = citydesk("up", "--demo", "--port", str(port))
    with subprocess.Popen(line, env=environment(state_folder), stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            said = list(iter(process.stdout.readline, f"ready http://127.0.0.1:{port}\n"))
            assert any("lead.CODE" in line for line in said) and any("cgj" in line for line in said)
            done = walked(tmp_path, state_folder, tour(READMES[0]).replace(":8000/", f":{port}/"))
        finally:
            process.terminate()
            process.wait(60)
    assert done.returncode == 0, done.stderr
    steps = [line for line in done.stdout.splitlines() if re.match(r"\w+ \[", line)]
    assert [step.split(" ")[0] for step in steps] == STATES, done.stdout
    assert "'dispatch'" not in steps[0] and "路灯不亮" in done.stdout, "the agent is shown what an agent can do, and the history its words"


def walked(folder: Path, home: Path, script: str) -> subprocess.CompletedProcess[str]:
    """The tour, in a folder whose `./citydesk` is that of this checkout and of this very Python."""
    program = folder / "citydesk"
    program.write_text(f"""#!/bin/sh\nexec '{sys.executable}' -I -c '{PIN}' '{ROOT}' "$@"\n""", encoding="utf-8")
    program.chmod(0o755)
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    line = ["sh", "-eu", "-c", script]
    return subprocess.run(line, cwd=folder, env=environment(home) | {"PATH": path}, capture_output=True, text=True, timeout=120)
