"""The frame of pages: who comes in, what a refusal looks like, that nothing typed is lost, and both languages one click apart."""

from __future__ import annotations

import html
import re

from flask.testing import FlaskClient

from app.main import PAGES
from app.web.visits import COOKIE, inner_path
from tests.factories.hotline import Desk
from tests.web_pages.eyes import Eyes, words

CJK = re.compile("[\u4e00-\u9fff]")
FIELD = re.compile(r"{(\w+)}")
SAID = re.compile(r'<bdi class="said".*?</bdi>', re.DOTALL)


def test_nobody_is_sent_to_sign_in_and_comes_back_to_what_was_asked(desk: Desk, client: FlaskClient) -> None:
    answer = client.get("/desk/dispatch?state=registered", headers={"Accept": "text/html"})
    assert answer.status_code == 303
    assert answer.headers["Location"] == "/sign-in?next=%2Fdesk%2Fdispatch%3Fstate%3Dregistered"
    page = client.get(answer.headers["Location"], headers={"Accept": "text/html"}).text
    assert 'name="to" value="/desk/dispatch?state=registered"' in page


def test_a_way_on_never_leads_to_another_site() -> None:
    for wanted in ("https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", "/a\n/b"):
        assert inner_path(wanted) == "/"
    assert inner_path("/tickets?q=路灯") == "/tickets?q=路灯"


def test_a_wrong_password_keeps_the_name_and_never_the_password(desk: Desk, client: FlaskClient) -> None:
    answer = client.post("/sign-in", data={"username": "agent", "password": "猜的密码", "to": "/tickets"}, headers={"Accept": "text/html"})
    assert answer.status_code == 401
    assert "用户名或密码不正确" in answer.text and 'value="agent"' in answer.text and "猜的密码" not in answer.text
    assert COOKIE not in answer.headers.get("Set-Cookie", "")


def test_a_page_of_another_role_is_refused_as_a_page(desk: Desk) -> None:
    answer = Eyes(desk, "agent").browser.get("/desk/dispatch", headers={"Accept": "text/html"})
    assert (answer.status_code, answer.mimetype) == (403, "text/html")
    assert "您的角色不能打开此页面" in answer.text


def test_a_form_without_our_proof_changes_nothing(desk: Desk) -> None:
    ticket = desk.a_ticket("accepted")
    eyes = Eyes(desk, "dispatcher")
    unproven = eyes.browser.post(f"/desk/dispatch/{ticket}", data={"lead_unit": "cgj"}, headers=eyes.headers)
    assert unproven.status_code == 403 and "页面已过期" in unproven.text
    page = eyes.open(f"/desk/dispatch?ticket={ticket}")
    foreign = {**eyes.headers, "Sec-Fetch-Site": "cross-site"}
    assert eyes.browser.post(f"/desk/dispatch/{ticket}", data={"csrf": "x"}, headers=foreign).status_code == 403
    assert desk.get("dispatcher", f"/tickets/{ticket}")["state"] == "accepted" and 'name="csrf"' in page


def test_after_the_session_ended_what_was_typed_goes_on_with_the_next_one(desk: Desk) -> None:
    ticket = desk.a_ticket("accepted")
    eyes = Eyes(desk, "dispatcher")
    page = eyes.open(f"/desk/dispatch?ticket={ticket}")
    eyes.browser.delete_cookie(COOKIE)
    ended = eyes.send(page, f"/desk/dispatch/{ticket}", instructions="请今天内联系 <b>", lead_unit="cgj")
    assert ended.status_code == 401 and "您填写的内容会原样保留" in ended.text
    assert 'name="kept.instructions" value="请今天内联系 &lt;b&gt;"' in ended.text and 'name="kept.csrf"' not in ended.text
    part = eyes.browser.post(f"/desk/dispatch/{ticket}", data={"x": "1"}, headers={**eyes.headers, "HX-Request": "true"})
    assert (part.status_code, part.headers["HX-Trigger"], part.text) == (401, "citydesk:signin", "")


def test_refusals_of_parts_are_said_and_leave_the_page_as_it_is(desk: Desk) -> None:
    eyes = Eyes(desk, "agent")
    part = eyes.browser.get("/desk/dispatch/queue", headers={**eyes.headers, "HX-Request": "true"})
    assert part.status_code == 403 and part.headers["HX-Retarget"] == "#said" and "<html" not in part.text


def test_the_language_is_one_click_and_is_remembered(desk: Desk) -> None:
    desk.a_ticket("accepted")
    eyes = Eyes(desk, "dispatcher")
    chinese = eyes.open("/desk/dispatch")
    assert '<html lang="zh-CN"' in chinese and 'href="/desk/dispatch?lang=en"' in chinese
    english = eyes.open("/desk/dispatch?lang=en")
    assert '<html lang="en"' in english and "Dispatch desk" in english
    again = eyes.open("/tickets")
    assert "Find tickets" in again
    assert "There is nothing at this address." in eyes.browser.get("/nothing", headers=eyes.headers).text


