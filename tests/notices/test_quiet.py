"""Nobody is woken for what can wait, what cannot wait is sent at once, and a storm becomes one message."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from app.core.actors import SYSTEM
from app.core.bus import execute
from app.core.settings import Choose, Install
from app.notices.sending import send_due
from app.notices.timing import after_quiet, end_of_window, segments
from rules.packs import shipped_packs
from tests.factories.hotline import Desk
from tests.notices.sides import Gateway
from tests.notices.telling import inbox, outside, settings, told

if TYPE_CHECKING:
    from tests.fixtures.living import MovedClock

CITIZEN = {"name": "王小明", "phone": "13812345678"}
# Eleven at night in the district.
NIGHT = datetime(2025, 9, 1, 15, 0, tzinfo=UTC)
SEVEN = datetime(2025, 9, 1, 23, 0, tzinfo=UTC)
NIGHTLY = (time(22), time(7))


@pytest.fixture
def chatty(desk: Desk, gateway: Gateway, configured: Callable[..., None]) -> Desk:
    """A district whose clerk is told by SMS of every dispatch."""
    configured(sms_url=gateway.url, sms_secret="s")
    settings(desk, "clerk.cgj", {"dispatch": ["sms"]}, phone="13900000001")
    return desk


def to_the_clerk(desk: Desk) -> list[dict[str, Any]]:
    return [row for row in outside(desk) if row["channel"] == "sms" and row["user_id"] is not None]


def dispatched(desk: Desk, number: int, **changes: object) -> None:
    for _ in range(number):
        desk.a_ticket("dispatched", **changes)
    told(desk)


def test_at_night_it_waits_for_the_morning_and_stands_in_the_inbox_at_once(
    chatty: Desk, gateway: Gateway, clock: MovedClock
) -> None:
    clock.freeze(NIGHT)
    dispatched(chatty, 1)
    assert len(inbox(chatty, "clerk.cgj")) == 1
    assert send_due(chatty.system) == 0
    clock.freeze(SEVEN - timedelta(seconds=1))
    assert send_due(chatty.system) == 0
    clock.freeze(SEVEN)
    send_due(chatty.system)
    assert "新工单" in gateway.texts[0] and len(gateway.texts) == 1


def test_what_is_critical_breaks_the_quiet(chatty: Desk, gateway: Gateway, clock: MovedClock) -> None:
    clock.freeze(NIGHT)
    dispatched(chatty, 1, urgency="critical")
    send_due(chatty.system)
    assert any("特急工单" in text for text in gateway.texts)


def test_a_citizen_is_not_woken_either(desk: Desk, gateway: Gateway, configured: Callable[..., None], clock: MovedClock) -> None:
    configured(sms_url=gateway.url, sms_secret="s")
    clock.freeze(NIGHT)
    desk.a_ticket("accepted", citizen=CITIZEN)
    told(desk)
    assert send_due(desk.system) == 0
    clock.freeze(SEVEN)
    assert send_due(desk.system) == 1


def test_a_failure_before_the_quiet_is_tried_again_after_it(chatty: Desk, gateway: Gateway, clock: MovedClock) -> None:
    clock.freeze(NIGHT - timedelta(hours=1, seconds=5))
    gateway.answers.append((500, {}))
    dispatched(chatty, 1)
    send_due(chatty.system)
    assert to_the_clerk(chatty)[0]["next_try_at"] == SEVEN


def test_a_pack_may_say_other_hours_or_none(chatty: Desk, gateway: Gateway, clock: MovedClock) -> None:
    text = shipped_packs()["demo-district"].replace('quiet_hours = "22:00-07:00"', 'quiet_hours = "none"')
    version = execute(chatty.system, Install(SYSTEM, "pack", "demo-district", text, "夜间也发送"))["version"]
    execute(chatty.system, Choose(SYSTEM, f"demo-district@{version}"))
    clock.freeze(NIGHT)
    dispatched(chatty, 1)
    assert send_due(chatty.system) == 1


def test_a_storm_is_five_messages_and_one_digest(chatty: Desk, gateway: Gateway, clock: MovedClock) -> None:
    for _ in range(9):
        dispatched(chatty, 1)
        send_due(chatty.system)
    assert len(gateway.texts) == 5
    clock.advance(timedelta(minutes=30))
    assert send_due(chatty.system) == 1
    assert gateway.texts[5] == "12345热线：您有4条新消息（派单与交办 4），请登录查看。"
    assert {row["status"] for row in to_the_clerk(chatty)} == {"sent"}
    assert len(inbox(chatty, "clerk.cgj")) == 9, "the inbox holds each of them"
    count = chatty.get("clerk.cgj", "/inbox/count")
    assert (count["unread"], count["groups"][0]["kind"], count["groups"][0]["unread"]) == (9, "dispatch", 9)


def test_the_morning_after_a_busy_night_is_one_message(chatty: Desk, gateway: Gateway, clock: MovedClock) -> None:
    clock.freeze(NIGHT)
    dispatched(chatty, 8)
    clock.freeze(SEVEN + timedelta(hours=1))
    assert send_due(chatty.system) == 1
    assert gateway.texts == ["12345热线：您有8条新消息（派单与交办 8），请登录查看。"]


def test_a_digest_that_fails_is_the_same_digest_at_the_next_try(chatty: Desk, gateway: Gateway, clock: MovedClock) -> None:
    clock.freeze(NIGHT)
    dispatched(chatty, 7)
    clock.freeze(SEVEN + timedelta(hours=1))
    gateway.answers.append((500, {}))
    send_due(chatty.system)
    assert {row["status"] for row in to_the_clerk(chatty)} == {"failed"}
    dispatched(chatty, 1)
    clock.advance(timedelta(minutes=31))
    send_due(chatty.system)
    digests = [request["body"] for request in gateway.requests if "7条" in request["body"]["text"]]
    assert len(digests) == 2 and digests[0] == digests[1]
    assert {row["status"] for row in to_the_clerk(chatty)} == {"sent"}


def test_critical_ones_are_never_part_of_a_digest(chatty: Desk, gateway: Gateway) -> None:
    dispatched(chatty, 7, urgency="critical")
    send_due(chatty.system)
    assert sum("特急工单" in text for text in gateway.texts) == 7


@pytest.mark.parametrize(
    ("at", "quiet", "expected"),
    [
        ("2025-09-01T21:59:59+08:00", NIGHTLY, "2025-09-01T21:59:59+08:00"),
        ("2025-09-01T22:00:00+08:00", NIGHTLY, "2025-09-02T07:00:00+08:00"),
        ("2025-09-02T00:30:00+08:00", NIGHTLY, "2025-09-02T07:00:00+08:00"),
        ("2025-09-02T06:59:59+08:00", NIGHTLY, "2025-09-02T07:00:00+08:00"),
        ("2025-09-02T07:00:00+08:00", NIGHTLY, "2025-09-02T07:00:00+08:00"),
        ("2025-09-01T13:00:00+08:00", (time(12), time(14)), "2025-09-01T14:00:00+08:00"),
        ("2025-09-01T15:00:00+08:00", (time(12), time(14)), "2025-09-01T15:00:00+08:00"),
        ("2025-09-01T23:00:00+08:00", None, "2025-09-01T23:00:00+08:00"),
    ],
)
def test_the_end_of_the_quiet_hours(at: str, quiet: tuple[time, time] | None, expected: str) -> None:
    assert after_quiet(datetime.fromisoformat(at), quiet) == datetime.fromisoformat(expected)


def test_windows_follow_one_another_on_a_grid() -> None:
    at = datetime(2025, 9, 1, 1, 10, tzinfo=UTC)
    assert end_of_window(at, 30) == datetime(2025, 9, 1, 1, 30, tzinfo=UTC) == end_of_window(at + timedelta(minutes=19), 30)
    assert end_of_window(datetime(2025, 9, 1, 1, 30, tzinfo=UTC), 30) == datetime(2025, 9, 1, 2, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "expected"), [("字" * 70, 1), ("字" * 71, 2), ("字" * 134, 2), ("字" * 135, 3), ("a" * 160, 1), ("a" * 161, 2)]
)
def test_how_many_sms_a_text_is(text: str, expected: int) -> None:
    assert segments(text) == expected
