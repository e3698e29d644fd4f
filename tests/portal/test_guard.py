"""What keeps machines out without another house's help, and lets every person through who sends once more."""

from __future__ import annotations

import re
from contextlib import closing
from dataclasses import replace
from datetime import timedelta

import pytest

from app.config import Config
from app.core.system import System
from app.errors import IllFormed
from app.main import build, create_app
from app.portal import guard, track
from app.portal.draft import title_of
from app.portal.stamp import DIGITS_EN, DIGITS_ZH, Stamp, fresh, question, read, right, written
from tests.fixtures.living import MovedClock
from tests.portal.conftest import FILLED, Citizen, code_in, photo

ASKED = re.compile("([二三四五六七八九])加([二三四五六七八九])等于几")


def answer_in(page: str) -> str:
    found = ASKED.search(page)
    assert found, "the question is put"
    return str(DIGITS_ZH.index(found[1]) + DIGITS_ZH.index(found[2]))


def test_too_quick_is_sent_once_more(citizen: Citizen) -> None:
    citizen.open_form(seconds=1)
    answer = citizen.send((photo(), "a.jpg"))
    assert answer.status_code == 422 and "提交得太快了" in answer.text and citizen.tickets() == []
    citizen.clock.advance(timedelta(seconds=5))
    assert citizen.send().status_code == 303 and citizen.ticket()["content"] == FILLED["content"]
    assert len(citizen.desk.rows("SELECT 1 AS n FROM attachments")) == 1


def test_an_old_page_is_sent_once_more(citizen: Citizen) -> None:
    citizen.open_form(seconds=25 * 3600, agree="")
    citizen.send((photo(), "a.jpg"))
    citizen.form["agree"] = "yes"
    answer = citizen.send()
    assert answer.status_code == 422 and "超过一天" in answer.text and citizen.tickets() == [] and "a.jpg" in answer.text
    citizen.clock.advance(timedelta(seconds=5))
    assert citizen.send().status_code == 303 and len(citizen.desk.rows("SELECT 1 AS n FROM attachments")) == 1


@pytest.mark.parametrize("changed", [{"stamp": ""}, {"stamp": "1.0.ab"}, {"key": "0" * 32}, {"key": "x"}, {"key": "", "stamp": ""}])
def test_a_stamp_that_is_not_ours_puts_a_question(citizen: Citizen, changed: dict[str, str]) -> None:
    citizen.open_form()
    citizen.form |= changed
    answer = citizen.send()
    assert answer.status_code == 422 and citizen.tickets() == [] and citizen.form["content"] == FILLED["content"]
    citizen.clock.advance(timedelta(seconds=5))
    unanswered = citizen.send()
    assert unanswered.status_code == 400 and "答案不对" in unanswered.text and citizen.tickets() == [], "sending again alone does not help"
    citizen.form["answer"] = answer_in(unanswered.text)
    assert citizen.send().status_code == 303


def test_the_hidden_field_puts_a_question_and_loses_nothing(citizen: Citizen) -> None:
    citizen.open_form(website="https://buy.example")
    answer = citizen.send()
    assert answer.status_code == 422 and citizen.form["content"] == FILLED["content"] and citizen.tickets() == []
    citizen.form |= {"website": "", "answer": "1"}
    assert "答案不对" in citizen.send().text
    citizen.form["answer"] = f" {answer_in(answer.text)} ".translate(str.maketrans("0123456789", "０１２３４５６７８９"))
    assert citizen.send().status_code == 303


def test_a_number_that_registers_much_is_asked_and_then_stopped(
    citizen: Citizen, clock: MovedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guard, "ASK_ADDRESS", 1000)
    asked = []
    for number in range(10):
        citizen.open_form(content=f"第 {number} 盏路灯坏了")
        answer = citizen.send()
        asked.append(answer.status_code)
        if answer.status_code == 422:
            citizen.form["answer"] = answer_in(answer.text)
            assert citizen.send().status_code == 303
    assert asked == [303] * 3 + [422] * 7 and len(citizen.tickets()) == 10
    citizen.open_form(content="第十一盏路灯坏了")
    answer = citizen.send()
    assert answer.status_code == 429 and "请拨打 12345" in answer.text and answer.headers["Retry-After"] == "3600"
    assert citizen.form["content"] == "第十一盏路灯坏了" and len(citizen.tickets()) == 10
    clock.advance(timedelta(hours=1, minutes=5))
    assert citizen.send().status_code == 303, "an hour later"


