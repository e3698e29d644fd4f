"""An import that is killed leaves only whole chunks; the next one goes on where it was and counts as one."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import make_url

from app.config import CHECKOUT, Config
from app.core import anchors
from app.core.system import System

ROWS = 3000
COUNTS = "SELECT (SELECT count(*) FROM tickets), (SELECT count(*) FROM import_rows), (SELECT count(*) FROM cases WHERE seq = 0)"


@pytest.fixture
def start(config: Config, district: System, tmp_path: Path, small: str):
    """Starts the command in a process of its own on this test's database."""
    (tmp_path / "small.toml").write_text(small, "utf-8")
    rows = "".join(f"{n},噪音{n},施工,2025-03-01\n" for n in range(ROWS))
    (tmp_path / "rows.csv").write_text("no,title,content,created\n" + rows, "utf-8")
    names = {"CITYDESK_HOME": str(config.home), "DATABASE_URL": config.database_url, "DATABASE_OWNER_URL": config.owner_url}
    environment = {**os.environ, **names, "REDIS_URL": config.redis_url, "PYTHONPATH": str(CHECKOUT)}
    command = [sys.executable, "-m", "cli", "import", str(tmp_path / "rows.csv"), "--mapping", str(tmp_path / "small.toml")]

    def run(*more: str) -> subprocess.Popen[str]:
        return subprocess.Popen([*command, *more], env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    return run


def counted(config: Config) -> tuple[int, ...]:
    url = make_url(config.owner_url)
    with psycopg.connect(host=str(url.query["host"]), dbname=url.database, user=url.username) as connection:
        row = connection.execute(COUNTS).fetchone()
        assert row is not None
        return row


@pytest.mark.parametrize("processes", ["1", "2"])
def test_a_killed_import_is_taken_up_again(start, config, district, processes):
    first = start("--processes", processes)
    with first:
        assert "1000" in first.stderr.readline()
        first.kill()
    tickets, rows, unborn = counted(config)
    assert 0 < tickets == rows < ROWS and unborn == 0
    with start("--processes", processes) as second:
        out, err = second.communicate(timeout=100)
    assert out.splitlines()[-1] == f"read {ROWS}, imported {ROWS}, updated 0, already there 0, rejected 0", err
    assert "续接" in err
    assert counted(config) == (ROWS, ROWS, 0)
    assert anchors.verify(district)[:2] == (ROWS, ROWS)
