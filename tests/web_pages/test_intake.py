"""Intake without scripts: what is told becomes a ticket once, whatever is wrong stays on the page, nothing personal in addresses."""

from __future__ import annotations

import html
import logging
import re
from datetime import timedelta
from typing import Any

import pytest

from tests.factories.hotline import Desk
from tests.fixtures.living import MovedClock
from tests.knowledge.test_knowledge import published
from tests.links.test_restrictions import act, propose
from tests.links.told import moment_later
from tests.web_pages.eyes import Eyes, cost, words

PHONE = "13800001234"
TOLD: dict[str, Any] = {
    "phone": PHONE, "name": "王女士", "content": "小区门口垃圾堆了三天。没有人清理。", "type": "complaint", "channel": "phone",
    "urgency": "urgent", "category": "垃圾清运", "address": "青石路 5 号", "street": "青石街道办事处", "anonymous": "true",
}  # fmt: skip
NUMBER = re.compile(r'class="intake-number number"><a href="/tickets/(\d+)">')


@pytest.fixture
def eyes(desk: Desk) -> Eyes:
    return Eyes(desk, "agent")


def register(eyes: Eyes, **changes: Any) -> int:
    page = eyes.done(eyes.open("/intake"), "/intake", **{**TOLD, **changes})
    found = NUMBER.search(page)
    assert found, words(page)
    return int(found[1])


def value(page: str, name: str) -> str:
    """What stands in a field."""
    box = re.search(rf'<textarea[^>]*name="{name}"[^>]*>(.*?)</textarea>|<input[^>]*name="{name}"[^>]*>', page, re.DOTALL)
    assert box, name
    inside = box[1] if box[1] is not None else re.search(r'value="([^"]*)"', box[0])[1]  # type: ignore[index]
    return html.unescape(inside)


def test_what_is_told_becomes_a_ticket(desk: Desk, eyes: Eyes) -> None:
    ticket = desk.get("agent", f"/tickets/{register(eyes)}")
    assert ticket["title"] == "小区门口垃圾堆了三天" and ticket["state"] == "registered" and ticket["urgency"] == "urgent"
    assert ticket["category"]["code"] == "010101" and ticket["location"]["street"] == "青石街道办事处"
    assert ticket["citizen"]["phone"] == "138****1234" and ticket["citizen"]["anonymous"] is True
    page = eyes.open(f"/intake?made={ticket['id']}")
    assert ticket["number"] in page and ticket["tracking_code"] in page
    assert value(page, "content") == value(page, "phone") == "", "the next form is empty"
    assert re.search(r'<input[^>]*name="phone"[^>]* autofocus', page)


def test_sent_twice_it_is_one_ticket(desk: Desk, eyes: Eyes) -> None:
    page = eyes.open("/intake")
    first, second = (eyes.send(page, "/intake", **TOLD, then="accept") for _ in range(2))
    assert first.status_code == second.status_code == 303 and first.headers["Location"] == second.headers["Location"]
    assert len(desk.rows("SELECT id FROM tickets")) == 1


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"phone": "不知道"}, "电话号码只能由数字组成"),
        ({"contact": "abc"}, "电话号码只能由数字组成"),
        ({"occurred_at": "2031-01-01T10:00"}, "晚于"),
        ({"type": ""}, "必须"),
        ({"lon": "114.2"}, "经度和纬度必须同时填写"),
        ({"lon": "东边", "lat": "22.6"}, "必须"),
        ({"category": "月球"}, "没有符合的事项分类"),
        ({"title": "字" * 201}, "最多 200 个字"),
    ],
)
def test_what_is_wrong_is_said_and_all_that_was_typed_stays(desk: Desk, eyes: Eyes, wrong: dict[str, str], said: str) -> None:
    answer = eyes.send(eyes.open("/intake"), "/intake", **{**TOLD, **wrong})
    assert 400 <= answer.status_code < 500 and said in words(answer.text), words(answer.text)
    for name in ("phone", "name", "content", "address", "street", "category"):
        assert value(answer.text, name) == {**TOLD, **wrong}[name]
    assert 'value="urgent" data-chord="Alt+9" checked' in answer.text
    assert re.search(r'name="anonymous" value="true" checked', answer.text)
    assert desk.rows("SELECT id FROM tickets") == []


def test_words_that_fit_several_categories_are_asked_about(desk: Desk, eyes: Eyes) -> None:
    answer = eyes.send(eyes.open("/intake"), "/intake", **{**TOLD, "category": "城市"})
    assert answer.status_code == 400 and "请从下列中选择" in words(answer.text)
    assert {"0101", "0102"} <= set(re.findall(r'name="category_pick" value="(\w+)"', answer.text))
    done = eyes.done(answer.text, "/intake", **{**TOLD, "category": "城市", "category_pick": "0102"})
    assert desk.get("agent", f"/tickets/{NUMBER.search(done)[1]}")["category"]["code"] == "0102"  # type: ignore[index]
    for typed in ("010101", "010101 垃圾清运", "ljqy"):
        assert desk.get("agent", f"/tickets/{register(eyes, category=typed)}")["category"]["code"] == "010101"


