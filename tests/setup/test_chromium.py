"""The browser for tests is found, or installed by the system's own means, or its absence is one sentence that says why."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from cli import chromium

PROGRAM = '#!/bin/sh\necho "$0 $*" >> "{log}"\n{body}\n'
# What the packages bring: programs that answer.
BRINGS = """case " $* " in *" install "*)
for name in chromium fc-list; do printf "#!/bin/sh\\necho found\\n" > "{here}/$name"; chmod 755 "{here}/$name"; done;;
esac"""


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine on which nothing can be found, with the few programs that a fake package manager needs."""
    folder = tmp_path / "bin"
    folder.mkdir()
    (folder / "chmod").symlink_to("/bin/chmod")
    monkeypatch.setenv("PATH", str(folder))
    return folder


def apt(path: Path, body: str) -> Path:
    log = path.parent / "log"
    (path / "apt-get").write_text(PROGRAM.format(log=log, body=body.replace("{here}", str(path))), encoding="ascii")
    (path / "apt-get").chmod(0o755)
    return log


def test_where_nothing_can_be_installed_it_is_said(path: Path) -> None:
    said = chromium.ready()
    assert said is not None and "chromium and fontconfig and fonts-noto-cjk not found" in said
    assert ("no apt-get" if os.geteuid() == 0 else "only root") in said


def test_a_name_that_does_not_run_is_no_browser(path: Path) -> None:
    (path / "chromium").write_text("#!/bin/sh\nexit 1\n", encoding="ascii")
    (path / "chromium").chmod(0o755)
    assert chromium.chromium() is None


@pytest.mark.skipif(os.geteuid() != 0, reason="only root is offered an installation")
def test_what_is_missing_is_installed_and_then_nobody_is_asked_again(path: Path) -> None:
    log = apt(path, BRINGS)
    assert chromium.ready() is None
    update, install = log.read_text(encoding="utf-8").splitlines()
    assert update.endswith(" update") and install.endswith(" install chromium fontconfig fonts-noto-cjk")
    assert "--no-install-recommends" in install
    assert chromium.ready() is None
    assert len(log.read_text(encoding="utf-8").splitlines()) == 2


@pytest.mark.skipif(os.geteuid() != 0, reason="only root is offered an installation")
@pytest.mark.parametrize(
    ("body", "said"),
    [
        ('echo "E: no such mirror" >&2; exit 100', "could not be installed: apt-get update: E: no such mirror"),
        ("exit 0", "the package brought no working program"),
    ],
)
def test_an_installation_that_brings_nothing_is_one_sentence(path: Path, body: str, said: str) -> None:
    apt(path, body)
    told = chromium.ready()
    assert told is not None and said in told and "\n" not in told


@pytest.mark.skipif(os.geteuid() != 0, reason="only root is offered an installation")
def test_the_words_of_the_browser_itself_are_asked_for_once_and_nothing_fails_without_them(
    path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    chromium.speaks_chinese()
    log = apt(path, 'echo "E: no such package" >&2; exit 100')
    chromium.speaks_chinese()
    assert not log.exists(), "a browser that is not the system's own package has its words with it"
    query = path / "dpkg-query"
    query.write_text('#!/bin/sh\ncase " $* " in *" chromium "*) echo 1;; *) exit 1;; esac\n', encoding="ascii")
    query.chmod(0o755)
    chromium.speaks_chinese()
    assert log.read_text(encoding="utf-8").rstrip().endswith("install chromium-l10n")
    assert "stand in English: apt-get install: E: no such package" in capsys.readouterr().err
    query.write_text("#!/bin/sh\necho 1\n", encoding="ascii")
    chromium.speaks_chinese()
    assert len(log.read_text(encoding="utf-8").splitlines()) == 1
