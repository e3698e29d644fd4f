"""A file of what is in hand now raises alarms as a registration does; a file of the past raises none."""

from __future__ import annotations

from datetime import timedelta

from tests.imports.city import rows_of

ALARMS = "SELECT a.danger, a.raised_at, c.state FROM alarms a JOIN cases c ON c.id = a.id ORDER BY a.danger"
JUMP = {"state": "办", "closed": "-", "due": "-", "content": "工人扬言要跳楼，现场已有人上了楼顶。"}


def test_a_live_file_raises_alarms_now_and_tells_of_them_a_file_of_the_past_does_not(bring, district):
    ended = {**JUMP, "state": "结", "closed": "2019-03-09 17:00:00"}
    rows = [{"no": "1", **JUMP}, {"no": "2", **ended}, {"no": "3", "state": "办", "closed": "-"}]
    bring(rows)
    assert rows_of(district, ALARMS) == [], "what a file tells is past"
    bring([{**row, "no": f"live-{row['no']}"} for row in rows], live=True)
    raised = rows_of(district, ALARMS)
    assert [(alarm["danger"], alarm["state"]) for alarm in raised] == [("life", "raised"), ("threat", "raised")]
    (now,) = rows_of(district, "SELECT now() AS now")
    assert all(now["now"] - alarm["raised_at"] < timedelta(minutes=5) for alarm in raised), "the duty room has its minutes"
    told = rows_of(district, "SELECT event FROM outbox WHERE reaction = 'tell_people'")
    assert [row["event"] for row in told] == ["AlarmRaised", "AlarmRaised"]
    looked = "SELECT actor FROM history WHERE trigger = 'look_for_danger' AND case_id IN (SELECT root_id FROM alarms)"
    (stepped,) = rows_of(district, looked)
    assert stepped["actor"] == "importer"


def test_a_live_update_is_looked_at_when_it_brings_other_words(bring, district):
    row = {"no": "1", "state": "办", "closed": "-", "due": "-"}
    bring([row], live=True)
    assert rows_of(district, ALARMS) == []
    bring([{**row, "phone": "13900000000"}], live=True)
    bring([{**row, "phone": "13900000000", "content": JUMP["content"]}], live=True)
    assert [alarm["danger"] for alarm in rows_of(district, ALARMS)] == ["life", "threat"]
