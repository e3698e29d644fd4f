"""The dispatch desk without scripts: suggested, dispatched, undone, many at once; the next one opens by itself."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

from app.core.actors import SYSTEM
from app.core.bus import execute
from app.core.settings import Choose, Install
from rules.packs import shipped_packs
from tests.factories.hotline import Desk
from tests.web_pages.eyes import Eyes, another, cost, words

if TYPE_CHECKING:
    from tests.fixtures.living import MovedClock

HOME = "/desk/dispatch"


def test_a_ticket_is_sent_to_the_suggested_unit_and_the_next_opens(desk: Desk) -> None:
    first, second = (desk.a_ticket("accepted", title=title) for title in ("垃圾成堆", "井盖缺失"))
    eyes = Eyes(desk, "dispatcher")
    page = eyes.open(HOME)
    assert "垃圾成堆" in page and "试验区城市管理局" in words(page) and "派单目录" in words(page)
    page = eyes.done(page, f"{HOME}/{first}", lead_unit=str(desk.unit_ids["cgj"]), instructions="今天内联系")
    ticket = desk.get("dispatcher", f"/tickets/{first}")
    assert ticket["state"] == "dispatched" and ticket["assignments"][0]["instructions"] == "今天内联系"
    assert f'action="{HOME}/{second}"' in page and "10分钟内可撤销" in page


def test_another_unit_and_helpers_may_be_named_by_code(desk: Desk) -> None:
    ticket = desk.a_ticket("accepted")
    eyes = Eyes(desk, "dispatcher")
    eyes.done(eyes.open(HOME), f"{HOME}/{ticket}", other_unit="swj 试验区水务局", co_units="hbj 试验区生态环境局，qshj")
    shares = desk.get("dispatcher", f"/tickets/{ticket}")["assignments"]
    assert [(share["unit"]["code"], share["role"]) for share in shares] == [("swj", "lead"), ("hbj", "co"), ("qshj", "co")]


def test_a_wrong_unit_is_said_beside_the_field_and_the_words_stay(desk: Desk) -> None:
    ticket = desk.a_ticket("accepted")
    eyes = Eyes(desk, "dispatcher")
    refused = eyes.send(eyes.open(HOME), f"{HOME}/{ticket}", other_unit="没有的单位", instructions="留着这句话")
    assert refused.status_code == 400 and 'id="lead_unit-wrong"' in refused.text and "留着这句话" in refused.text


def test_it_is_undone_within_ten_minutes_and_only_so_long(desk: Desk, clock: MovedClock) -> None:
    ticket = desk.a_ticket("accepted")
    eyes = Eyes(desk, "dispatcher")
    page = eyes.done(eyes.open(HOME), f"{HOME}/{ticket}", lead_unit=str(desk.unit_ids["cgj"]))
    page = eyes.done(page, f"{HOME}/undo/{ticket}")
    assert "派单已撤销" in page and desk.get("dispatcher", f"/tickets/{ticket}")["state"] == "accepted"
    eyes.done(eyes.open(HOME), f"{HOME}/{ticket}", lead_unit=str(desk.unit_ids["cgj"]))
    clock.advance(timedelta(minutes=11))
    assert "刚派出" not in eyes.open(HOME)


def test_an_old_ticket_just_sent_may_be_undone_whatever_else_waits_unsigned(desk: Desk, clock: MovedClock) -> None:
    old = desk.a_ticket("accepted", title="登记最早的一件")
    newer = [desk.a_ticket("dispatched") for _ in range(22)]
    clock.advance(timedelta(minutes=1))
    eyes = Eyes(desk, "dispatcher")
    page = eyes.done(eyes.open(HOME), f"{HOME}/{old}", lead_unit=str(desk.unit_ids["cgj"]))
    undo = [int(found) for found in re.findall(rf'action="{HOME}/undo/(\d+)"', page)]
    assert undo[0] == old and sorted(undo[1:]) == newer, "the last one sent is the first that u takes back"
    assert "刚派出" not in Eyes(desk, another(desk, "dispatcher")).open(HOME), "each undoes his own"
    clock.advance(timedelta(minutes=9, seconds=30))
    page = eyes.open(HOME)
    assert re.findall(rf'action="{HOME}/undo/(\d+)"', page) == [str(old)], "the others have had their ten minutes"
    eyes.done(page, f"{HOME}/undo/{old}")
    assert desk.get("dispatcher", f"/tickets/{old}")["state"] == "accepted"


def test_how_long_it_may_be_undone_the_pack_says(desk: Desk, clock: MovedClock) -> None:
    text = shipped_packs()["demo-district"].replace('undo_dispatch_within = "10min"', 'undo_dispatch_within = "25min"')
    execute(desk.system, Install(SYSTEM, "pack", "demo-district", text, "撤销时限改为二十五分钟"))
    execute(desk.system, Choose(SYSTEM, "demo-district@2"))
    eyes, agent = Eyes(desk, "dispatcher"), Eyes(desk, "agent")
    ticket = desk.a_ticket("accepted")
    assert "25分钟内可撤销" in eyes.done(eyes.open(HOME), f"{HOME}/{ticket}", lead_unit=str(desk.unit_ids["cgj"]))
    made = desk.register()["id"]
    clock.advance(timedelta(minutes=24))
    assert f'action="{HOME}/undo/{ticket}"' in eyes.open(HOME) and f'action="/intake/undo/{made}"' in agent.open("/intake")
    clock.advance(timedelta(minutes=2))
    assert "/undo/" not in eyes.open(HOME) and "/undo/" not in agent.open("/intake")


def test_many_at_once_each_with_its_own_result(desk: Desk) -> None:
    fine, odd = desk.a_ticket("accepted"), desk.a_ticket("accepted", category="0402", title="目录里没有的一件")
    eyes = Eyes(desk, "dispatcher")
    page, ticked = eyes.open(HOME), [str(fine), str(odd)]
    sent = [eyes.send(page, f"{HOME}/batch", id=ticked) for _ in range(2)]
    assert [answer.status_code for answer in sent] == [303, 303] and sent[0].headers["Location"] == sent[1].headers["Location"]
    told = words(eyes.open(sent[0].headers["Location"]))
    assert told == words(eyes.open(sent[0].headers["Location"])), "opened again it does nothing"
    history = desk.get("dispatcher", f"/tickets/{fine}/history")["items"]
    assert [row["trigger"] for row in history if row["case"] == fine].count("dispatch") == 1
    assert "已派" in told and "试验区城市管理局" in told
    assert desk.get("dispatcher", f"/tickets/{fine}")["state"] == "dispatched"
    left = desk.get("dispatcher", f"/tickets/{odd}")["state"] == "accepted"
    assert left == ("未派" in told)


def test_a_suggested_unit_stands_with_how_it_has_done_with_this_matter(desk: Desk) -> None:
    assert "件同类中办复" not in words(Eyes(desk, "dispatcher").open(f"{HOME}?ticket={desk.a_ticket('accepted')}")), "nothing yet"
    desk.a_ticket("closed")
    late = desk.a_ticket("completed")
    desk.change("UPDATE clocks SET late = true WHERE root_id = %s AND name = 'handle_clock'", late)
    desk.a_ticket("closed", citizen={"phone": "13812345678", "confidential": True})
    desk.a_ticket("handling")
    desk.a_ticket("closed", category="0402")
    asked = desk.a_ticket("accepted")
    told = desk.get("dispatcher", f"/directory?ticket={asked}&record=true")["suggestion"]
    assert told["unit"]["code"] == "cgj"
    assert told["record"] == {"of": 4, "replied": 2, "late": 1, "rated": 1, "satisfied": 1}
    assert desk.get("dispatcher", f"/directory?ticket={asked}")["suggestion"]["record"] is None, "only for whoever asks for it"
    page = words(Eyes(desk, "dispatcher").open(f"{HOME}?ticket={asked}"))
    assert "最近 4 件同类中办复 2 · 超期 1 · 满意 1/1" in " ".join(page.split())
    english = words(Eyes(desk, "dispatcher", **{"Accept-Language": "en"}).open(f"{HOME}?ticket={asked}"))
    assert "Of the last 4 of this matter it answered 2 · late 1 · satisfied 1/1" in " ".join(english.split())
    clerk = desk.get("clerk.cgj", f"/directory?ticket={late}&record=true")
    assert [row["record"] for row in clerk["items"]] == [None] * len(clerk["items"]), "the centre's to know"


def test_the_cost_does_not_grow_with_the_queue(desk: Desk) -> None:
    desk.a_ticket("accepted")
    eyes = Eyes(desk, "dispatcher")
    few = cost(eyes, HOME)
    for _ in range(8):
        desk.a_ticket("accepted")
    assert cost(eyes, HOME) <= few + 1
    assert few <= 30
