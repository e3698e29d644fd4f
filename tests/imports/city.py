"""An invented city's file: its mapping, a row that differs little from the next, and looks into what came of it."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path
from typing import Any

from app.core import bus
from app.core.actors import Actor
from app.core.system import System

ADMIN = Actor(id=0, name="admin", roles=frozenset({"admin"}))
CITY = """
name = "small-city"
zone = "Asia/Shanghai"
time_formats = ["%Y-%m-%d %H:%M:%S", "%Y-%m-%d"]
missing = ["-"]
key = ["no"]
[file]
encoding = "gb18030"
[state]
column = "state"
values = { "新" = "registered", "办" = "handling", "结" = "closed", "否" = "declined" }
[ticket]
type = { value = "complaint" }
channel = { value = "phone" }
title = "title"
content = "content"
category = ["big", "small"]
[citizen]
phone = "phone"
[location]
street = "street"
[unit]
code = "uid"
name = "unit"
kinds = { "街道" = "street", "社区" = "community" }
[steps.register]
at = "created"
[steps.close]
at = "closed"
[steps.decline.fields]
ground = "ground"
[outcome]
clock = "total_clock"
level = "district"
due = "due"
"""
HEAD = ["no", "state", "title", "content", "big", "small", "phone", "street", "uid", "unit", "created", "closed", "due", "ground"]
ROW = {
    "state": "结", "title": "路灯不亮", "content": "三天没亮", "big": "市政", "small": "路灯", "phone": "13800138000",
    "street": "龙田街道", "uid": "7", "unit": "市政服务中心", "created": "2019-03-01 08:00:00", "closed": "2019-03-09 17:00:00",
    "due": "2019-03-05", "ground": "-",
}  # fmt: skip


def rows_of(system: System, sql: str, *params: Any) -> list[dict[str, Any]]:
    with bus.transaction(system, ADMIN) as tx:
        return tx.query(sql, params)


def rejected_rows(folder: Path) -> list[list[str]]:
    with (folder / "rows.csv.rejected.csv").open(encoding="gb18030", newline="") as stream:
        return list(csv.reader(stream))


def states(system: System, kind: str = "ticket") -> Counter[str]:
    return Counter(row["state"] for row in rows_of(system, "SELECT state FROM cases WHERE kind = %s", kind))
