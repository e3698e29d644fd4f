"""Tiny invented files, written when a test asks for them; nothing real is kept here."""

from __future__ import annotations

import csv
import os
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from app.core import bus, shipped
from app.core.system import System
from app.imports.mapping import Mapping
from app.imports.mapping_file import load_mapping, parse_mapping
from app.imports.plan import Planner, plan_all
from app.imports.planned import PlannedTicket, Rejected
from app.imports.reader import open_table
from app.imports.run import Report, Ways, run_import
from app.main import build
from app.people.units import AddUnit
from tests.imports.city import ADMIN, CITY, HEAD, ROW

NOW = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
Planned = list[PlannedTicket | Rejected]

SMALL = """
name = "small"
zone = "Asia/Shanghai"
time_formats = ["%Y-%m-%d %H:%M:%S", "%Y-%m-%d"]
missing = ["-"]
key = ["no"]
[ticket]
type = { value = "complaint" }
channel = { value = "phone" }
title = "title"
content = "content"
[steps.register]
at = "created"
"""


@pytest.fixture
def workbook(tmp_path: Path) -> Callable[..., Path]:
    """Writes rows, the header among them, as a workbook."""

    def write(rows: Sequence[Sequence[Any]], name: str = "orders.xlsx", title: str = "Sheet1") -> Path:
        book = openpyxl.Workbook()
        sheet = book.active
        sheet.title = title
        for row in rows:
            sheet.append(list(row))
        book.save(tmp_path / name)
        return tmp_path / name

    return write


@pytest.fixture
def text_file(tmp_path: Path) -> Callable[..., Path]:
    def write(text: str | bytes, name: str = "rows.csv", encoding: str = "utf-8") -> Path:
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode(encoding))
        return path

    return write


@pytest.fixture
def planned() -> Callable[..., Planned]:
    """All plans of a file under a shipped mapping's name, a mapping's text, or a mapping."""

    def run(path: Path, mapping: str | Mapping, now: datetime = NOW) -> Planned:
        if isinstance(mapping, str):
            mapping = parse_mapping(mapping) if "\n" in mapping else load_mapping(mapping)
        with open_table(path, mapping.layout) as table:
            return list(plan_all(Planner(mapping, table.header, table.epoch, now), table.rows))

    return run


@pytest.fixture
def small() -> str:
    return SMALL


@pytest.fixture
def district(system: System) -> System:
    """A system with its packs and its command centre, and nothing else."""
    shipped.install_shipped(system)
    bus.execute(system, AddUnit(ADMIN, "区指挥中心", "centre", "centre"))
    return system


@pytest.fixture
def bring(district: System, tmp_path: Path) -> Callable[..., Report]:
    """Imports rows given by what differs from the pattern; `text` is the mapping."""

    def run_it(rows: Sequence[dict[str, Any]], text: str = CITY, **ways: Any) -> Report:
        path = tmp_path / "rows.csv"
        with path.open("w", encoding="gb18030", newline="") as stream:
            csv.writer(stream).writerows([HEAD, *([{**ROW, **row}.get(name, "-") for name in HEAD] for row in rows)])
        return run_import(district, path, parse_mapping(text), Ways(build, **ways))

    return run_it


@pytest.fixture
def real_data() -> Path:
    """The folder of real files. Tests that want it skip, and say so, where it is absent."""
    beside = Path(__file__).resolve().parents[3] / "shared" / "data"
    folder = Path(os.environ.get("CITYDESK_REAL_DATA", beside))
    if not folder.is_dir():
        pytest.skip(f"NO REAL DATA: the folder {folder} is absent, so the real files were NOT tried")
    return folder