def test_whatever_people_say_is_shown_as_they_said_it(desk: Desk, eyes: Eyes) -> None:
    hard = {"title": "<script>alert(1)</script>", "name": "🐼😀", "content": "字" * 4000, "address": "شارع الملك 5"}
    ticket = register(eyes, **hard)
    told = desk.get("agent", f"/tickets/{ticket}")
    assert told["title"] == hard["title"] and told["content"] == hard["content"] and told["location"]["address"] == hard["address"]
    page = eyes.open(f"/intake?made={ticket}")
    assert "<script>alert" not in page and "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "<script>alert" not in eyes.open(f"/intake/earlier/{ticket}")


def test_the_callers_history_and_what_is_known_without_scripts(desk: Desk, eyes: Eyes, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    earlier = register(eyes, category="010101")
    moment_later(desk)
    page = eyes.open("/intake")
    for phone in (PHONE, "138-0000-1234", "1234"):
        seen = eyes.send(page, "/intake", "/intake/look", **{**TOLD, "phone": phone})
        assert seen.status_code == 200 and value(seen.text, "content") == TOLD["content"] and value(seen.text, "phone") == phone
        history = seen.text.partition('id="intake-caller"')[2].partition("</section>")[0]
        assert f'formaction="/intake/instead/{earlier}"' in history and "小区门口垃圾堆了三天" in words(history)
    assert "没有以前的工单" in words(eyes.send(page, "/intake", "/intake/look", **{**TOLD, "phone": "13911112222"}).text)
    assert "以前的工单" not in words(eyes.send(page, "/intake", "/intake/look", **{**TOLD, "phone": "138"}).text)
    assert PHONE not in caplog.text and "1234" not in "".join(re.findall(r'(?:href|action|hx-get|hx-post)="([^"]*)"', seen.text))
    beside = Eyes(desk, "agent", **{"HX-Request": "true"})
    told = beside.browser.post("/intake/caller", data={**TOLD, "csrf": csrf_of(page)}, headers=beside.headers)
    assert told.status_code == 200 and "<form" not in told.text and "小区门口垃圾堆了三天" in told.text


def csrf_of(page: str) -> str:
    found = re.search(r'name="csrf" value="(\w+)"', page)
    assert found
    return found[1]


def test_a_restricted_number_is_told_at_once(desk: Desk, eyes: Eyes) -> None:
    proposed = propose(desk, "agent", register(eyes)).json["id"]
    assert act(desk, "supervisor", proposed, "approve").json["state"] == "active"
    page = eyes.send(eyes.open("/intake"), "/intake", "/intake/look", **TOLD).text
    assert re.search(r'<p class="note note-soon" role="status">.*不计入催单次数', page, re.DOTALL)
    register(eyes)


def test_a_supplement_instead_of_a_new_ticket(desk: Desk, eyes: Eyes) -> None:
    earlier = register(eyes)
    page = eyes.open("/intake")
    form = eyes.send(page, "/intake", f"/intake/instead/{earlier}", **TOLD)
    assert form.status_code == 200 and value(form.text, "text") == TOLD["content"]
    refused = eyes.send(form.text, f"/intake/supplement/{earlier}", kind="", text="还是没人来")
    assert refused.status_code == 400 and value(refused.text, "text") == "还是没人来"
    done = eyes.done(form.text, f"/intake/supplement/{earlier}", kind="urge", text="还是没人来")
    assert "已记在原工单上" in words(done)
    assert ("ticket", "supplement") in desk.triggers(earlier) and len(desk.rows("SELECT id FROM tickets")) == 1


def test_answered_at_once_by_the_knowledge_base(desk: Desk, eyes: Eyes) -> None:
    entry = published(desk)
    told = {**TOLD, "type": "consult", "content": "问公积金怎么提取。"}
    page = eyes.send(eyes.open("/intake"), "/intake", "/intake/look", **told).text
    assert f'name="entry" value="{entry}"' in page
    form = eyes.send(page, "/intake", "/intake/answer", **told, entry=str(entry)).text
    assert value(form, "reply_text").startswith("购买、建造") and value(form, "content") == told["content"]
    done = eyes.done(form, "/intake", **told, reply_text="可以提取，带身份证。", outcome="explained")
    ticket = desk.get("agent", f"/tickets/{NUMBER.search(done)[1]}")  # type: ignore[index]
    assert ticket["state"] == "completed"
    assert [step for _, step in desk.triggers(ticket["id"])][:3] == ["register", "accept", "answer"]
    assert desk.get("agent", f"/knowledge/{entry}")["cited"] == 1


def test_linked_as_it_is_registered(desk: Desk, eyes: Eyes) -> None:
    main = register(eyes, phone="13800005555")
    desk.do("agent", main, "accept")
    ticket = register(eyes, link=f"same_fact:{main}")
    assert [(row["kind"], row["ticket"]["id"]) for row in desk.get("agent", f"/tickets/{ticket}/links")["items"]] == [("same_fact", main)]
    assert desk.get("agent", f"/tickets/{ticket}")["state"] == "accepted"


def test_what_was_to_follow_may_be_refused_and_its_words_stay(desk: Desk, eyes: Eyes) -> None:
    main = register(eyes)
    desk.do("agent", main, "void", reason="误登")
    answer = eyes.send(eyes.open("/intake"), "/intake", **TOLD, link=f"same_fact:{main}", reply_text="已转告环卫。")
    assert answer.status_code == 200 and "已登记" in words(answer.text) and "后续步骤未完成" in words(answer.text)
    assert value(answer.text, "reply_text") == "已转告环卫。"
    assert len(desk.rows("SELECT id FROM tickets")) == 2
    assert value(eyes.open("/intake"), "content") == "", "it is not to be registered once more"


def test_just_registered_may_be_taken_back_for_some_minutes(desk: Desk, eyes: Eyes, clock: MovedClock) -> None:
    first, second = register(eyes), register(eyes)
    page = eyes.open("/intake")
    done = eyes.done(page, f"/intake/undo/{second}")
    assert "登记已撤销" in words(done) and desk.get("agent", f"/tickets/{second}")["state"] == "void"
    assert f"/intake/undo/{second}" not in done and f"/intake/undo/{first}" in done
    clock.advance(timedelta(minutes=11))
    assert "/intake/undo/" not in eyes.open("/intake")


def test_a_draft_comes_back_and_is_forgotten_when_it_is_registered(desk: Desk, eyes: Eyes) -> None:
    page = eyes.open("/intake")
    eyes.browser.post("/drafts/intake", data={**TOLD, "csrf": csrf_of(page)}, headers=eyes.headers)
    page = eyes.open("/intake")
    assert value(page, "content") == TOLD["content"] and "已恢复草稿" in words(page)
    assert 'value="complaint" data-chord="Alt+3" checked' in page
    eyes.done(page, "/intake", **TOLD)
    assert value(eyes.open("/intake"), "content") == ""


def test_a_session_that_ended_meanwhile_loses_nothing(desk: Desk, eyes: Eyes) -> None:
    page = eyes.open("/intake")
    eyes.browser.delete_cookie("citydesk_session")
    asked = eyes.send(page, "/intake", **TOLD)
    assert asked.status_code == 401 and TOLD["content"] in html.unescape(asked.text) and desk.rows("SELECT id FROM tickets") == []
    fresh = Eyes(desk, "agent")
    stale = fresh.browser.post("/intake", data={**TOLD, "csrf": "another session's", "key": "0123456789abcdef"}, headers=fresh.headers)
    assert stale.status_code == 403 and value(stale.text, "content") == TOLD["content"]


def test_who_may_open_it_and_in_english(desk: Desk) -> None:
    assert Eyes(desk, "handler.cgj").status("/intake") == 403 and Eyes(desk, "dispatcher").status("/intake") == 200
    page = Eyes(desk, "agent", **{"Accept-Language": "en"}).open("/intake")
    assert "What is told" in page and "Registered today" in page
    assert not re.search(r"[\u4e00-\u9fff]", words(re.sub(r"<bdi.*?</bdi>|>中文<", "", page)))


def test_units_streets_and_categories_are_found_by_words_code_and_pinyin(desk: Desk, eyes: Eyes) -> None:
    for asked in ("垃圾", "010101", "ljqy"):
        assert 'data-value="010101 垃圾清运"' in eyes.open(f"/pick/categories?q={asked}")
    for asked in ("水务", "swj", "shiyan"):
        assert 'data-value="swj 试验区水务局"' in eyes.open(f"/pick/units?q={asked}")
    assert 'data-value="青石街道办事处"' in eyes.open("/pick/streets?q=qs") and "水务" not in eyes.open("/pick/streets?q=swj")
    assert "<li" not in eyes.open("/pick/categories?q=") and "centre" not in eyes.open("/pick/units?q=centre")


def test_trips_to_the_database_do_not_grow_with_what_was_registered(desk: Desk, eyes: Eyes) -> None:
    register(eyes)
    few = cost(eyes, "/intake")
    for number in range(4):
        register(eyes, phone=f"1390000{number:04}")
    assert cost(eyes, "/intake") == few
