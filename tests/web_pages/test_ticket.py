"""The ticket's own pages tell limits and steps in words, never in the codes of rules."""

from __future__ import annotations

import re

from tests.factories.hotline import Desk
from tests.web_pages.eyes import Eyes, words

CODE = re.compile(r"(?<![\w-])[+-]?\d+(?:wd|wh|nd|min)(?![\w-])")


def test_what_limits_will_do_is_told_in_words(desk: Desk) -> None:
    ticket = desk.a_ticket("handling")
    page = words(Eyes(desk, "supervisor").open(f"/tickets/{ticket}/forecast"))
    assert "已用去" in page and "已超期" in page and "已到期" in page
    assert CODE.findall(page) == []


def test_the_page_of_a_ticket_has_no_code_of_an_amount(desk: Desk) -> None:
    page = words(Eyes(desk, "dispatcher").open(f"/tickets/{desk.a_ticket('handling')}"))
    assert "经过" in page and CODE.findall(page) == []
