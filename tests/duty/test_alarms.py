"""The duty queue as its people meet it: raised at once, climbing until answered, acted on, closed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from app.core.sweep import sweep
from tests.factories.hotline import Desk
from tests.fixtures.living import MovedClock

JUMP = {"type": "help", "title": "讨薪无果", "content": "工地拖欠工资，工人扬言要从楼顶跳楼，现场已有人上了楼顶。"}


def open_alarms(desk: Desk, who: str = "duty") -> list[Any]:
    items: list[Any] = desk.get(who, "/alarms?open=true")["items"]
    return items


def act(desk: Desk, who: str, alarm: int, trigger: str, **fields: Any) -> Any:
    return desk.call(who, "POST", f"/alarms/{alarm}/transitions", {"trigger": trigger, "fields": fields})


def test_raised_at_once_it_climbs_until_somebody_answers(desk: Desk, clock: MovedClock) -> None:
    shown = desk.register(**JUMP)
    assert shown["state"] == "registered" and "alarm" in shown["badges"]
    (alarm,) = [each for each in open_alarms(desk) if each["danger"] == "life"]
    assert (alarm["state"], alarm["origin"], alarm["rule_pack"], alarm["rule_table"]) == ("raised", "words", "demo-district", "alarm_words")
    assert (alarm["level"], alarm["responsible"], alarm["ticket"]["id"]) == (0, "duty_officer", shown["id"])
    for level, responsible in ((1, "supervisor"), (2, "leader"), (2, "leader")):
        clock.advance(timedelta(minutes=5, seconds=1))
        sweep(desk.system)
        now = desk.get("duty", f"/alarms/{alarm['id']}")
        assert (now["state"], now["level"], now["responsible"]) == ("raised", level, responsible)
    assert now["escalations"] == 3
