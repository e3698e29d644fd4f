"""Messages leave between transactions: signed, with our id as their reference, tried again with back-off, given up where all can see it."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import TYPE_CHECKING, Any

import pytest

from app.core.health import probe
from app.notices import sending, timing
from app.notices.sending import claim, send_due
from tests.factories.hotline import Desk
from tests.notices.sides import Gateway, MailServer, nobody_listens
from tests.notices.telling import outside, settings, statuses, told

if TYPE_CHECKING:
    from tests.fixtures.living import MovedClock

CITIZEN = {"name": "王小明", "phone": "13812345678"}
OVER_AN_HOUR = timedelta(minutes=73)


@pytest.fixture
def one_sms(desk: Desk, gateway: Gateway, configured: Callable[..., None]) -> Desk:
    """A district in which one SMS waits for a citizen."""
    configured(sms_url=gateway.url, sms_secret="shared secret")
    desk.a_ticket("accepted", citizen=CITIZEN)
    told(desk)
    return desk


def test_the_gateway_can_check_who_wrote_and_what(one_sms: Desk, gateway: Gateway) -> None:
    send_due(one_sms.system)
    (request,) = gateway.requests
    headers = request["headers"]
    signed = f"{headers['X-Citydesk-Timestamp']}.".encode() + request["raw"]
    assert headers["X-Citydesk-Signature"] == hmac.new(b"shared secret", signed, hashlib.sha256).hexdigest()
    assert headers["Idempotency-Key"] == request["body"]["reference"] == f"citydesk-{outside(one_sms)[0]['id']}"


def test_failed_twice_and_taken_at_the_third_try_under_one_reference(one_sms: Desk, gateway: Gateway, clock: MovedClock) -> None:
    gateway.answers.extend([(500, {}), (503, {})])
    for expected in ("failed", "failed", "sent"):
        send_due(one_sms.system)
        assert statuses(one_sms, "sms")[0][0] == expected
        assert send_due(one_sms.system) == 0, "not before its time"
        clock.advance(timedelta(minutes=2))
    assert len(set(gateway.references)) == 1 and len(gateway.requests) == 3
    assert outside(one_sms)[0]["attempts"] == 3


def test_each_wait_is_about_twice_the_one_before_and_ends_at_an_hour(one_sms: Desk, gateway: Gateway, clock: MovedClock) -> None:
    gateway.answers.extend([(500, {})] * timing.TRIES)
    waits = []
    wait = """SELECT extract(epoch FROM d.next_try_at - i.frozen_at)::float AS wait
              FROM deliveries d CROSS JOIN installation i WHERE d.channel = 'sms'"""
    for _ in range(timing.TRIES - 1):
        send_due(one_sms.system)
        waits.append(one_sms.rows(wait)[0]["wait"])
        clock.advance(OVER_AN_HOUR)
    for number, found in enumerate(waits):
        expected = min(30 * 2**number, 3600)
        assert 0.8 * expected <= found <= 1.2 * expected
    send_due(one_sms.system)
    assert statuses(one_sms, "sms") == [("given_up", "busy")] and len(gateway.requests) == timing.TRIES


def test_what_is_refused_is_given_up_at_once_and_seen_and_can_be_sent_again(one_sms: Desk, gateway: Gateway) -> None:
    gateway.answers.append((400, {"error": "bad number 13812345678"}))
    send_due(one_sms.system)
    assert statuses(one_sms, "sms") == [("given_up", "refused")]
    assert probe(one_sms.system)["notices_given_up"] == 1
    assert one_sms.call("dispatcher", "GET", "/notices/failures").status_code == 403
    (failure,) = one_sms.get("admin", "/notices/failures")["items"]
    assert (failure["channel"], failure["why_label"]) == ("sms", "对方拒绝接收（参数或号码有误）")
    assert "13812345678" not in str(failure) and "number" not in failure
    assert one_sms.call("dispatcher", "POST", f"/deliveries/{failure['id']}/retry").status_code == 403
    assert one_sms.call("admin", "POST", f"/deliveries/{failure['id']}/retry").status_code == 200
    twice = one_sms.call("admin", "POST", f"/deliveries/{failure['id']}/retry")
    assert twice.status_code == 422 and "只有已放弃的发送可以重试" in twice.json["detail"]
    send_due(one_sms.system)
    assert statuses(one_sms, "sms") == [("sent", None)] and len(set(gateway.references)) == 1
    assert one_sms.get("admin", "/notices/failures")["items"] == []


def test_a_gateway_that_does_not_answer_is_waited_for_no_longer_than_said(
    desk: Desk, gateway: Gateway, configured: Callable[..., None]
) -> None:
    configured(sms_url=gateway.url, sms_secret="s", timeout=0.3)
    gateway.answers.append((0, None))
    ticket = desk.a_ticket("accepted", citizen=CITIZEN)
    told(desk)
    send_due(desk.system)
    assert statuses(desk, "sms") == [("failed", "timeout")]
    assert desk.do("dispatcher", ticket, "dispatch", lead_unit="cgj")["state"] == "dispatched", "no legal state waits for a message"


def test_nobody_at_the_other_end(desk: Desk, configured: Callable[..., None]) -> None:
    configured(sms_url=nobody_listens(), sms_secret="s")
    desk.a_ticket("accepted", citizen=CITIZEN)
    told(desk)
    send_due(desk.system)
    assert statuses(desk, "sms") == [("failed", "unreachable")]


def test_who_dies_between_claim_and_result_loses_the_lease_and_it_is_sent_once_more_under_the_same_reference(
    one_sms: Desk, gateway: Gateway, clock: MovedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(*_: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(sending, "write", die)
    with pytest.raises(KeyboardInterrupt):
        send_due(one_sms.system)
    monkeypatch.undo()
    assert statuses(one_sms, "sms") == [("sending", None)] and len(gateway.requests) == 1
    assert send_due(one_sms.system) == 0, "the lease still runs"
    clock.advance(timing.LEASE + timedelta(seconds=1))
    assert send_due(one_sms.system) == 1
    assert statuses(one_sms, "sms") == [("sent", None)]
    assert len(gateway.references) == 2 and len(set(gateway.references)) == 1


def test_what_is_interrupted_again_and_again_is_not_sent_for_ever(one_sms: Desk, gateway: Gateway, clock: MovedClock) -> None:
    for _ in range(timing.TRIES):
        assert len(claim(one_sms.system)) == 1
        clock.advance(timing.LEASE + timedelta(seconds=1))
    send_due(one_sms.system)
    assert statuses(one_sms, "sms") == [("given_up", "withheld")] and gateway.requests == []


def test_a_late_failure_does_not_undo_what_a_later_try_has_sent(one_sms: Desk, gateway: Gateway, clock: MovedClock) -> None:
    (slow,) = claim(one_sms.system)
    clock.advance(timing.LEASE + timedelta(seconds=1))
    send_due(one_sms.system)
    sending.write(one_sms.system, slow, sending.Outcome("timeout"), None)
    assert statuses(one_sms, "sms") == [("sent", None)]


def test_two_workers_at_once_send_each_message_once(desk: Desk, gateway: Gateway, configured: Callable[..., None]) -> None:
    configured(sms_url=gateway.url, sms_secret="s")
    for _ in range(12):
        desk.a_ticket("accepted", citizen=CITIZEN)
    told(desk)
    start = Barrier(3)

    def work(_: int) -> int:
        start.wait()
        return send_due(desk.system)

    with ThreadPoolExecutor(3) as pool:
        assert sum(pool.map(work, range(3))) == 12
    assert len(gateway.references) == 12 == len(set(gateway.references))
    assert {status for status, _ in statuses(desk, "sms")} == {"sent"}


def test_a_work_chat_is_signed_as_its_robots_want_it(desk: Desk, gateway: Gateway, configured: Callable[..., None]) -> None:
    configured(chat_url=f"{gateway.url}?access_token=t", chat_secret="SEC1")
    settings(desk, "clerk.cgj", {}, chat="clerk01")
    gateway.answers.append((200, {"errcode": 0, "errmsg": "ok"}))
    desk.a_ticket("dispatched", citizen=CITIZEN)
    told(desk)
    send_due(desk.system)
    (request,) = gateway.requests
    stamp = request["query"]["timestamp"]
    signed = base64.b64encode(hmac.new(b"SEC1", f"{stamp}\nSEC1".encode(), hashlib.sha256).digest()).decode()
    assert request["query"] == {"access_token": "t", "timestamp": stamp, "sign": signed}
    assert request["body"]["at"] == {"atUserIds": ["clerk01"]} and "新工单" in request["body"]["text"]["content"]
    assert not any(word in str(request["body"]) for word in ("垃圾", "王", "138")), "nothing that a citizen said leaves the house"


@pytest.mark.parametrize(("code", "expected"), [(310000, ("given_up", "refused")), (130101, ("failed", "busy"))])
def test_a_robot_that_answers_200_and_means_no(
    desk: Desk, gateway: Gateway, configured: Callable[..., None], code: int, expected: tuple[str, str]
) -> None:
    configured(chat_url=gateway.url, chat_secret="SEC1")
    settings(desk, "clerk.cgj", {}, chat="clerk01")
    gateway.answers.append((200, {"errcode": code, "errmsg": "no"}))
    desk.a_ticket("dispatched")
    told(desk)
    send_due(desk.system)
    assert statuses(desk, "chat") == [expected]


def test_mail_goes_to_who_wished_for_it(desk: Desk, mail_server: MailServer, configured: Callable[..., None]) -> None:
    configured(mail_url=mail_server.url, mail_from="hotline@district.example")
    settings(desk, "clerk.cgj", {"dispatch": ["mail"]}, mail="clerk@unit.example")
    desk.a_ticket("dispatched", citizen=CITIZEN)
    told(desk)
    send_due(desk.system)
    (letter,) = mail_server.letters
    (row,) = [row for row in outside(desk) if row["channel"] == "mail"]
    assert f"Message-ID: <citydesk-{row['id']}@district.example>" in letter and "To: clerk@unit.example" in letter
    assert row["status"] == "sent"


@pytest.mark.parametrize(("refusal", "expected"), [("550 no such box", ("given_up", "refused")), ("451 later", ("failed", "busy"))])
def test_a_mail_server_that_refuses_for_good_or_for_now(
    desk: Desk, mail_server: MailServer, configured: Callable[..., None], refusal: str, expected: tuple[str, str]
) -> None:
    configured(mail_url=mail_server.url, mail_from="hotline@district.example")
    mail_server.refusal = refusal
    settings(desk, "clerk.cgj", {"dispatch": ["mail"]}, mail="clerk@unit.example")
    desk.a_ticket("dispatched")
    told(desk)
    send_due(desk.system)
    assert statuses(desk, "mail") == [expected]


def test_a_server_that_offers_no_encryption_gets_no_mail(desk: Desk, mail_server: MailServer, configured: Callable[..., None]) -> None:
    configured(mail_url=mail_server.url.replace("smtp+plain", "smtp"), mail_from="hotline@district.example")
    settings(desk, "clerk.cgj", {"dispatch": ["mail"]}, mail="clerk@unit.example")
    desk.a_ticket("dispatched")
    told(desk)
    send_due(desk.system)
    assert statuses(desk, "mail") == [("failed", "busy")] and mail_server.letters == []


def test_a_person_without_an_address_is_not_a_failure(desk: Desk, gateway: Gateway, configured: Callable[..., None]) -> None:
    configured(chat_url=gateway.url, chat_secret="SEC1")
    desk.a_ticket("dispatched")
    told(desk)
    send_due(desk.system)
    assert statuses(desk, "chat") == [("suppressed", "no_address")] and gateway.requests == []


def test_a_mistake_of_our_own_stops_no_other_message_and_is_given_up_in_the_end(
    one_sms: Desk, gateway: Gateway, clock: MovedClock, caplog: pytest.LogCaptureFixture
) -> None:
    one_sms.change("UPDATE notices SET params = jsonb_set(params, '{state}', '[\"nothing\", 1, \"x\"]')")
    one_sms.a_ticket("accepted", citizen=CITIZEN)
    told(one_sms)
    for _ in range(timing.TRIES):
        send_due(one_sms.system)
        clock.advance(OVER_AN_HOUR)
    assert statuses(one_sms, "sms") == [("given_up", "broken"), ("sent", None)] and len(gateway.requests) == 1
    assert CITIZEN["phone"] not in caplog.text


def test_a_number_sealed_under_a_lost_key_is_given_up_and_said(one_sms: Desk, gateway: Gateway) -> None:
    one_sms.change("UPDATE citizens SET phone_sealed = '\\x0100000009'::bytea || substring(phone_sealed FROM 6)")
    send_due(one_sms.system)
    assert statuses(one_sms, "sms") == [("given_up", "unopened")] and gateway.requests == []
