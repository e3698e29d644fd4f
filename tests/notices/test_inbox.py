"""One's own inbox and nobody else's: unread first, counted by kind, read once; how one wishes to be told, except of what is critical."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from app.core.actors import SYSTEM
from app.core.bus import execute
from app.core.key_use import keys_in_use
from app.notices.chores import forget
from app.notices.commands import ResealAddresses
from app.notices.sending import send_due
from tests.factories.hotline import Desk
from tests.notices.sides import Gateway
from tests.notices.telling import inbox, outside, settings, told

if TYPE_CHECKING:
    from tests.fixtures.living import MovedClock


@pytest.fixture
def three(desk: Desk) -> Desk:
    """Three tickets were dispatched to one unit."""
    for _ in range(3):
        desk.a_ticket("dispatched")
    told(desk)
    return desk


def test_unread_first_and_page_by_page(three: Desk) -> None:
    newest, middle, oldest = three.get("clerk.cgj", "/inbox")["items"]
    assert newest["id"] > middle["id"] > oldest["id"] and newest["ticket"] > oldest["ticket"]
    assert three.call("clerk.cgj", "POST", f"/inbox/{newest['id']}/read").status_code == 200
    first = three.get("clerk.cgj", "/inbox?limit=2")
    second = three.get("clerk.cgj", f"/inbox?limit=2&cursor={first['next']}")
    assert [item["id"] for item in first["items"] + second["items"]] == [middle["id"], oldest["id"], newest["id"]]
    assert second["next"] is None and second["items"][0]["read_at"] == "2025-09-01T09:30:00+08:00"


def test_nobody_reads_or_marks_anothers(three: Desk) -> None:
    item = three.get("clerk.cgj", "/inbox")["items"][0]["id"]
    for who in ("handler.cgj", "clerk.swj", "supervisor", "admin"):
        assert three.get(who, "/inbox")["items"] == []
        assert three.call(who, "POST", f"/inbox/{item}/read").status_code == 404
    assert three.get("clerk.cgj", "/inbox/count")["unread"] == 3
    assert three.call("", "GET", "/inbox").status_code == 401


def test_all_read_up_to_what_was_seen(three: Desk, clock: MovedClock) -> None:
    seen = three.get("clerk.cgj", "/inbox/count")["newest"]
    three.a_ticket("dispatched")
    told(three)
    answer = three.call("clerk.cgj", "POST", "/inbox/read-all", {"up_to": seen})
    assert answer.status_code == 200 and answer.json["count"] == 3
    count = three.get("clerk.cgj", "/inbox/count")
    assert (count["unread"], count["critical"]) == (1, 0)
    assert count["groups"] == [{"kind": "dispatch", "unread": 1, "critical": 0, "label": "派单与交办"}]


def test_it_speaks_english_to_who_asks_for_it(three: Desk) -> None:
    answer = three.call("clerk.cgj", "GET", "/inbox", Accept_Language="en")
    assert answer.json["items"][0]["text"].startswith("New ticket ") and "Complaint" in answer.json["items"][0]["text"]


def test_a_unit_that_lost_sight_of_a_ticket_is_told_so_without_seeing_it(desk: Desk) -> None:
    ticket = desk.a_ticket("handling")
    desk.do("dispatcher", ticket, "recall", reason="派错单位")
    told(desk)
    assert desk.call("clerk.cgj", "GET", f"/tickets/{ticket}").status_code == 404
    assert any("已从试验区城市管理局收回" in text for text in inbox(desk, "clerk.cgj"))


def test_a_person_chooses_his_channels_by_kind(desk: Desk, gateway: Gateway, configured: Callable[..., None]) -> None:
    configured(sms_url=gateway.url, sms_secret="s")
    shown = settings(desk, "clerk.cgj", {"dispatch": ["sms"]}, phone="+86 139-0000-0001", mail="clerk@unit.example")
    assert shown["channels"] == {"dispatch": ["sms"]}
    assert shown["addresses"] == {"phone": "139****0001", "mail": "c***@unit.example", "chat": None}
    assert shown["configured"] == {"inbox": True, "sms": True, "mail": False, "chat": False}
    desk.a_ticket("dispatched")
    told(desk)
    send_due(desk.system)
    assert [request["body"]["to"] for request in gateway.requests] == ["13900000001"]
    settings(desk, "clerk.cgj", {"dispatch": []})
    assert desk.get("clerk.cgj", "/me/notice-settings")["addresses"]["phone"] == "139****0001", "what is not named stays"
    desk.a_ticket("dispatched")
    told(desk)
    send_due(desk.system)
    assert len(gateway.requests) == 1


def test_what_is_critical_cannot_be_switched_off(desk: Desk, gateway: Gateway, configured: Callable[..., None]) -> None:
    configured(sms_url=gateway.url, sms_secret="s")
    settings(desk, "clerk.cgj", {"dispatch": [], "deadline": []}, phone="13900000001")
    desk.a_ticket("dispatched", urgency="critical")
    told(desk)
    send_due(desk.system)
    assert [request["body"]["to"] for request in gateway.requests] == ["13900000001"]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "channels"),
        ({"channels": {"weather": ["sms"]}}, "channels"),
        ({"channels": {"dispatch": ["pigeon"]}}, "channels"),
        ({"channels": {"citizen": ["sms"]}}, "channels"),
        ({"channels": {}, "phone": "020-88886666"}, "phone"),
        ({"channels": {}, "mail": "王 <x@y.example>"}, "mail"),
        ({"channels": {}, "fax": "1"}, "fax"),
    ],
)
def test_settings_that_cannot_be(desk: Desk, body: object, field: str) -> None:
    refused = desk.call("clerk.cgj", "PUT", "/me/notice-settings", body)
    assert refused.status_code == 400 and any(name.startswith(field) for name in refused.json["errors"])
    assert desk.rows("SELECT * FROM notice_settings") == []


def test_a_number_leaves_no_digest_behind_that_could_be_tried(desk: Desk) -> None:
    refused = desk.call("clerk.cgj", "PUT", "/me/notice-settings", {"channels": {}, "phone": "13900000001"}, Idempotency_Key="k")
    assert refused.status_code == 400 and "幂等键" in refused.json["detail"]
    assert desk.rows("SELECT * FROM receipts") == [] == desk.rows("SELECT * FROM notice_settings")


def test_addresses_are_sealed_and_move_to_a_new_key(desk: Desk) -> None:
    settings(desk, "clerk.cgj", {}, phone="13900000001", chat="clerk01")
    (row,) = desk.rows("SELECT * FROM notice_settings")
    assert b"13900000001" not in bytes(row["addresses_sealed"])
    fresh = desk.system.keyring.add_key()
    assert execute(desk.system, ResealAddresses(SYSTEM, 0)) is None
    assert keys_in_use(desk.system) == {fresh}
    assert desk.get("clerk.cgj", "/me/notice-settings")["addresses"]["phone"] == "139****0001"


def test_who_was_told_of_a_ticket_is_for_the_centre(three: Desk) -> None:
    ticket = three.get("clerk.cgj", "/inbox")["items"][0]["ticket"]
    lines = three.get("dispatcher", f"/tickets/{ticket}/deliveries")["items"]
    told_of = [(line["recipient"]["name"], line["channel"], line["status"]) for line in lines if line["channel"] == "inbox"]
    assert told_of == [("试验区城市管理局热线联络员", "inbox", "sent")]
    assert three.call("clerk.cgj", "GET", f"/tickets/{ticket}/deliveries").status_code == 403
    assert three.call("clerk.swj", "GET", f"/tickets/{ticket}/deliveries").status_code == 404
    assert three.call("admin", "GET", f"/tickets/{ticket}/deliveries").status_code == 404


def test_what_was_read_long_ago_is_forgotten_and_what_failed_is_not(three: Desk, clock: MovedClock) -> None:
    item = three.get("clerk.cgj", "/inbox")["items"][0]["id"]
    three.call("clerk.cgj", "POST", f"/inbox/{item}/read")
    three.change("UPDATE deliveries SET status = 'given_up', why = 'busy' WHERE id = %s", outside(three)[0]["id"])
    clock.advance(timedelta(days=89))
    assert forget(three.system) == 0
    clock.advance(timedelta(days=2))
    assert forget(three.system) == 1 and len(inbox(three, "clerk.cgj")) == 2
    clock.advance(timedelta(days=300))
    forget(three.system)
    assert inbox(three, "clerk.cgj") == [] and [row["status"] for row in outside(three)] == ["given_up"]
    assert len(three.rows("SELECT id FROM notices")) == 1
