"""A file holds what its account may see, masked, and opens in a spreadsheet without reckoning anything."""

from __future__ import annotations

import csv
from pathlib import Path

import openpyxl
import pytest

from app.core.actors import SYSTEM
from app.errors import IllFormed, Refused
from app.hotline import export
from app.hotline.export import export_tickets
from app.people.accounts import actor_of
from tests.hotline_reads.desk import Desk


def rows(path: Path) -> list[dict[str, str]]:
    if path.suffix == ".csv":
        with path.open(encoding="utf-8-sig", newline="") as file:
            return list(csv.DictReader(file))
    header, *found = openpyxl.load_workbook(path).active.iter_rows(values_only=True)
    return [{str(title): "" if value is None else str(value) for title, value in zip(header, row, strict=True)} for row in found]


@pytest.mark.parametrize("name", ["out.csv", "out.xlsx"])
def test_masked_and_harmless(desk: Desk, tmp_path: Path, name: str) -> None:
    citizen = {"name": "张小明", "phone": "13812345678"}
    desk.register(
        title='=HYPERLINK("http://x","y")', content="-1+1，我叫王大力，电话13912345678。\x07", citizen=citizen,
        location={"address": "@湖滨花园3栋502室"}, labels=["+夜间"],
    )  # fmt: skip
    desk.register(citizen=citizen | {"confidential": True}, category=desk.district.categories["0101"])
    path = tmp_path / name
    assert export_tickets(desk.system, SYSTEM, path) == 2
    secret, open_one = rows(path)
    assert secret["诉求人"] == "" == secret["联系电话"] and secret["保密"] == "是" and secret["事项分类"] == "城乡建设 / 噪音扰民"
    assert open_one["诉求人"] == "张**" and open_one["联系电话"] == "138****5678" and len(open_one["工单编号"]) == 15
    assert open_one["标题"].startswith("'=") and open_one["诉求内容"].startswith("'-1") and open_one["标签"] == "'+夜间"
    assert open_one["地址"].startswith("'@") and open_one["登记时间"] == "2026-03-03 09:30:00"
    everything = str(secret) + str(open_one)
    assert "13912345678" not in everything and "王大力" not in everything and "13812345678" not in everything and "502" not in everything
    assert [left.name for left in tmp_path.iterdir() if left.name.startswith(".")] == []


def test_as_an_account(desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export, "CHUNK", 2)
    for lead in ("CG", "JT", "CG", "CG"):
        desk.dispatched(lead)
    path = tmp_path / "mine.csv"
    assert export_tickets(desk.system, actor_of(desk.system, "CLERK.CG"), path) == 3
    assert {row["主办单位"] for row in rows(path)} == {"区城管局"} and {row["状态"] for row in rows(path)} == {"待签收"}
    assert actor_of(desk.system, "clerk.CG") == desk.who("clerk.CG")
    with pytest.raises(Refused):
        actor_of(desk.system, "nobody")


def test_nothing_half_written(desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.register()
    path = tmp_path / "out.xlsx"
    path.write_text("before")
    with pytest.raises(IllFormed):
        export_tickets(desk.system, SYSTEM, tmp_path / "out.txt")
    with pytest.raises(Refused):
        export_tickets(desk.system, SYSTEM, tmp_path / "absent" / "out.csv")
    monkeypatch.setattr(export, "SHEET_ROWS", 0)
    with pytest.raises(Refused):
        export_tickets(desk.system, SYSTEM, path)
    assert path.read_text() == "before" and [left.name for left in tmp_path.iterdir()].count("out.xlsx") == 1
