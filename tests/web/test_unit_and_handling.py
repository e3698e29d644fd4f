"""A clerk's and a handler's day in a real browser: signed, given, written, kept, photographed, sent, signed off."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from tests.web.looks import axe, overflow, settled
from tests.web.site import Site
from tests.web.watch import Watch

Person = Callable[..., Page]
WORDS = "城管局9月2日已到现场清运，并安排每日巡查。"


def picture() -> bytes:
    made = BytesIO()
    Image.new("RGB", (60, 40), "white").save(made, "JPEG")
    return made.getvalue()


def given_to_the_handler(page: Page, keys: bool) -> str:
    """The clerk's part, at his desk: the address of the share that was signed and given."""
    row = settled(page).locator("[data-item]").first
    address = row.locator("a.title-link").get_attribute("href")
    assert address
    axe(page)
    assert overflow(page) == 0
    row.locator("input[name=id]").check()
    if keys:
        page.keyboard.press("s")
    else:
        page.click("text=签收勾选的")
    expect(page.locator("h1")).to_have_text("处理结果")
    person = page.locator("#f-person option", has_text="承办人 ·").get_attribute("value")
    page.select_option("#f-person", person)
    page.click("text=交给此人，或改交")
    expect(settled(page).locator("table.list")).to_contain_text("已交办")
    return address


@pytest.mark.parametrize("width", [1440, 360])
def test_from_the_clerk_to_the_lead(demo: Site, arrive: Person, watch: Watch, width: int) -> None:
    address = given_to_the_handler(arrive("clerk.cgj", width, "/desk/unit"), keys=width > 500)
    page = arrive("handler.cgj", width, "/handling")
    settled(page).locator(f'a[href="{address}"]').click()
    axe(page)
    assert overflow(page) == 0
    page.locator("#handling-actions a", has_text="登记先行联系").click()
    page.select_option("#act [name=contact_way]", "phone")
    page.locator("#act button[type=submit]").click()
    expect(page.locator("#said")).to_contain_text("已完成")
    page.locator("#reply-form .ask-contacted label", has_text="是").click()
    page.fill("#f-contact_at", "2026-01-01T09:00")
    page.select_option("#f-contact_way", "phone")
    page.locator(".ask-outcome label", has_text="已解决").first.click()
    page.fill("#f-reply_text", WORDS)
    expect(page.locator("[data-draft-said]")).to_contain_text("草稿已保存")
    expect(page.locator("#findings")).not_to_contain_text("边写边查")
    page.set_input_files("#f-album", [
        {"name": "现场.jpg", "mimeType": "image/jpeg", "buffer": picture()}, {"name": "坏.exe", "mimeType": "x/y", "buffer": b"MZ\x90\x00"},
    ])  # fmt: skip
    expect(page.locator("#photos")).to_contain_text("坏.exe")
    expect(page.locator("#photos .files")).to_contain_text("现场.jpg")
    page.goto("/handling")
    page.go_back()
    page.reload()
    expect(page.locator("#f-reply_text")).to_have_value(WORDS)
    watch.allow(401)
    page.context.clear_cookies()
    page.fill("#f-reply_text", WORDS + "已回访。")
    expect(page.locator("#signin")).to_be_visible()
    page.fill("#signin [name=username]", "handler.cgj")
    page.fill("#signin [name=password]", demo.password)
    page.click("#signin button[type=submit]")
    expect(page.locator("#signin")).not_to_be_visible()
    page.click("text=提交审签")
    expect(page.locator("#said")).to_contain_text("已提交审签")
    lead = arrive("lead.cgj", width, address)
    expect(lead.locator("main")).to_contain_text(WORDS + "已回访。")
    axe(lead)
    lead.click("button[value=reply]")
    expect(lead.locator("#said")).to_contain_text("已答复")


def test_another_signs_meanwhile(demo: Site, person: Person, watch: Watch) -> None:
    watch.allow(412)
    page, clerk = person("handler.cgj"), person("clerk.cgj")
    clerk.goto("/desk/unit")
    address = given_to_the_handler(clerk, keys=True)
    page.goto(address)
    clerk.goto("/desk/unit?state=handling")
    settled(clerk).locator("[data-item]", has=clerk.locator(f'a[href="{address}"]')).locator("input[name=id]").check()
    clerk.select_option("#f-person", clerk.locator("#f-person option", has_text="审核人").get_attribute("value"))
    clerk.locator("button", has_text="交给此人").click()
    expect(clerk.locator("h1")).to_have_text("处理结果")
    page.locator("#reply-form .ask-contacted label", has_text="否").click()
    page.fill("#f-not_contacted_reason", "诉求人要求不联系")
    page.locator(".ask-outcome label", has_text="已解决").first.click()
    page.fill("#f-reply_text", WORDS)
    page.click("text=提交审签")
    expect(page.locator("#reply-form")).to_contain_text("您打开后，又发生了")
    expect(page.locator("#f-reply_text")).to_have_value(WORDS)
