"""A clerk's and a handler's day in a real browser: signed, given, written, kept, photographed, sent, signed off."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from io import BytesIO

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from app.people.signin import sign_in
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
    assert overflow(page) == 0
    row.locator("input[name=id]").check()
    if keys:
        page.keyboard.press("s")
    else:
        page.click("text=签收勾选的")
    expect(page.locator("h1")).to_have_text("处理结果")
    axe(page)
    assert overflow(page) == 0
    person = page.locator("#f-person option", has_text="承办人 ·").get_attribute("value")
    page.select_option("#f-person", person)
    page.click("text=交给此人，或改交")
    expect(settled(page).locator("table.list")).to_contain_text("已交办")
    return address


@pytest.mark.parametrize("width", [1440, 360])
def test_from_the_clerk_to_the_lead(demo: Site, arrive: Person, watch: Watch, width: int) -> None:
    page = arrive("clerk.cgj", width, "/desk/unit")
    address = given_to_the_handler(page, keys=width > 500)
    arrive("handler.cgj", width, "/handling", page)
    settled(page).locator(f'a[href="{address}"]').click()
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
    lead = arrive("lead.cgj", width, address, page)
    expect(lead.locator("main")).to_contain_text(WORDS + "已回访。")
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


def just_come(site: Site, page: Page) -> tuple[str, str]:
    """A share of the unit, as its lead, that nobody has signed for and that may still be returned, of a citizen who can be called; and a
    day after it is due."""
    bearer = {"Authorization": f"Bearer {sign_in(site.system, 'lead.cgj', site.password).token}"}
    for row in page.request.get("/api/v1/assignments?unit=cgj&state=assigned&role=lead", headers=bearer).json()["items"]:
        clocks = {clock["name"]: clock for clock in row["clocks"]}
        citizen = page.request.get(f"/api/v1/tickets/{row['ticket']['id']}", headers=bearer).json()["citizen"]
        if not clocks["return_window_clock"]["overdue"] and citizen and citizen["phone"]:
            later = datetime.fromisoformat(clocks["handle_clock"]["due_at"]) + timedelta(days=1)
            return f"/handling/{row['id']}", f"{later:%Y-%m-%dT%H:%M}"
    raise AssertionError("nothing has just come")


def asked(page: Page, words: str, **typed: str) -> None:
    """A button of the page, its form in the panel, filled in and sent; the panel closes when it is done."""
    page.locator("#handling-actions").get_by_role("link", name=words).click()
    panel = page.locator("#act[open]")
    expect(panel.locator("form")).to_be_visible()
    for name, value in typed.items():
        panel.locator(f"[name={name}]").fill(value)
    if panel.locator("[name=return_ground]").count():
        panel.locator("[name=return_ground]").first.check()
    panel.locator("button[type=submit]").click()
    expect(panel).to_be_hidden()


def test_on_a_telephone_the_place_the_call_and_all_that_may_be_asked_for(demo: Site, person: Person) -> None:
    page = person("lead.cgj", 360)
    address, later = just_come(demo, page)
    page.goto(address)
    page.get_by_role("button", name="签收").click()
    limits = page.locator("#handling-head .deadlines li")
    expect(limits.filter(has_text="办理时限 · 单位")).to_be_visible()
    expect(limits.filter(has_text="总时限")).not_to_have_count(0)
    expect(page.locator("#handling-head")).to_contain_text("退单期限")
    expect(page.locator(".map .leaflet-marker-icon, .map path").first).to_be_attached()
    expect(page.locator("a[href^='geo:']")).to_be_visible()
    page.keyboard.press("c")
    page.fill("#act [name=reason]", "上门前联系")
    page.keyboard.press("Enter")
    expect(page.locator("#act a[href^='tel:']").first).to_be_visible()
    page.get_by_role("button", name="关闭").click()
    page.fill("#f-reply_text", WORDS)
    asked(page, "申请延期", reason="须协调施工单位进场", legal_basis="《某某条例》第十条", new_due_at=later)
    asked(page, "请中心加派协办单位", wished_unit="gaj", reason="须公安分局配合")
    page.set_input_files("#f-album", {"name": "权属.jpg", "mimeType": "image/jpeg", "buffer": picture()})
    expect(page.locator("#photos .files")).to_contain_text("权属.jpg")
    asked(page, "申请退单", reason="权属不在本单位")
    for kind in ("申请延期至", "退单申请", "待裁定"):
        expect(page.locator("#handling-actions")).to_contain_text(kind)
    expect(page.locator("#f-reply_text")).to_have_value(WORDS)
    assert overflow(page) == 0


def test_the_keys_of_the_unit_desk_hold_after_its_list_has_refreshed(shown: Site, person: Person) -> None:
    page = person("clerk.cgj")
    page.goto("/desk/unit")
    boxes = settled(page).locator("tr[data-item] input[data-row]")
    for key in "jjx":
        page.keyboard.press(key)
    expect(boxes.nth(1)).to_be_checked()
    refreshed(page)
    expect(boxes.nth(1)).to_be_checked()
    page.keyboard.press("x")
    expect(boxes.nth(1)).not_to_be_checked()
    refreshed(page)
    expect(boxes.nth(1)).not_to_be_checked()
    for key in "xkx":
        page.keyboard.press(key)
    refreshed(page)
    expect(page.locator("tr[data-item] input[data-row]:checked")).to_have_count(2)
    page.keyboard.press("a")
    expect(page.locator("tr[data-item] input[data-row]:not(:checked)")).to_have_count(0)
    page.keyboard.press("g")
    expect(page.locator("#f-person")).to_be_focused()


def refreshed(page: Page) -> None:
    """The list has fetched itself anew."""
    with page.expect_response("**/desk/unit/queue*"):
        page.evaluate("() => document.body.dispatchEvent(new CustomEvent('citydesk:changed'))")
    settled(page)
