"""A form whose session has ended goes on after the sign-in, whole: its codes and names, its way back, its files chosen again."""

from __future__ import annotations

import re
from base64 import b32decode
from io import BytesIO

import pytest
from werkzeug.test import TestResponse

from app.core.actors import SYSTEM
from app.core.bus import execute
from app.people.credentials import ResetPassword
from app.people.totp import SECONDS, code_at, plain
from app.web.visits import COOKIE
from tests.factories.hotline import Desk
from tests.factories.people import PASSWORD
from tests.web_pages.eyes import Eyes, form_of, hidden, words

PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


def known(desk: Desk, who: str, first: bool = False) -> Eyes:
    """Somebody's browser; who has a password of his own, unless it is the `first` one, which he must change."""
    execute(desk.system, ResetPassword(SYSTEM, desk.user_ids[who], PASSWORD))
    desk.change("UPDATE users SET must_change_password = %s WHERE id = %s", first, desk.user_ids[who])
    return Eyes(desk, who)


def ended(eyes: Eyes, page: str, action: str, **typed: object) -> TestResponse:
    eyes.browser.delete_cookie(COOKIE)
    answer = eyes.send(page, action, **typed)
    assert answer.status_code == 401 and "您填写的内容会原样保留" in answer.text
    return answer


def come_back(eyes: Eyes, page: str, who: str) -> str:
    return eyes.send(page, "/sign-in", username=who, password=PASSWORD).text


def gone_on(eyes: Eyes, kept: str, to: str, **more: object) -> TestResponse:
    """What the button of the kept form does."""
    assert "继续提交" in kept
    return eyes.browser.post(to, data={**hidden(form_of(kept, to)), **more}, headers=eyes.headers)


FORMS = {
    "units": {"name": "应急局", "kind": "department", "code": "yjj", "parent_id": "centre"},
    "people": {"username": "xin.lai", "name": "新来的", "unit_id": "cgj"},
    "categories": {"code": "0103", "name": "共享单车", "parent_id": "01"},
}


@pytest.mark.parametrize(("where", "typed"), FORMS.items(), ids=FORMS)
def test_a_code_and_a_name_go_on(desk: Desk, where: str, typed: dict[str, str]) -> None:
    eyes, form = known(desk, "admin"), f"/admin/{where}/new"
    kept = come_back(eyes, ended(eyes, eyes.open(form), form, **typed).text, "admin")
    assert PASSWORD not in kept and typed["name"] in words(kept)
    done = gone_on(eyes, kept, form)
    assert done.status_code == 303 and typed["name"] in eyes.open(done.headers["Location"])


def test_an_action_goes_on_and_back_to_where_it_came_from(desk: Desk) -> None:
    ticket = desk.a_ticket("replied")
    eyes = known(desk, "reviewer")
    action, back = f"/act/tickets/{ticket}/send_back", f"/desk/review?id={ticket}"
    typed = {"gate_quality": "fail", "gate_quality_reason": "没有说明 <b>", "reason": "请补充"}
    wrong = come_back(eyes, ended(eyes, eyes.open(f"{action}?to={back}"), action, **typed).text, "nobody")
    assert "用户名或密码不正确" in wrong, "a wrong guess keeps it too"
    kept = come_back(eyes, wrong, "reviewer")
    told = words(kept.partition("<main")[2])
    assert "质量关的理由" in told and "不通过" in told and "没有说明 <b>" in told
    assert not re.search("gate_|fail|version|csrf|/desk/review", told), "in words, and nothing that nobody has filled in"
    done = gone_on(eyes, kept, action)
    assert done.status_code == 303 and done.headers["Location"] == back
    assert desk.get("reviewer", f"/tickets/{ticket}")["state"] != "replied"


def test_a_file_is_asked_for_again(desk: Desk) -> None:
    entry = desk.get("supervisor", "/tickets")["items"] or [{"id": desk.a_ticket("handling")}]
    at = f"/tickets/{entry[0]['id']}"
    eyes = known(desk, "dispatcher")
    action = f"{at}/attachments"
    out = ended(eyes, eyes.open(at), action, kind="other", file=(BytesIO(PDF), "现场.pdf"))
    assert "文件须重新选择" in out.text
    kept = come_back(eyes, out.text, "dispatcher")
    assert "请重新选择文件" in kept and "现场.pdf" in kept and 'type="file" name="file"' in kept
    assert gone_on(eyes, kept, action, file=(BytesIO(PDF), "现场.pdf")).status_code == 303
    assert "现场.pdf" in eyes.open(at)


def test_a_second_factor_is_set_up_in_between(desk: Desk) -> None:
    eyes = known(desk, "agent")
    needed = {"numbers": {}, "second_factor_roles": ["agent"], "reason": "话务员须用动态验证码"}
    assert desk.call("security", "POST", "/policy", needed).status_code == 200
    page = ended(eyes, eyes.open("/intake"), "/intake", title="路灯不亮", content="三盏路灯不亮", type="report").text
    page = come_back(eyes, page, "agent")
    assert "须先设置动态验证码" in page
    begun = eyes.send(page, "/account/second-factor").text
    secret = b32decode(plain(re.findall("<kbd>([A-Z2-7 ]{16,})</kbd>", begun)[0]))
    (at,) = desk.rows("SELECT extract(epoch FROM coalesce(frozen_at, clock_timestamp() + shift))::bigint AS now FROM installation")
    kept = eyes.send(begun, "/account/second-factor/confirm", code=code_at(secret, at["now"] // SECONDS)).text
    assert "恢复码" in kept, words(kept.partition("<main")[2])
    assert 'value="三盏路灯不亮"' in kept
    assert gone_on(eyes, kept, "/intake").status_code in (303, 400)


def test_a_first_password_is_changed_in_between(desk: Desk) -> None:
    eyes = known(desk, "agent", first=True)
    page = ended(eyes, eyes.open("/intake"), "/intake", title="路灯不亮", content="三盏路灯不亮", type="report").text
    page = come_back(eyes, page, "agent")
    assert "请先修改初始密码" in page
    weak = eyes.send(page, "/password", username="agent", old=PASSWORD, new="short")
    assert weak.status_code == 422
    page = eyes.send(weak.text, "/password", username="agent", old=PASSWORD, new="Another-horse-8").text
    kept = eyes.send(page, "/sign-in", username="agent", password="Another-horse-8").text
    assert 'value="三盏路灯不亮"' in kept and "Another-horse-8" not in kept and PASSWORD not in kept
    assert gone_on(eyes, kept, "/intake").status_code in (303, 400)
