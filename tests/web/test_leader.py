"""A leader's day, minutes long: what is late, a word on a paper, a matter decided; and that its pages fit a telephone."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.web.looks import overflow
from tests.web.site import Site

Arrive = Callable[..., Page]
Looked = Callable[[str, int], Page]
WORDS = "请公安分局牵头，会同属地街道，五日内报结果。"


def waiting(page: Page, words: str) -> None:
    """From the first page to what waits there under these words."""
    page.goto("/")
    page.locator(".tile").filter(has_text=words).click()
    page.wait_for_url(lambda url: not url.endswith("/"))


def test_a_leaders_day(demo: Site, arrive: Arrive) -> None:
    page = arrive("leader")
    late = page.locator(".tile").filter(has_text="超期工单")
    expect(late.locator(".tone-late, .due-late").first).to_be_visible()
    late.click()
    page.wait_for_url("**/desk/supervision?overdue=true")
    rows = page.locator("tr[data-item]")
    expect(rows.first.locator(".due-late").first).to_be_visible()
    rows.first.locator("a.title-link").click()
    expect(page.locator(".deadlines .due-late").first).to_be_visible()

    waiting(page, "批示待转办")
    page.locator("table.list a.title-link").first.click()
    page.fill("[name=endorsement]", WORDS)
    page.get_by_role("button", name="批示", exact=True).click()
    own = page.locator("blockquote").filter(has_text=WORDS)
    expect(own).to_contain_text("郑志明")

    waiting(page, "督办待立项")
    page.locator("table.list a.title-link").first.click()
    page.get_by_role("link", name="交办", exact=True).click()
    unit = page.locator("#act").get_by_role("combobox", name="承办单位")
    unit.press_sequentially("swj")
    expect(page.locator("#act .combo-list li").first).to_have_attribute("aria-selected", "true")
    unit.press("Enter")
    expect(unit).to_have_value(re.compile(r"^swj .*水务局"))
    page.locator("#act button[type=submit]").click()
    expect(page.locator(".state").first).to_have_text("已交办")
    page.locator("details.menu summary").click()
    page.get_by_role("button", name="退出").click()
    page.wait_for_url("**/sign-in*")


def test_what_a_leader_reads_fits_a_telephone(shown: Site, looked: Looked) -> None:
    page = looked("leader", 360)
    waiting(page, "批示待转办")
    page.locator("table.list a.title-link").first.click()
    expect(page.locator("[name=endorsement]")).to_be_visible()
    assert overflow(page) == 0
    page.goto("/")
    assert overflow(page) == 0
