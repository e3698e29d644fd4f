"""The inbox: a number on every page by one statement, messages that open what they are about, settings that lose nothing."""

from __future__ import annotations

from bench.pages import counting
from tests.factories.hotline import Desk
from tests.notices.telling import told
from tests.web_pages.eyes import Eyes, cost, words

COUNT = "/inbox/count"


def test_the_number_is_small_and_costs_one_statement(desk: Desk) -> None:
    eyes = Eyes(desk, "clerk.cgj")
    assert eyes.open(COUNT).strip() == ""
    base = cost(eyes, COUNT)
    for _ in range(3):
        desk.a_ticket("dispatched")
    told(desk)
    assert words(eyes.open(COUNT)).split() == ["3", "条未读"]
    with counting() as spent:
        eyes.open(COUNT)
        assert spent() == base
    assert desk.get("clerk.cgj", "/inbox/count?most=2")["unread"] == 2


def test_a_message_opens_what_it_is_about_and_is_read(desk: Desk) -> None:
    ticket = desk.a_ticket("dispatched")
    told(desk)
    eyes = Eyes(desk, "clerk.cgj")
    item = desk.get("clerk.cgj", "/inbox")["items"][0]["id"]
    page = eyes.done(eyes.open("/inbox"), f"/inbox/{item}/read")
    assert desk.get("clerk.cgj", f"/tickets/{ticket}")["number"] in page
    assert desk.get("clerk.cgj", "/inbox/count")["unread"] == 0
    assert f'href="/tickets/{ticket}"' in eyes.open("/inbox?kind=dispatch")


def test_all_are_read_up_to_what_was_seen(desk: Desk) -> None:
    desk.a_ticket("dispatched")
    told(desk)
    eyes = Eyes(desk, "clerk.cgj")
    page = eyes.open("/inbox")
    desk.a_ticket("dispatched")
    told(desk)
    eyes.done(page, "/inbox/read-all")
    assert desk.get("clerk.cgj", "/inbox/count")["unread"] == 1


def test_settings_are_kept_and_a_wrong_number_loses_nothing(desk: Desk) -> None:
    eyes = Eyes(desk, "clerk.cgj")
    place = "/account/notices"
    page = eyes.open(place)
    refused = eyes.send(page, place, **{"own-dispatch": "1", "by-dispatch": "sms", "phone": "12345", "mail": "a@unit.example"})
    assert refused.status_code == 400 and 'value="12345"' in refused.text and 'id="phone-wrong"' in refused.text
    assert 'name="own-dispatch" value="1" checked' in refused.text
    page = eyes.done(page, place, **{"own-dispatch": "1", "by-dispatch": ["sms", "chat"], "phone": "13900000001"})
    assert "已保存" in page and "139****0001" in page
    given = desk.get("clerk.cgj", "/me/notice-settings")
    assert given["channels"] == {"dispatch": ["chat", "sms"]}
    eyes.done(page, place, **{"forget-phone": "1"})
    given = desk.get("clerk.cgj", "/me/notice-settings")
    assert given["channels"] == {} and given["addresses"]["phone"] is None
