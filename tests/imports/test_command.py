"""The import command: counts on the last line of stdout, everything else on stderr, refusals in one sentence."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from app.config import Config
from app.core.system import System
from app.errors import IllFormed
from cli.import_ import command


@pytest.fixture
def call(config: Config, district: System, monkeypatch, tmp_path: Path):
    """Calls the command on this test's database."""
    district.close()
    for name, value in (
        ("CITYDESK_HOME", str(config.home)), ("DATABASE_URL", config.database_url), ("DATABASE_OWNER_URL", config.owner_url),
        ("REDIS_URL", config.redis_url),
    ):  # fmt: skip
        monkeypatch.setenv(name, value)

    def run(*arguments: str) -> Result:
        return CliRunner().invoke(command, list(arguments))

    return run


@pytest.fixture
def files(tmp_path: Path, small: str) -> tuple[str, str]:
    (tmp_path / "small.toml").write_text(small, "utf-8")
    rows = "no,title,content,created\n1,噪音,施工,2025-03-01\n2,路灯,不亮,昨天\n"
    (tmp_path / "rows.csv").write_text(rows, "utf-8")
    return str(tmp_path / "rows.csv"), str(tmp_path / "small.toml")


def test_the_last_line_counts_and_the_rest_is_on_stderr(call, files):
    file, mapping = files
    done = call(file, "--mapping", mapping)
    assert done.exit_code == 0, done.output
    assert done.stdout == "read 2, imported 1, updated 0, already there 0, rejected 1\n"
    assert "rows.csv.rejected.csv" in done.stderr
    assert call(file, "--mapping", mapping).stdout == "read 2, imported 0, updated 0, already there 1, rejected 1\n"


def test_a_dry_run_shows_the_rejected_rows(call, files):
    file, mapping = files
    done = call(file, "--mapping", mapping, "--dry-run")
    assert done.stdout == "read 2, imported 1, updated 0, already there 0, rejected 1\n"
    assert "3:" in done.stderr and "昨天" in done.stderr
    assert not Path(file + ".rejected.csv").exists()


def test_wrong_usage_and_refusals(call, files, tmp_path):
    file, mapping = files
    assert call(file).exit_code == 2
    for arguments, words in (((file, "--mapping", "nowhere"), "nowhere"), ((str(tmp_path / "gone.csv"), "--mapping", mapping), "gone.csv")):
        refused = call(*arguments)
        assert isinstance(refused.exception, IllFormed) and words in refused.exception.zh
