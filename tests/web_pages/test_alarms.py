"""The duty queue: what nobody has answered first, one key answers, and who comes too late is told so."""

from __future__ import annotations

import re

from tests.duty.test_alarms import an_alarm, done
from tests.factories.hotline import Desk
from tests.web_pages.eyes import Eyes, cost, hidden, words

HERE = "/alarms"


def test_it_is_answered_by_one_form_and_stands_below_afterwards(desk: Desk) -> None:
    alarm = an_alarm(desk)
    eyes = Eyes(desk, "duty")
    page = eyes.open(HERE)
    assert "(2) 险情告警" in page and "讨薪无果" in page and "分钟" in words(page) and 'data-key="a"' in page
    page = eyes.done(page, f"{HERE}/{alarm}/acknowledge")
    assert "(1) 险情告警" in page and "已确认" in page
    assert desk.get("duty", f"/alarms/{alarm}")["state"] == "acknowledged"


def test_a_part_of_the_page_tells_the_title_and_is_told_what_was_done(desk: Desk) -> None:
    alarm = an_alarm(desk)
    eyes = Eyes(desk, "duty")
    page = eyes.open(HERE)
    asked = {**eyes.headers, "HX-Request": "true"}
    part = eyes.browser.get(f"{HERE}/rows", headers=asked).text
    assert part.lstrip().startswith("<title>(2)")
    form = re.search(rf'<form[^>]*action="{HERE}/{alarm}/acknowledge".*?</form>', page, re.DOTALL)
    assert form
    sent = [eyes.browser.post(f"{HERE}/{alarm}/acknowledge", data=hidden(form[0]), headers=asked) for _ in range(2)]
    assert [answer.status_code for answer in sent] == [204, 204] and "citydesk:done" in sent[0].headers["HX-Trigger"]


def test_who_comes_too_late_is_told_so_on_the_queue(desk: Desk) -> None:
    alarm = an_alarm(desk)
    eyes = Eyes(desk, "duty")
    page = eyes.open(HERE)
    done(desk, "supervisor", alarm, "acknowledge")
    late = eyes.send(page, f"{HERE}/{alarm}/acknowledge")
    assert late.status_code in (409, 412) and 'role="alert"' in late.text


def test_acted_on_and_closed_it_has_ended(desk: Desk) -> None:
    alarm = an_alarm(desk)
    eyes = Eyes(desk, "duty")
    for trigger, typed in (("act", {"measures_taken": "已通知公安到场"}), ("close", {"alarm_result": "人员已安全"})):
        act = f"/act/alarms/{alarm}/{trigger}"
        page = eyes.done(eyes.open(f"{act}?to={HERE}/{alarm}"), act, **typed)
    assert "已关闭" in page and "已通知公安到场" in page and "人员已安全" in page and "跳楼" in page
    assert "alarm_words" not in page and "系统自带" in page, "the rule is told by what it rests on"
    assert "讨薪无果" in eyes.open(f"{HERE}?state=closed,false_alarm")


def test_only_who_is_on_duty_has_the_queue(desk: Desk) -> None:
    assert Eyes(desk, "leader").status(HERE) == 200
    assert Eyes(desk, "agent").status(HERE) == 403


def test_more_alarms_cost_no_more_trips(desk: Desk) -> None:
    an_alarm(desk)
    eyes = Eyes(desk, "duty")
    few = cost(eyes, HERE)
    for _ in range(3):
        an_alarm(desk)
    assert cost(eyes, HERE) == few