def test_an_address_that_registers_much_is_asked_and_then_stopped(citizen: Citizen, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guard, "ASK_ADDRESS", 1)
    monkeypatch.setattr(guard, "MOST_ADDRESS", 2)
    citizen.register()
    citizen.open_form(phone="13900000001")
    answer = citizen.send()
    assert answer.status_code == 422
    citizen.form["answer"] = answer_in(answer.text)
    assert citizen.send().status_code == 303
    citizen.open_form(phone="13900000002")
    assert citizen.send().status_code == 429 and citizen.form["content"] == FILLED["content"]
    neighbour = Citizen(citizen.desk, citizen.clock, "172.16.0.1")
    neighbour.open_form(phone="13900000002")
    assert neighbour.send().status_code == 303


def test_who_leaves_no_number_is_asked_sooner(citizen: Citizen) -> None:
    for number in range(guard.ASK_UNNAMED):
        citizen.register(who="anonymous", phone="", content=f"第 {number} 盏路灯坏了")
    citizen.open_form(who="anonymous", phone="", content="又一盏")
    assert citizen.send().status_code == 422


def test_trying_costs_too(citizen: Citizen, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guard, "MOST_TRIES", 2)
    citizen.open_form(agree="")
    assert [citizen.send().status_code for _ in range(3)] == [400, 400, 429]
    assert citizen.form["content"] == FILLED["content"]


def test_a_stamp_outlives_a_change_of_keys(system: System) -> None:
    stamp = fresh(1_000).put()
    text, asked = written(system.keyring, stamp), question(system.keyring, stamp.key, "en")
    system.keyring.add_key()
    assert read(system.keyring, stamp.key, text) == stamp and stamp != Stamp(stamp.key, 1_000)
    one, other = (DIGITS_EN.index(word) for word in re.findall(r"\b(?:" + "|".join(DIGITS_EN) + r")\b", asked))
    assert right(system.keyring, stamp.key, str(one + other)) and not right(system.keyring, stamp.key, "１" * 5)
    for other_text in (text.replace(".1.", ".0."), text.replace("1000.", "1001."), text[:-1]):
        assert read(system.keyring, stamp.key, other_text) is None


def test_a_title_is_the_first_sentence() -> None:
    assert title_of("\n\n路灯坏了。请修。") == "路灯坏了"
    assert title_of("长" * 4000) == "长" * 29 + "…"
    assert title_of("。。。") == "。。。"


def test_the_first_registration_of_an_hour_needs_no_question(citizen: Citizen) -> None:
    citizen.open_form()
    assert "等于几" not in citizen.get("/portal/demand").text and code_in(citizen.send())


@pytest.mark.parametrize(("proxies", "told"), [(0, [404, 429, 429]), (1, [404, 404, 429])])
def test_a_proxy_is_believed_only_where_it_is_ours(config: Config, monkeypatch: pytest.MonkeyPatch, proxies: int, told: list[int]) -> None:
    monkeypatch.setattr(track, "MOST_WRONG", 1)
    own = f"10.9.{proxies}.1"
    with closing(build(replace(config, proxies=proxies))) as system:
        client = create_app(system).test_client()
        answers = [
            client.get("/t/x", headers={"X-Forwarded-For": f"192.0.2.1, {believed}"}, environ_base={"REMOTE_ADDR": own}).status_code
            for believed in (f"198.51.{proxies}.1", f"198.51.{proxies}.2", f"198.51.{proxies}.2")
        ]
    assert answers == told


def test_how_many_proxies_is_a_small_number() -> None:
    assert Config.from_env({"CITYDESK_PROXIES": "2"}).proxies == 2 and Config.from_env({}).proxies == 0
    for wrong in ("x", "-1", "6"):
        with pytest.raises(IllFormed, match="CITYDESK_PROXIES"):
            Config.from_env({"CITYDESK_PROXIES": wrong})
