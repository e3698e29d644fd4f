"""Coming in by the page: the first password, the lock, the second factor, an idle end that loses nothing, one role of several."""

from __future__ import annotations

import re
from base64 import b32decode
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from werkzeug.test import TestResponse

from app.core.actors import SYSTEM
from app.core.bus import execute
from app.people.commands import GrantRole
from app.people.credentials import ResetPassword
from app.people.totp import SECONDS, code_at, plain
from tests.factories.hotline import Desk
from tests.factories.people import PASSWORD
from tests.web_pages.eyes import form_of, hidden, words

if TYPE_CHECKING:
    from tests.fixtures.living import MovedClock

READS = {"Accept": "text/html", "Accept-Language": "zh-CN"}
# How a part of a page asks for itself anew.
RENEWAL = {"HX-Request": "true", "X-Refresh": "1"}
NEW = "Another-horse-8"


class Somebody:
    """A browser that has no session yet."""

    def __init__(self, desk: Desk) -> None:
        self.browser = desk.client.application.test_client()

    def open(self, path: str, **headers: str) -> TestResponse:
        return self.browser.get(path, headers={**READS, **headers})

    def send(self, page: str, action: str, **typed: Any) -> TestResponse:
        return self.browser.post(action, data={**hidden(form_of(page, action)), **typed}, headers=READS)

    def come_in(self, username: str, to: str = "/", **typed: Any) -> TestResponse:
        return self.send(self.open(f"/sign-in?next={to}").text, "/sign-in", **{"username": username, "password": PASSWORD, **typed})


@pytest.fixture
def desk(desk: Desk) -> Desk:
    for name in ("agent", "handler.cgj"):
        execute(desk.system, ResetPassword(SYSTEM, desk.user_ids[name], PASSWORD))
        desk.change("UPDATE users SET must_change_password = false WHERE id = %s", desk.user_ids[name])
    return desk


def test_too_many_guesses_lock_and_keep_the_name(desk: Desk, clock: MovedClock) -> None:
    guest = Somebody(desk)
    for _ in range(5):
        answer = guest.come_in("agent", password="Wrong-horse-1")
        assert answer.status_code == 401 and 'value="agent"' in answer.text and "Wrong-horse-1" not in answer.text
    answer = guest.come_in("agent")
    assert answer.status_code == 401 and "锁定" in words(answer.text) and 'value="agent"' in answer.text
    clock.advance(timedelta(minutes=16))
    assert guest.come_in("agent", to="/intake").headers["Location"] == "/intake"


def test_the_first_password_opens_only_its_change(desk: Desk) -> None:
    execute(desk.system, ResetPassword(SYSTEM, desk.user_ids["agent"], PASSWORD))
    guest = Somebody(desk)
    assert guest.come_in("agent", to="/intake").headers["Location"] == "/password"
    page = guest.open("/password").text
    weak = guest.send(page, "/password", username="agent", old=PASSWORD, new="short")
    assert weak.status_code == 422 and 'value="agent"' in weak.text and PASSWORD not in weak.text
    assert guest.send(page, "/password", username="agent", old=PASSWORD, new=NEW).headers["Location"] == "/sign-in"
    assert guest.come_in("agent", to="/intake", password=NEW).headers["Location"] == "/intake"


def test_a_second_factor_is_shown_once_asked_for_and_replaced_by_a_recovery_code(desk: Desk, clock: MovedClock) -> None:
    guest = Somebody(desk)
    guest.come_in("agent")
    begun = guest.send(guest.open("/account/second-factor").text, "/account/second-factor").text
    assert "<svg" in begun
    secret = b32decode(plain(re.findall("<kbd>([A-Z2-7 ]{16,})</kbd>", begun)[0]))

    def code() -> str:
        (at,) = desk.rows("SELECT frozen_at FROM installation")
        return code_at(secret, int(at["frozen_at"].timestamp()) // SECONDS)

    wrong = guest.send(begun, "/account/second-factor/confirm", code="000000")
    assert wrong.status_code == 422 and "验证码" in words(wrong.text)
    codes = re.findall("<li>([^<]{8,})</li>", guest.send(begun, "/account/second-factor/confirm", code=code()).text)
    assert len(codes) >= 8

    other = Somebody(desk)
    asked = other.come_in("agent")
    assert asked.status_code == 401 and 'name="code"' in asked.text and 'value="agent"' in asked.text
    clock.advance(timedelta(seconds=SECONDS))
    assert other.come_in("agent", code=code()).status_code == 303
    assert Somebody(desk).come_in("agent", code=codes[0]).status_code == 303
    assert Somebody(desk).come_in("agent", code=codes[0]).status_code == 401, "a recovery code opens once"


def test_after_half_an_hour_without_a_hand_the_session_ends_and_a_renewal_is_no_hand(desk: Desk, clock: MovedClock) -> None:
    guest = Somebody(desk)
    guest.come_in("agent")
    form = guest.open("/intake").text
    clock.advance(timedelta(minutes=20))
    assert guest.open("/inbox/count", **RENEWAL).status_code == 200
    clock.advance(timedelta(minutes=11))
    assert guest.open("/inbox/count", **RENEWAL).status_code == 401
    assert guest.open("/intake").headers["Location"].startswith("/sign-in")

    # What was typed goes on with the next session.
    ended = guest.send(form, "/intake", title="路灯不亮", content="三盏路灯不亮", type="report")
    assert "重新登录后" in words(ended.text) and 'name="kept.title" value="路灯不亮"' in ended.text
    kept = guest.send(ended.text, "/sign-in", username="agent", password=PASSWORD).text
    assert 'value="三盏路灯不亮"' in kept and PASSWORD not in kept


def test_one_role_of_several_leaves_its_pages_and_rights(desk: Desk) -> None:
    unit = desk.unit_ids["cgj"]
    execute(desk.system, GrantRole(SYSTEM, desk.user_ids["handler.cgj"], "unit_clerk", unit))
    guest = Somebody(desk)
    guest.come_in("handler.cgj")
    assert 'href="/desk/unit"' in guest.open("/").text and 'href="/handling"' in guest.open("/").text
    page = guest.open("/account").text
    assert guest.send(page, "/account/role", role="handler").headers["Location"] == "/"
    assert 'href="/desk/unit"' not in guest.open("/").text and guest.open("/desk/unit").status_code == 403
    assert guest.send(guest.open("/account").text, "/account/role", role="").status_code == 303
    assert guest.open("/desk/unit").status_code == 200
