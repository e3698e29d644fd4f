"""The ticket's own pages tell limits and steps in words, never in the codes of rules."""

from __future__ import annotations

import io
import re
from datetime import timedelta
from typing import TYPE_CHECKING

from PIL import Image

from tests.factories.hotline import MONDAY, Desk
from tests.factories.shares import ASKED
from tests.web_pages.eyes import Eyes, words

if TYPE_CHECKING:
    from tests.fixtures.living import MovedClock

CODE = re.compile(r"(?<![\w-])[+-]?\d+(?:wd|wh|nd|min)(?![\w-])")

EXTENDED = "2025-10-24T18:00:00+08:00"
WAITING = {"pause_ground": "awaiting_citizen", "reason": "诉求人本周不在家"}


def test_what_limits_will_do_is_told_in_words(desk: Desk) -> None:
    ticket = desk.a_ticket("handling")
    page = words(Eyes(desk, "supervisor").open(f"/tickets/{ticket}/forecast"))
    assert "已用去" in page and "已超期" in page and "已到期" in page
    assert CODE.findall(page) == []


def test_the_page_of_a_ticket_has_no_code_of_an_amount(desk: Desk) -> None:
    page = words(Eyes(desk, "dispatcher").open(f"/tickets/{desk.a_ticket('handling')}"))
    assert "经过" in page and CODE.findall(page) == []


def test_a_life_with_an_extension_a_pause_a_link_and_files_is_one_line_of_time(desk: Desk, clock: MovedClock) -> None:
    # The limit runs over the National Day of 2025: 1 to 8 October.
    clock.freeze(MONDAY + timedelta(days=28))
    earlier, ticket = desk.a_ticket("handling"), desk.a_ticket("handling")
    desk.do("dispatcher", ticket, "link", main_ticket=earlier, link_kind="similar", reason="同一小区")
    desk.do("clerk.cgj", ticket, "request_extension", **ASKED, new_due_at=EXTENDED)
    eyes = Eyes(desk, "dispatcher")
    page = eyes.open(f"/tickets/{ticket}")
    assert lit(page) == ["办理中"] and 'class="flow-line flow-been"' in page
    assert f'href="/tickets/{earlier}"' in page and "同类" in words(page)
    story = words(page)[words(page).index("经过") :]
    assert story.index("登记") < story.index("派单") < story.index("签收") < story.index("申请延期")

    limit = next(each for each in desk.get("dispatcher", f"/tickets/{ticket}")["clocks"] if each["name"] == "total_clock")
    walk = words(eyes.open(f"/clocks/{limit['id']}"))
    assert "国庆" in walk and "规则" in walk and "2025-10-09" in walk
    desk.do("lead.cgj", ticket, "pause", **WAITING)
    clock.advance(timedelta(hours=2))
    desk.do("clerk.cgj", ticket, "end_pause", note="诉求人已回来")
    handled = next(each for each in desk.get("clerk.cgj", f"/tickets/{ticket}")["clocks"] if each["name"] == "handle_clock")
    assert "暂停" in words(eyes.open(f"/clocks/{handled['id']}"))


def test_a_file_that_is_not_what_its_name_says_is_refused_beside_its_field(desk: Desk) -> None:
    ticket = desk.a_ticket("handling")
    eyes = Eyes(desk, "handler.cgj")
    page, action = eyes.open(f"/tickets/{ticket}"), f"/tickets/{ticket}/attachments"
    wrong = eyes.send(page, action, kind="site", file=(io.BytesIO(b"MZ\x90\x00 this program"), "现场.jpg"))
    assert 400 <= wrong.status_code < 500 and re.search(r'id="f-file".{0,200}invalid-feedback|role="alert"', wrong.text, re.DOTALL)
    assert desk.get("handler.cgj", f"/tickets/{ticket}/attachments")["items"] == []
    held = io.BytesIO()
    Image.new("RGB", (40, 30), "red").save(held, "PNG")
    held.seek(0)
    shown = eyes.done(page, action, kind="site", file=(held, "现场.png"))
    assert "现场.png" in words(shown)
    file = desk.get("handler.cgj", f"/tickets/{ticket}/attachments")["items"][0]["id"]
    answer = eyes.browser.get(f"/files/{file}")
    assert answer.status_code == 200 and answer.headers["Content-Disposition"].startswith("attachment")
    assert Eyes(desk, "handler.swj").status(f"/files/{file}") == 404


def test_who_the_citizen_is_is_shown_once_with_a_number_to_dial(desk: Desk) -> None:
    ticket = desk.a_ticket("handling", citizen={"name": "张小明", "phone": "13812345678"})
    eyes, action = Eyes(desk, "handler.cgj"), f"/tickets/{ticket}/unmask"
    page = eyes.open(action)
    assert "13812345678" not in page
    refused = eyes.send(page, action, fields=["phone"], reason="想")
    assert refused.status_code == 400 and "13812345678" not in refused.text and "至少 4 个字" in words(refused.text)
    seen = eyes.send(refused.text, action, fields=["name", "phone"], reason="约定上门时间")
    assert seen.status_code == 200 and 'href="tel:13812345678"' in seen.text
    assert "姓名张小明电话13812345678" in "".join(words(seen.text).split()) and "13812345678" not in eyes.open(action)


def lit(page: str) -> list[str]:
    return re.findall(r'class="flow-state flow-here[^"]*">.*?<text[^>]*>([^<]+)<', page)
