"""The duty queue as its people meet it: raised at once, climbing until answered, acted on, closed."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from werkzeug.test import TestResponse

from app.core.actors import IMPORTER, SYSTEM
from app.core.bus import execute
from app.core.settings import Choose, Install
from app.core.sweep import sweep
from app.hotline.commands import Register
from app.main import create_app
from rules.packs import shipped_packs
from tests.factories.hotline import DEMAND, Desk
from tests.fixtures.living import MovedClock

JUMP = {"type": "help", "title": "讨薪无果", "content": "工地拖欠工资，工人扬言要跳楼，现场已有人上了楼顶。"}
RULE = ("base", "alarm_words")


def queue(desk: Desk, asked: str = "open=true", who: str = "duty") -> list[Any]:
    items: list[Any] = desk.get(who, f"/alarms?{asked}")["items"]
    return items


def act(desk: Desk, who: str, alarm: int, trigger: str, **fields: Any) -> TestResponse:
    return desk.call(who, "POST", f"/alarms/{alarm}/transitions", {"trigger": trigger, "fields": fields})


def done(desk: Desk, who: str, alarm: int, trigger: str, **fields: Any) -> Any:
    answer = act(desk, who, alarm, trigger, **fields)
    assert answer.status_code == 200, answer.text
    return answer.json


def an_alarm(desk: Desk, danger: str = "life") -> int:
    desk.register(**JUMP)
    found: int = next(each["id"] for each in queue(desk) if each["danger"] == danger)
    return found


def test_raised_at_once_it_climbs_until_somebody_answers(desk: Desk, clock: MovedClock) -> None:
    ticket = desk.register(**JUMP)
    assert ticket["state"] == "registered" and "alarm" in ticket["badges"]
    assert sorted(each["danger"] for each in queue(desk)) == ["life", "threat"]
    (alarm,) = queue(desk, "open=true&danger=life")
    assert (alarm["state"], alarm["origin"], (alarm["rule_pack"], alarm["rule_table"])) == ("raised", "words", RULE)
    assert (alarm["level"], alarm["responsible"], alarm["ticket"]["id"]) == (0, "duty_officer", ticket["id"])
    assert [limit["name"] for limit in alarm["clocks"]] == ["alarm_clock"]
    for level, responsible in ((1, "supervisor"), (2, "leader"), (2, "leader")):
        clock.advance(timedelta(minutes=5, seconds=1))
        sweep(desk.system)
        now = desk.get("duty", f"/alarms/{alarm['id']}")
        assert (now["state"], now["level"], now["responsible"], now["overdue"]) == ("raised", level, responsible, False)
    assert now["escalations"] == 3
    assert "ladder" not in now and desk.rows("SELECT count(*) AS n FROM history WHERE trigger = 'escalate_alarm'")[0]["n"] >= 3
    acknowledged = done(desk, "supervisor", alarm["id"], "acknowledge")
    assert (acknowledged["state"], acknowledged["acknowledged_by"]["id"]) == ("acknowledged", desk.user_ids["supervisor"])
    acting = done(desk, "duty", alarm["id"], "act", measures_taken="已联系派出所到场，消防铺设气垫。")
    assert (acting["state"], acting["measures_taken"]) == ("acting", "已联系派出所到场，消防铺设气垫。")
    closed = done(desk, "duty", alarm["id"], "close", alarm_result="当事人已被劝下，工资当场协调。")
    assert closed["state"] == "closed" and closed["actions"] == [] and all(limit["state"] == "stopped" for limit in closed["clocks"])
    story = [row["trigger"] for row in desk.get("duty", f"/alarms/{alarm['id']}/history")["items"] if row["trigger"] != "rung"]
    assert story == ["raise_danger", *["escalate_alarm"] * 3, "acknowledge", "act", "close"]
    assert "alarm" in desk.get("agent", f"/tickets/{ticket['id']}")["badges"], "the threat stands open still"


def test_what_is_acknowledged_and_then_left_lying_climbs_too(desk: Desk, clock: MovedClock) -> None:
    alarm = an_alarm(desk)
    done(desk, "duty", alarm, "acknowledge")
    clock.advance(timedelta(minutes=29))
    sweep(desk.system)
    assert desk.get("duty", f"/alarms/{alarm}")["level"] == 0
    clock.advance(timedelta(minutes=2))
    sweep(desk.system)
    assert desk.get("duty", f"/alarms/{alarm}")["responsible"] == "supervisor"


def test_ordinary_words_raise_nothing(desk: Desk) -> None:
    ticket = desk.register(content="商场搞跳楼价，喇叭声太吵；消防通道被占，万一发生火灾后果不堪设想。")
    assert ticket["badges"] == [] and queue(desk, "limit=50") == []


def test_a_category_alone_raises_it(desk: Desk) -> None:
    text = shipped_packs()["demo-district"].replace('prefix = "060302"', 'prefix = "0402"')
    execute(desk.system, Install(SYSTEM, "pack", "demo-district", text, "大气与水也报警"))
    newest = desk.rows("SELECT version FROM installed WHERE kind = 'pack' AND name = 'demo-district' ORDER BY version DESC")[0]["version"]
    execute(desk.system, Choose(SYSTEM, f"demo-district@{newest}"))
    ticket = desk.register(category="0402", title="味道", content="楼道里有味道。")["id"]
    (alarm,) = queue(desk)
    assert (alarm["danger"], alarm["origin"], alarm["rule_row"]) == ("hazard", "category", "gas-leak-category")
    desk.do("agent", ticket, "supplement", kind="addition", text="味道更重了。")
    assert queue(desk)[0]["hits"] == 1, "the category has not been given anew"
    other = desk.register()["id"]
    desk.do("agent", other, "reclassify", category="0402")
    assert [each["ticket"]["id"] for each in queue(desk)] == [other, ticket]


def test_a_supplement_raises_it_and_the_next_is_counted(desk: Desk) -> None:
    ticket = desk.a_ticket("handling")
    assert queue(desk) == []
    shown = desk.do("agent", ticket, "supplement", kind="urge", text="再不来人我就不想活了。")
    assert shown["state"] == "handling" and "alarm" in shown["badges"], "whatever queue the ticket stands in"
    desk.do("agent", ticket, "supplement", kind="addition", text="我已经站在楼顶。")
    (alarm,) = queue(desk)
    assert (alarm["danger"], alarm["hits"]) == ("life", 2)
    done(desk, "duty", alarm["id"], "mark_false", reason="已电话核实，当事人在家，情绪平稳。")
    desk.do("agent", ticket, "supplement", kind="addition", text="我真的要跳楼了。")
    assert [(each["state"], each["hits"]) for each in queue(desk, "limit=10")] == [("raised", 1), ("false_alarm", 2)]


def test_what_is_amended_without_new_words_is_not_counted_again(desk: Desk) -> None:
    ticket = desk.register(**JUMP)["id"]
    desk.do("agent", ticket, "amend", content=JUMP["content"], title="讨薪（已改）")
    assert {each["hits"] for each in queue(desk)} == {1}


@pytest.mark.parametrize("who", ["agent", "leader", "clerk.cgj", "handler.cgj"])
def test_anybody_who_sees_a_danger_says_so(desk: Desk, who: str) -> None:
    ticket = desk.a_ticket("handling")
    shown = desk.do(who, ticket, "raise_alarm", danger="gathering", reason="门口来了五十多人。")
    assert "alarm" in shown["badges"]
    (alarm,) = queue(desk)
    assert (alarm["danger"], alarm["origin"], alarm["raised_by"]["id"]) == ("gathering", "hand", desk.user_ids[who])
    desk.do("supervisor", ticket, "raise_alarm", danger="gathering", reason="人数增加到一百。")
    assert queue(desk)[0]["hits"] == 2


def test_who_does_not_see_the_ticket_raises_nothing(desk: Desk) -> None:
    ticket = desk.a_ticket("handling")
    before = desk.everything()
    refused = desk.act("clerk.swj", ticket, "raise_alarm", {"danger": "life", "reason": "听说的"})
    assert refused.status_code == 404 and desk.everything() == before
    desk.do("agent", ticket, "raise_alarm", danger="life", reason="来电有异响。")
    alarm = queue(desk)[0]["id"]
    assert desk.call("clerk.swj", "GET", f"/alarms/{alarm}").status_code == 404
    assert queue(desk, who="clerk.swj") == [] and len(queue(desk, who="clerk.cgj")) == 1


def test_acting_may_hand_the_ticket_over_to_the_emergency_services(desk: Desk) -> None:
    alarm = an_alarm(desk)
    refused = act(desk, "duty", alarm, "act", measures_taken="转交。", transfer_to="taxi")
    assert refused.status_code == 422 and "ambulance, fire, police, traffic" in refused.json["detail"]
    assert desk.get("duty", f"/alarms/{alarm}")["state"] == "raised", "both happen, or neither"
    shown = done(desk, "duty", alarm, "act", measures_taken="已转110。", transfer_to="police")
    assert shown["state"] == "acting" and shown["acknowledged_at"] is not None, "who acts has seen it"
    assert shown["ticket"]["state"] == "transferred" and len(queue(desk)) == 2, "the ticket's end does not end it"


def test_a_ticket_that_a_unit_has_is_not_transferred_over_its_head(desk: Desk) -> None:
    ticket = desk.a_ticket("handling")
    desk.do("agent", ticket, "raise_alarm", danger="hazard", reason="现场冒烟。")
    alarm = queue(desk)[0]["id"]
    refused = act(desk, "duty", alarm, "act", measures_taken="转119。", transfer_to="fire")
    assert refused.status_code == 409 and desk.get("duty", f"/alarms/{alarm}")["state"] == "raised"
    assert done(desk, "duty", alarm, "act", measures_taken="已直接拨打119。")["state"] == "acting"


def test_refused_with_the_rule_and_nothing_changed(desk: Desk) -> None:
    alarm = an_alarm(desk)
    before = desk.everything()
    for who, trigger, fields, status, words in (
        ("agent", "acknowledge", {}, 403, "不能执行"),
        ("dispatcher", "act", {"measures_taken": "x"}, 403, "不能执行"),
        ("duty", "close", {"alarm_result": "好了"}, 409, "待确认"),
        ("duty", "mark_false", {}, 400, "reason"),
        ("duty", "act", {}, 400, "measures_taken"),
        ("duty", "escalate_alarm", {}, 403, "不能执行"),
    ):
        refused = act(desk, who, alarm, trigger, **fields)
        assert refused.status_code == status and words in refused.text, (trigger, refused.text)
    assert desk.everything() == before


def test_more_is_added_by_whoever_knows_more(desk: Desk) -> None:
    alarm = an_alarm(desk)
    shown = done(desk, "agent", alarm, "add", note="来电人称楼顶有两人。")
    assert shown["version"] == 1 and desk.get("duty", f"/alarms/{alarm}/history")["items"][-1]["note"] == "来电人称楼顶有两人。"


def test_what_a_file_tells_is_past(desk: Desk) -> None:
    category = desk.rows("SELECT id FROM categories WHERE code = '010101'")[0]["id"]
    fields = {**DEMAND, **JUMP, "category": category}
    execute(desk.system, Register(IMPORTER, fields))
    assert queue(desk) == []
    execute(desk.system, Register(SYSTEM, fields))
    assert len(queue(desk)) == 2, "an order of the city's is as live as a call"


@pytest.mark.parametrize("pack", ["sh@1", "gd-2022@1"])
def test_a_pack_that_says_nothing_of_danger_stands_on_the_base(desk: Desk, clock: MovedClock, pack: str) -> None:
    """No words, no ladder, no minutes of its own: a danger to life is seen all the same, and climbs."""
    execute(desk.system, Choose(SYSTEM, pack))
    ticket = desk.register(**JUMP)
    assert "alarm" in ticket["badges"]
    (alarm,) = queue(desk, "open=true&danger=life")
    assert (alarm["rule_pack"], alarm["rule_row"], alarm["responsible"]) == ("base", "self-harm", "duty_officer")
    (limit,) = alarm["clocks"]
    told = desk.get("duty", f"/clocks/{limit['id']}/explanation")
    assert (told["table"], told["row"]) == ("limits", "alarm-raised-life")
    clock.advance(timedelta(minutes=5, seconds=1))
    sweep(desk.system)
    assert desk.get("duty", f"/alarms/{alarm['id']}")["responsible"] == "supervisor"


def test_two_officers_at_once_one_of_them_acknowledges(desk: Desk) -> None:
    alarm = an_alarm(desk)
    app, headers = create_app(desk.system), {who: {"Authorization": f"Bearer {desk.token(who)}"} for who in ("duty", "supervisor")}

    def tries(who: str) -> int:
        body = {"trigger": "acknowledge", "fields": {}}
        return app.test_client().post(f"/api/v1/alarms/{alarm}/transitions", json=body, headers=headers[who]).status_code

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(tries, ("duty", "supervisor"))) == [200, 409]
    assert desk.rows("SELECT count(*) AS n FROM history WHERE case_id = %s AND trigger = 'acknowledge'", alarm)[0]["n"] == 1


def test_how_fast_alarms_were_answered(desk: Desk, clock: MovedClock) -> None:
    assert desk.get("supervisor", "/statistics/alarms")["total"]["raised"] == 0
    alarm = an_alarm(desk)
    clock.advance(timedelta(minutes=6))
    sweep(desk.system)
    done(desk, "duty", alarm, "acknowledge")
    clock.advance(timedelta(minutes=4))
    done(desk, "duty", alarm, "act", measures_taken="已到场。")
    told = desk.get("supervisor", "/statistics/alarms")
    life = next(each for each in told["items"] if each["danger"] == "life")
    assert (life["raised"], life["open"], life["unacknowledged"], life["escalated"], life["late"]) == (1, 1, 0, 1, 1)
    assert (life["to_acknowledge"]["median"], life["to_act"]["longest"], life["to_close"]["median"]) == (360.0, 600.0, None)
    assert (told["total"]["raised"], told["total"]["unacknowledged"], told["total"]["late"]) == (2, 1, 1)
    later = desk.get("supervisor", "/statistics/alarms?since=2026-01-01T00:00:00%2B08:00")
    assert (later["items"], later["total"]["raised"]) == ([], 0)
