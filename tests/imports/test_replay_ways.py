"""What a replay adds for review, whose limits judge it, how it is told to run, and the real files on a real database."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.core import anchors, bus
from app.imports import run
from app.imports.mapping_file import load_mapping, parse_mapping
from app.imports.run import Ways, dry_run, run_import
from app.main import build
from app.people.units import AddUnit
from tests.imports.city import ADMIN, CITY, rows_of, states


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


def test_our_own_rows_of_years_before_any_published_calendar_are_judged_provisionally(bring, district):
    old = {"no": "1", "created": "2015-03-01 08:00:00", "closed": "2015-03-09 17:00:00"}
    assert bring([old], text=CITY.replace("zone =", "ours = true\nzone =")).counts["imported"] == 1
    clocks = rows_of(district, "SELECT provisional FROM clocks WHERE rule_table <> 'import' AND budget LIKE '%%wd'")
    assert len(clocks) > 3 and all(clock["provisional"] for clock in clocks)
    assert rows_of(district, "SELECT 1 FROM clocks WHERE state <> 'stopped'") == []
