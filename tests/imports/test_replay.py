"""Files on a real database: each row once, on the edges of everybody, at its own times; interrupted, repeated, changed, refused."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from app.core import anchors, bus
from app.core.actors import Actor
from app.core.fire import Fire
from app.imports import run
from app.imports.mapping_file import parse_mapping
from app.imports.run import Report, Ways, run_import
from app.main import build
from tests.imports.city import CITY, HEAD, rejected_rows, rows_of, states


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


def test_a_place_that_changed_after_the_ticket_was_archived_is_noted_beside_it(bring, district):
    text = CITY.replace('"结" = "closed"', '"结" = "archived"')
    bring([{"no": "1"}], text=text)
    report = bring([{"no": "1", "street": "坑梓街道"}], text=text)
    assert (report.counts["updated"], report.counts["rejected"]) == (1, 0)
    (ticket,) = rows_of(district, "SELECT c.state, t.street FROM tickets t JOIN cases c ON c.id = t.id")
    assert ticket == {"state": "archived", "street": "坑梓街道"}
    (noted,) = rows_of(district, "SELECT body FROM texts WHERE field = 'note'")
    assert noted == {"body": "文件更新了事发地点。"}
    anchors.verify(district)


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
