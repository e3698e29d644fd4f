"""Files on a real database: each row once, on the edges of everybody, at its own times; interrupted, repeated, changed, refused."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from app.core import anchors, bus
from app.core.actors import Actor
from app.core.fire import Fire
from app.core.system import System
from app.imports import run
from app.imports.mapping_file import load_mapping, parse_mapping
from app.imports.run import Report, Ways, dry_run, run_import
from app.main import build
from app.people.units import AddUnit

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


@pytest.fixture
def bring(district: System, tmp_path: Path) -> Callable[..., Report]:
    """Imports rows given by what differs from the pattern; `text` is the mapping."""

    def run_it(rows: Sequence[dict[str, Any]], text: str = CITY, **ways: Any) -> Report:
        path = tmp_path / "rows.csv"
        with path.open("w", encoding="gb18030", newline="") as stream:
            csv.writer(stream).writerows([HEAD, *([{**ROW, **row}.get(name, "-") for name in HEAD] for row in rows)])
        return run_import(district, path, parse_mapping(text), Ways(build, **ways))

    return run_it


def rows_of(system: System, sql: str, *params: Any) -> list[dict[str, Any]]:
    with bus.transaction(system, ADMIN) as tx:
        return tx.query(sql, params)


def rejected_rows(folder: Path) -> list[list[str]]:
    with (folder / "rows.csv.rejected.csv").open(encoding="gb18030", newline="") as stream:
        return list(csv.reader(stream))


def states(system: System, kind: str = "ticket") -> Counter[str]:
    return Counter(row["state"] for row in rows_of(system, "SELECT state FROM cases WHERE kind = %s", kind))


def test_a_finished_row_walks_the_whole_road_at_its_own_times(bring, district):
    report = bring([{"no": "A1"}])
    assert report.line() == "read 1, imported 1, updated 0, already there 0, rejected 0"
    (ticket,) = rows_of(district, "SELECT c.*, t.title, t.category_id FROM cases c JOIN tickets t USING (id)")
    assert (ticket["state"], ticket["open"], ticket["title"]) == ("closed", False, "路灯不亮")
    steps = rows_of(district, "SELECT * FROM history WHERE case_id = %s ORDER BY seq", ticket["id"])
    begun, ended = datetime(2019, 3, 1, 0, tzinfo=UTC), datetime(2019, 3, 9, 9, tzinfo=UTC)
    assert [(row["trigger"], row["at"], row["inferred"]) for row in steps] == [
        ("register", begun, False), ("accept", begun, True), ("dispatch", begun, True), ("sign", begun, True),
        ("reply", ended, True), ("approve", ended, True), ("close", ended, False),
    ]  # fmt: skip
    assert {row["actor"] for row in steps} == {"importer"}
    assert all(row["recorded_at"] > row["at"] for row in steps)
    assert states(district, "assignment") == {"done": 1}


def test_nobody_is_notified_and_the_chain_holds(bring, district):
    bring([{"no": str(n)} for n in range(12)])
    assert {row["reaction"] for row in rows_of(district, "SELECT reaction FROM outbox")} <= {"index_ticket"}
    histories, rows, _ = anchors.verify(district)
    assert (histories, rows) == (24, 12 * 11)


def test_a_second_run_imports_none_and_a_changed_row_is_one_update(bring, district):
    rows = [{"no": str(n), "state": "办", "closed": "-"} for n in range(5)]
    assert bring(rows).counts["imported"] == 5
    assert bring(rows).line() == "read 5, imported 0, updated 0, already there 5, rejected 0"
    rows[3] = {**rows[3], "title": "路灯全灭"}
    assert bring(rows).line() == "read 5, imported 0, updated 1, already there 4, rejected 0"
    assert bring(rows).counts["already"] == 5
    amended = rows_of(district, "SELECT t.title, h.from_state FROM history h JOIN tickets t ON t.id = h.case_id WHERE trigger = 'amend'")
    assert amended == [{"title": "路灯全灭", "from_state": "handling"}]


def test_steps_told_later_are_walked_at_their_times(bring, district):
    bring([{"no": "1", "state": "新", "closed": "-", "unit": "-"}])
    assert states(district) == {"registered": 1}
    assert bring([{"no": "1"}]).counts["updated"] == 1
    assert states(district) == {"closed": 1}
    (closed,) = rows_of(district, "SELECT at FROM history WHERE trigger = 'close'")
    assert closed["at"] == datetime(2019, 3, 9, 9, tzinfo=UTC)


def test_a_citizen_and_a_place_that_changed_are_updates_too(bring, district):
    bring([{"no": "1"}])
    (before,) = rows_of(district, "SELECT phone_hash FROM citizens")
    assert bring([{"no": "1", "phone": "13900139000", "street": "坪山街道"}]).counts["updated"] == 1
    (after,) = rows_of(district, "SELECT c.phone_hash, t.street FROM citizens c JOIN tickets t ON t.citizen_id = c.id")
    assert after["phone_hash"] == district.keyring.lookup("phone", "13900139000") != before["phone_hash"]
    assert after["street"] == "坪山街道"
    told = [str(row["fields"]) for row in rows_of(district, "SELECT fields FROM history")]
    assert not any("13900139000" in words for words in told)


def test_what_was_finished_and_is_in_hand_again_is_handled_once_more(bring, district):
    bring([{"no": "1"}])
    bring([{"no": "1", "state": "办"}])
    (ticket,) = rows_of(district, "SELECT c.state, t.round FROM cases c JOIN tickets t USING (id)")
    assert ticket == {"state": "handling", "round": 2}


def test_an_interrupted_import_resumes_and_counts_as_one(bring, district, monkeypatch):
    monkeypatch.setattr(run, "CHUNK", 4)

    def stop(report: Report) -> None:
        if report.counts["read"] >= 8:
            raise KeyboardInterrupt

    rows = [{"no": str(n)} for n in range(18)]
    with pytest.raises(KeyboardInterrupt):
        bring(rows, progress=stop)
    assert sum(states(district).values()) == 8
    report = bring(rows)
    assert report.resumed and report.line() == "read 18, imported 18, updated 0, already there 0, rejected 0"
    assert sum(states(district).values()) == 18
    report = bring(rows)
    assert not report.resumed and report.counts["already"] == 18


def test_a_failing_chunk_leaves_nothing_half_in(bring, district, monkeypatch):
    monkeypatch.setattr(run, "CHUNK", 4)

    def broken(*args: Any) -> None:
        raise RuntimeError("the disk is full")

    with monkeypatch.context() as patch:
        patch.setattr("app.imports.commands.copy_inserts", broken)
        with pytest.raises(RuntimeError):
            bring([{"no": str(n)} for n in range(4)])
    assert rows_of(district, "SELECT 1 FROM cases UNION ALL SELECT 1 FROM history UNION ALL SELECT 1 FROM import_rows") == []


def test_bad_rows_lie_beside_the_file_with_their_reason_and_can_be_mended(bring, district, tmp_path):
    report = bring([{"no": "1"}, {"no": "2", "created": "昨天"}, {"no": "3", "phone": "同上"}])
    assert report.line() == "read 3, imported 1, updated 0, already there 0, rejected 2"
    rejects = tmp_path / "rows.csv.rejected.csv"
    assert rejects.stat().st_mode & 0o777 == 0o600
    head, *rows = rejected_rows(tmp_path)
    assert head[2:] == HEAD
    assert [row[0] for row in rows] == ["3", "4"] and "昨天" in rows[0][1] and "电话" in rows[1][1]
    mended = tmp_path / "mended.csv"
    mended.write_text(rejects.read_text("gb18030").replace("昨天", "2019-03-01").replace("同上", "-"), "gb18030")
    assert run_import(district, mended, parse_mapping(CITY), Ways(build)).counts["imported"] == 2
    bring([{"no": "1"}])
    assert not rejects.exists()


def test_a_row_that_a_rule_refuses_is_rejected_alone_in_the_rule_s_words(bring, district, tmp_path):
    in_hand = [{"no": str(n), "state": "办", "closed": "-"} for n in range(3)]
    bring(in_hand)
    (share,) = rows_of(
        district,
        "SELECT a.id, a.unit_id FROM assignments a JOIN import_rows i ON i.root_id = a.root_id WHERE i.external_key = '1'",
    )
    handler = Actor(id=5, name="handler", roles=frozenset({"unit_lead"}), unit_id=share["unit_id"], units=frozenset({share["unit_id"]}))
    fields = {"contacted": False, "not_contacted_reason": "无人接听", "outcome": "solved", "reply_text": "已修好。"}
    bus.execute(district, Fire(handler, "assignment", share["id"], "submit", fields))
    report = bring([{"no": str(n)} for n in range(3)])
    assert report.line() == "read 3, imported 0, updated 2, already there 0, rejected 1"
    assert states(district) == {"closed": 2, "handling": 1}
    (row,) = rejected_rows(tmp_path)[1:]
    assert row[0] == "3" and "当前状态" in row[1]


def test_a_key_that_comes_twice_with_other_content_is_rejected_every_time(bring):
    rows = [{"no": "1"}, {"no": "1", "title": "另一件"}, {"no": "1"}]
    assert bring(rows).line() == "read 3, imported 1, updated 0, already there 1, rejected 1"
    assert bring(rows).line() == "read 3, imported 0, updated 0, already there 2, rejected 1"


def test_what_is_not_known_is_added_for_review_and_one_code_is_one_unit(bring, district):
    report = bring([{"no": "1"}, {"no": "2", "unit": "市政服务中心（龙田街道办事处）"}, {"no": "3", "uid": "8", "unit": "龙田街道"}])
    assert {(what, name) for what, _, name in report.created} == {
        ("unit", "龙田街道"), ("unit", "市政服务中心"), ("category", "市政"), ("category", "市政／路灯"),
    }  # fmt: skip
    assert report.renamed == [("7", ["市政服务中心", "市政服务中心（龙田街道办事处）"])]
    units = rows_of(district, "SELECT code, name, kind, provisional FROM units WHERE kind <> 'centre' ORDER BY id")
    assert [(unit["name"], unit["kind"], unit["provisional"]) for unit in units] == [
        ("龙田街道", "street", True), ("市政服务中心", "department", True),
    ]  # fmt: skip
    (small,) = rows_of(district, "SELECT c.provisional, p.name AS above FROM categories c JOIN categories p ON p.id = c.parent_id")
    assert small == {"provisional": True, "above": "市政"}
    assert bring([{"no": "4"}]).created == []


def test_a_file_of_our_own_finds_our_units_and_is_judged_by_our_limits(bring, district):
    bus.execute(district, AddUnit(ADMIN, "市政服务中心", "department", "SZ"))
    report = bring([{"no": "1", "uid": "SZ"}], text=CITY.replace('zone =', 'ours = true\nzone ='))
    assert ("unit", "SZ", "市政服务中心") not in report.created
    clocks = rows_of(district, "SELECT name, level, state, late, stopped_at FROM clocks")
    assert {clock["state"] for clock in clocks} == {"stopped"}
    assert {"acceptance_clock", "handle_clock", "total_clock"} <= {clock["name"] for clock in clocks}


def test_another_city_s_limit_is_kept_as_it_ended_and_nothing_is_armed(bring, district):
    bring([{"no": "1"}, {"no": "2", "due": "2019-03-20"}, {"no": "3", "state": "办", "closed": "-"}])
    clocks = rows_of(district, "SELECT * FROM clocks ORDER BY id")
    assert [(clock["name"], clock["level"], clock["state"], clock["late"]) for clock in clocks] == [
        ("total_clock", "district", "stopped", True), ("total_clock", "district", "stopped", False),
    ]  # fmt: skip
    assert clocks[0]["due_at"] == datetime(2019, 3, 4, 16, tzinfo=UTC)
    assert rows_of(district, "SELECT 1 FROM clocks WHERE next_rung_at IS NOT NULL") == []


def test_a_live_import_arms_the_clocks_of_what_is_open(bring, district):
    bring([{"no": "1", "state": "办", "closed": "-"}], live=True)
    running = rows_of(district, "SELECT name FROM clocks WHERE state = 'running' AND next_rung_at IS NOT NULL")
    assert {"handle_clock", "total_clock"} <= {clock["name"] for clock in running}


def test_two_mappings_of_one_namespace_speak_of_the_same_ticket(bring, district):
    bring([{"no": "1", "state": "新", "closed": "-"}])
    other = CITY.replace('name = "small-city"', 'name = "small-city-ends"\nnamespace = "small-city"', 1)
    assert bring([{"no": "1"}], text=other).counts["updated"] == 1
    assert bring([{"no": "1"}], text=other).counts["already"] == 1
    assert bring([{"no": "1", "state": "新", "closed": "-"}]).counts["already"] == 1
    assert states(district) == {"closed": 1}


def test_a_dry_run_tells_and_writes_nothing(bring, district, tmp_path):
    bring([{"no": "1"}, {"no": "2"}])
    before = rows_of(district, "SELECT (SELECT count(*) FROM cases) AS c, (SELECT count(*) FROM import_runs) AS r, count(*) FROM units")
    path = tmp_path / "again.csv"
    lines = (tmp_path / "rows.csv").read_text("gb18030").splitlines()
    changed, new = lines[2].replace("路灯不亮", "路灯亮了"), lines[2].replace("2,", "3,", 1)
    path.write_text("\n".join([lines[0], lines[1], changed, new, "坏"]), "gb18030")
    report, rejected = dry_run(district, path, parse_mapping(CITY))
    assert report.line() == "read 4, imported 1, updated 1, already there 1, rejected 1"
    assert "列" in rejected[0].zh
    after = rows_of(district, "SELECT (SELECT count(*) FROM cases) AS c, (SELECT count(*) FROM import_runs) AS r, count(*) FROM units")
    assert before == after


def test_two_processes_bring_the_same_as_one(bring, district, monkeypatch):
    monkeypatch.setattr(run, "CHUNK", 20)
    rows = [{"no": str(n), "uid": str(n % 7), "unit": f"单位{n % 7}", "small": f"小类{n % 5}"} for n in range(90)]
    rows += [{"no": "x", "created": "昨天"}]
    assert bring(rows, processes=2).line() == "read 91, imported 90, updated 0, already there 0, rejected 1"
    assert states(district) == {"closed": 90}
    (units,) = rows_of(district, "SELECT count(*) FROM units WHERE provisional")
    assert units["count"] == 8
    anchors.verify(district)


@pytest.mark.deep
def test_the_real_files_enter_once(district, real_data, tmp_path):
    files = [
        ("leader_board/messages.xlsx", "leader-board", 4326), ("leader_board/replies.xlsx", "leader-board-replies", 2816),
        ("pingshan/events.csv", "pingshan", 8000), ("baltimore311/requests.csv", "baltimore311", 10000),
    ]  # fmt: skip
    for file, mapping, rows in files:
        path = tmp_path / Path(file).name
        path.write_bytes((real_data / file).read_bytes())
        first = run_import(district, path, load_mapping(mapping), Ways(build))
        assert first.line() == f"read {rows}, imported {rows}, updated 0, already there 0, rejected 0"
        again = run_import(district, path, load_mapping(mapping), Ways(build))
        assert again.line() == f"read {rows}, imported 0, updated 0, already there {rows}, rejected 0"
    late = rows_of(district, "SELECT count(*) FROM clocks WHERE late")
    assert late == [{"count": 794 + 1567}]
    anchors.verify(district)
