"""A dispatcher's day before a real screen: two keys send a ticket, the next one opens, a slip is taken back; keys, panels, parts."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from cli.gallery import settled
from tests.web.looks import axe
from tests.web.site import Site
from tests.web.watch import Watch

Person = Callable[..., Page]
HOME = "/desk/dispatch"
WIDTHS = (1440, 360)


def here(page: Page) -> str:
    """The ticket that the form would send out."""
    return str(page.locator('form[data-draft^="dispatch-"]').get_attribute("action")).removeprefix(f"{HOME}/")


def renewed(page: Page) -> None:
    """The queue has fetched itself anew."""
    with page.expect_response("**/desk/dispatch/queue*"):
        page.evaluate("() => document.body.dispatchEvent(new CustomEvent('citydesk:changed'))")
    settled(page)


@pytest.mark.parametrize("width", WIDTHS)
def test_from_signing_in_to_done(demo: Site, visitor: Callable[..., object], width: int) -> None:
    page: Page = visitor(width).new_page()  # type: ignore[attr-defined]  # a context of Playwright
    page.goto(HOME)
    page.get_by_label("账号").fill("dispatcher")
    page.get_by_label("密码").fill(demo.password)
    page.get_by_role("button", name="登录").click()
    page.wait_for_url(re.compile(HOME))
    settled(page)
    first = here(page)
    if width == 1440:
        page.keyboard.press("1")
        page.keyboard.press("d")
    else:
        page.get_by_role("button", name=re.compile("^派单")).click()
    expect(page.locator("#said")).to_contain_text("10分钟内可撤销")
    settled(page)
    second = here(page)
    assert second != first
    if width == 1440:
        renewed(page)
        page.keyboard.press("u")
    else:
        page.get_by_role("button", name="撤销").first.click()
    expect(page.locator("#said")).to_contain_text("派单已撤销")
    assert here(page) == first
    page.get_by_label(re.compile("办理要求")).fill("请今天内联系诉求人。")
    page.get_by_role("button", name=re.compile("^派单")).click()
    expect(page.locator("#said")).to_contain_text("已派单")


def test_an_action_opens_in_a_panel_and_keeps_what_is_wrong_beside_its_field(demo: Site, person: Person, watch: Watch) -> None:
    watch.allow(400)
    page = person("dispatcher")
    page.goto(HOME)
    settled(page)
    page.get_by_role("link", name="批注").click()
    panel = page.locator("dialog#act")
    expect(panel).to_be_visible()
    panel.locator("textarea[name=note]").fill("   ")
    panel.get_by_role("button", name="批注").click()
    expect(panel.locator("[id$=note-wrong]")).to_contain_text("必须填写")
    panel.locator("textarea[name=note]").fill("已与街道核实位置")
    panel.get_by_role("button", name="批注").dblclick()
    expect(panel).to_be_hidden()
    expect(page.locator("#said")).to_contain_text("已完成")


def test_the_session_ends_and_the_words_in_the_panel_stay(demo: Site, person: Person, watch: Watch) -> None:
    watch.allow(401)
    page = person("dispatcher")
    page.goto(HOME)
    settled(page)
    page.get_by_role("link", name="批注").click()
    words = page.locator("dialog#act textarea[name=note]")
    words.fill("打到一半的话")
    page.context.clear_cookies()
    page.locator("dialog#act").get_by_role("button", name="批注").click()
    again = page.locator("dialog#signin")
    expect(again).to_be_visible()
    again.get_by_label("账号").fill("dispatcher")
    again.get_by_label("密码").fill(demo.password)
    again.get_by_role("button", name="登录").click()
    expect(again).to_be_hidden()
    expect(words).to_have_value("打到一半的话")
    page.locator("dialog#act").get_by_role("button", name="批注").click()
    expect(page.locator("#said")).to_contain_text("已完成")


def test_keys_are_told_and_the_palette_finds_pages(shown: Site, person: Person) -> None:
    page = person("dispatcher")
    page.goto("/")
    settled(page)
    page.keyboard.press("?")
    expect(page.locator("dialog#keys")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("Control+k")
    page.keyboard.type("派单台")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(HOME))
    settled(page)
    page.keyboard.press("?")
    expect(page.locator("#keys-list")).to_contain_text("派单")
    page.keyboard.press("Escape")
    page.keyboard.press("/")
    page.keyboard.type("路灯")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/tickets\?q="))
    page.keyboard.press("j")
    page.keyboard.press("j")
    assert page.evaluate("document.activeElement.closest('[data-item]') !== null")


def test_the_queue_renews_itself_without_taking_ticks_or_words_away(demo: Site, person: Person) -> None:
    page = person("dispatcher")
    page.goto(HOME)
    settled(page)
    page.locator("input[data-row]").nth(1).check()
    kept = page.locator("input[data-row]").nth(1).input_value()
    page.get_by_label(re.compile("办理要求")).fill("还没写完")
    renewed(page)
    assert page.locator(f'input[data-row][value="{kept}"]').is_checked()
    expect(page.get_by_label(re.compile("办理要求"))).to_have_value("还没写完")


def test_going_back_puts_no_words_and_no_ticks_to_another_ticket(demo: Site, person: Person) -> None:
    page = person("dispatcher")
    page.goto(HOME)
    settled(page)
    first, words = here(page), page.get_by_label(re.compile("办理要求"))
    words.fill("只对这一件说的话")
    page.get_by_role("combobox", name="其他单位").fill("swj")
    page.get_by_role("button", name=re.compile("^派单")).click()
    expect(page.locator("#said")).to_contain_text("已派单")
    settled(page)
    page.go_back()
    settled(page)
    assert here(page) != first, "this address opens what waits first now"
    expect(words).to_have_value("")
    expect(page.get_by_role("combobox", name="其他单位")).to_have_value("")
    second = here(page)
    page.goto(f"{HOME}?ticket={second}")
    settled(page)
    words.fill("对第二件说的话")
    page.get_by_role("button", name=re.compile("^派单")).click()
    expect(page.locator("#said")).to_contain_text("已派单")
    settled(page)
    page.go_back()
    settled(page)
    expect(page.locator(f'a.number[href="/tickets/{second}"]')).to_be_visible()
    assert page.locator('form[data-draft^="dispatch-"]').count() == 0, "it is sent already"
    page.goto(HOME)
    settled(page)
    page.keyboard.press("a")
    expect(page.locator("input[data-row]:not(:checked)")).to_have_count(0)
    page.keyboard.press("a")
    expect(page.locator("input[data-row]:checked")).to_have_count(0)
    page.locator("input[data-row]").first.check()
    page.keyboard.press("b")
    expect(page.get_by_role("heading", name="批量派单的结果")).to_be_visible()
    axe(page)
    page.go_back()
    settled(page)
    assert page.locator("input[data-row]:checked").count() == 0


def test_what_is_half_written_survives_a_reload_and_is_gone_when_sent(demo: Site, person: Person) -> None:
    page = person("dispatcher")
    page.goto(HOME)
    settled(page)
    first, words = here(page), page.get_by_label(re.compile("办理要求"))
    words.fill("写到一半")
    expect(page.locator("[data-draft-said]")).to_contain_text("草稿已保存", timeout=10_000)
    page.goto(f"{HOME}?ticket={first}")
    settled(page)
    expect(words).to_have_value("写到一半")
    page.get_by_role("button", name=re.compile("^派单")).click()
    expect(page.locator("#said")).to_contain_text("已派单")
    settled(page)
    page.locator(".sent form", has=page.get_by_role("button", name="撤销")).first.get_by_role("button").click()
    expect(page.locator("#said")).to_contain_text("派单已撤销")
    assert here(page) == first
    expect(words).to_have_value("")
