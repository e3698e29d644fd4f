"""The front-end's packages are brought once, whole or not at all, and a failure is one sentence."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.web.vendor import MARK
from cli import front
from tests.house.sources import ROOT

FRONT = ROOT / "app" / "web" / "front"
# An npm that notes that it was called and makes a folder as the real one does, slowly enough that others come meanwhile.
GOOD = '[ "$1" = ci ] || { echo 11.0.0; exit 0; }; echo call >> "$HOME/calls"; sleep 0.5; mkdir node_modules; echo 1 > node_modules/file\n'
BROKEN = '[ "$1" = ci ] || { echo 11.0.0; exit 0; }; mkdir node_modules; echo "npm error code EINTEGRITY" >&2; exit 1\n'


@pytest.fixture
def checkout(tmp_path: Path) -> Iterator[Path]:
    """The rooms that setting up needs, in a folder of their own, with a Node whose npm each test writes."""
    shutil.copytree(ROOT / "cli", tmp_path / "cli")
    packages = tmp_path / "app" / "web" / "front"
    packages.mkdir(parents=True)
    for file in ("__init__.py", "config.py", "errors.py", "web/__init__.py", "web/vendor.py"):
        shutil.copyfile(ROOT / "app" / file, tmp_path / "app" / file)
    for name in ("package.json", "package-lock.json", ".npmrc", "node.lock"):
        shutil.copyfile(FRONT / name, packages / name)
    (tmp_path / "bin").mkdir()
    program(tmp_path, "node", "echo v20.0.0\n")
    yield tmp_path


def program(checkout: Path, name: str, script: str) -> None:
    path = checkout / "bin" / name
    path.write_text(f"#!/bin/sh\n{script}", encoding="ascii")
    path.chmod(0o755)


def start(checkout: Path) -> subprocess.Popen[str]:
    line = [sys.executable, "-I", "-c", "import sys; sys.path.insert(0, sys.argv.pop(1)); from cli import front; front.ready()"]
    env = {"PATH": f"{checkout / 'bin'}:/usr/bin:/bin", "HOME": str(checkout)}
    return subprocess.Popen([*line, str(checkout)], env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def ended(process: subprocess.Popen[str]) -> tuple[int, str]:
    _, said = process.communicate(timeout=60)
    return process.returncode, said


def calls(checkout: Path) -> int:
    noted = checkout / "calls"
    return len(noted.read_text(encoding="ascii").splitlines()) if noted.exists() else 0


def test_starts_at_once_bring_it_once_and_later_ones_ask_nobody(checkout: Path) -> None:
    program(checkout, "npm", GOOD)
    together = [start(checkout) for _ in range(3)]
    answers = [ended(process) for process in together]
    assert [code for code, _ in answers] == [0, 0, 0], answers
    assert calls(checkout) == 1
    assert sum("installing what the console's pages load" in said for _, said in answers) == 1
    program(checkout, "npm", "exit 9\n")
    assert ended(start(checkout)) == (0, "")
    left = {path.name for path in (checkout / "app/web/front").iterdir()}
    assert left == {"package.json", "package-lock.json", ".npmrc", "node.lock", "node_modules", ".lock"}


def test_another_lock_file_brings_it_anew(checkout: Path) -> None:
    program(checkout, "npm", GOOD)
    assert ended(start(checkout))[0] == 0
    lock = checkout / "app/web/front/package-lock.json"
    lock.write_text(lock.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    assert ended(start(checkout))[0] == 0
    assert calls(checkout) == 2


def test_what_npm_says_is_one_sentence_and_the_former_packages_stay(checkout: Path) -> None:
    program(checkout, "npm", BROKEN)
    modules = checkout / "app/web/front/node_modules"
    modules.mkdir()
    (modules / "former").touch()
    code, said = ended(start(checkout))
    assert code == 1
    refused = said.strip().splitlines()[-1]
    assert "could not be installed by npm ci: npm error code EINTEGRITY" in refused and "前端组件安装失败" in refused
    assert (modules / "former").exists() and not (modules / MARK).exists()


def test_a_start_that_was_killed_halfway_is_begun_anew(checkout: Path) -> None:
    program(checkout, "npm", GOOD)
    half = checkout / "app/web/front/.stage/node_modules"
    half.mkdir(parents=True)
    (half / "half").touch()
    assert ended(start(checkout))[0] == 0
    modules = checkout / "app/web/front/node_modules"
    assert (modules / MARK).exists() and not (modules / "half").exists()


@pytest.mark.parametrize(
    ("node", "npm", "theirs"),
    [
        ("echo v18.0.0", "echo 9.0.0", True),
        ("echo v16.20.2", "echo 8.0.0", False),
        ("exit 127", "echo 9.0.0", False),
        ("echo v20.0.0", "exit 127", False),
    ],
)
def test_the_machines_node_is_used_if_it_is_new_enough_and_answers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, node: str, npm: str, theirs: bool
) -> None:
    """Else the one that stands in our environment, here put there before, so that nothing is fetched."""
    (tmp_path / "bin").mkdir()
    program(tmp_path, "node", f"{node}\n")
    program(tmp_path, "npm", f"{npm}\n")
    ours = tmp_path / "ours"
    (ours / "bin").mkdir(parents=True)
    program(ours, "npm", "echo 11.0.0\n")
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setattr(sys, "prefix", str(ours))
    assert front.npm() == [str((tmp_path if theirs else ours) / "bin" / "npm")]