def test_the_other_language_of_a_refused_form_is_the_page_that_has_the_form(desk: Desk) -> None:
    desk.a_ticket("accepted", title="另一件")
    ticket = desk.a_ticket("accepted", title="留在眼前的一件")
    eyes = Eyes(desk, "dispatcher")
    refused = eyes.send(eyes.open(f"/desk/dispatch?ticket={ticket}"), f"/desk/dispatch/{ticket}", other_unit="没有的单位")
    assert refused.status_code == 400
    english = re.search(r'class="btn btn-sm btn-ghost lang"[^>]* href="([^"]*)"', refused.text)
    assert english and html.unescape(english[1]) == f"/desk/dispatch?ticket={ticket}&lang=en"
    page = eyes.open(html.unescape(english[1]))
    assert '<html lang="en"' in page and f'action="/desk/dispatch/{ticket}"' in page
    batch = eyes.browser.post(f"/desk/dispatch/undo/{ticket}", data={"csrf": "x"}, headers=eyes.headers)
    assert batch.status_code == 403 and 'href="/desk/dispatch?lang=zh"' in batch.text, "else the nearest page above"


def test_a_form_names_a_page_that_is_there(desk: Desk) -> None:
    paths = {page.path.split("?")[0] for page in PAGES if page.method == "GET"}
    named = [page for page in PAGES if page.form]
    assert named and [page.path for page in named if page.form.split("?")[0] not in paths] == []
    assert [page.path for page in named if not set(FIELD.findall(page.form)) <= set(FIELD.findall(page.path))] == []


def test_nothing_stays_in_chinese_on_an_english_page_but_what_people_wrote(desk: Desk) -> None:
    ticket = desk.a_ticket("replied")
    eyes = Eyes(desk, "reviewer", **{"Accept-Language": "en"})
    for path in ("/", "/tickets", f"/tickets/{ticket}", f"/tickets/{ticket}/sheet", f"/act/tickets/{ticket}/send_back"):
        page = eyes.open(path)
        spoken = words(SAID.sub("", page)).replace("中文", "")
        assert not CJK.search(spoken), (path, [line for line in spoken.splitlines() if CJK.search(line)])


def test_an_address_is_never_markup(desk: Desk) -> None:
    page = Eyes(desk, "agent").browser.get('/"><script>alert(1)</script>', headers={"Accept": "text/html"})
    assert page.status_code == 404 and "<script>alert" not in page.text
    api = Eyes(desk, "agent").browser.get("/api/v1/nothing", headers={"Accept": "text/html"})
    assert (api.status_code, api.mimetype) == (404, "application/problem+json")


def test_any_action_has_a_form_made_from_the_definition(desk: Desk) -> None:
    ticket = desk.a_ticket("replied")
    eyes = Eyes(desk, "reviewer")
    action = f"/act/tickets/{ticket}/annotate"
    page = eyes.open(f"{action}?to=/tickets/{ticket}")
    refused = eyes.send(page, action)
    assert refused.status_code == 400
    assert re.findall(r'id="(?:a-)?(\w+)-wrong">(\S+)<', refused.text) == [("note", "必须填写。")]
    page = eyes.done(page, action, note="已电话核实。")
    assert "已完成" in page and "已电话核实。" in page


def test_a_step_that_has_become_impossible_says_so(desk: Desk) -> None:
    ticket = desk.a_ticket("replied")
    eyes = Eyes(desk, "reviewer")
    action = f"/act/tickets/{ticket}/approve"
    page = eyes.open(action)
    eyes.done(eyes.open(action), action)
    told = eyes.send(page, action, note="又审一次")
    assert told.status_code in (409, 412) and "情况已经变化" in told.text


def test_a_stale_form_says_what_changed_and_keeps_the_words(desk: Desk) -> None:
    ticket = desk.a_ticket("replied")
    one, other = Eyes(desk, "reviewer"), Eyes(desk, "reviewer")
    action = f"/act/tickets/{ticket}/annotate"
    page = one.open(action)
    other.done(other.open(f"/act/tickets/{ticket}/reclassify"), f"/act/tickets/{ticket}/reclassify", urgency="urgent")
    told = one.send(page, action, note="补充说明 " + "长" * 300)
    assert told.status_code == 412 and "您打开后，又发生了" in told.text and "重新分类" in told.text and "长" * 300 in told.text
    one.done(told.text, action, note="补充说明")


def test_sent_twice_it_is_done_once(desk: Desk) -> None:
    ticket = desk.a_ticket("replied")
    eyes = Eyes(desk, "reviewer")
    action = f"/act/tickets/{ticket}/annotate"
    page = eyes.open(action)
    assert [eyes.send(page, action, note="只记一次").status_code for _ in range(2)] == [303, 303]
    rows = [row for row in desk.get("reviewer", f"/tickets/{ticket}/history")["items"] if row["trigger"] == "annotate"]
    assert len(rows) == 1


def test_strange_words_break_nothing(desk: Desk) -> None:
    strange = ["<script>alert('题')</script>", "👩‍🚒🔥表情", "长" * 4000, "شكوى من الشارع ‮abc", "a" * 4000]
    for text in strange:
        ticket = desk.a_ticket("accepted", title=text[:200], content=text)
        page = Eyes(desk, "dispatcher").open(f"/tickets/{ticket}")
        assert "<script>alert" not in page
        assert 'dir="auto"' in page
