"""An agent's day at intake, in a browser: by keyboard alone, counted in keys and not in seconds; on a phone; and what scripts add."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from cli.gallery import settled
from tests.web.looks import axe, overflow
from tests.web.site import Site

Person = Callable[..., Page]
PHONE = "13712345670"
TOLD = "小区门口垃圾堆了三天没人清运。市民要求尽快清理。"
# Keys beside those of the words themselves: from the number to the next call.
MOST_KEYS = 7
# The first question of a fresh server reads what every later one finds in memory.
PATIENCE = 15_000
LEFT = """() => Object.fromEntries([...document.getElementById("intake").elements]
  .filter((field) => field.type !== "hidden" && field.tagName !== "BUTTON" && field.name)
  .filter((field) => (field.type === "radio" || field.type === "checkbox" ? field.checked !== field.defaultChecked
    : field.tagName === "SELECT" ? !field.options[field.selectedIndex].defaultSelected && field.selectedIndex > 0 : field.value !== ""))
  .map((field) => [field.name, field.value]))"""


class Keys:
    """A keyboard that counts what is pressed, without the words that are typed."""

    def __init__(self, page: Page) -> None:
        self.page, self.pressed = page, 0

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)
            self.pressed += 1

    def words(self, text: str) -> None:
        self.page.keyboard.type(text)


def told(page: Page, keys: Keys, phone: str = PHONE) -> None:
    """Number, name, what is told, kind and category, in the order of speaking."""
    expect(page.locator("#f-phone")).to_be_focused()
    keys.words(phone)
    keys.press("Enter")
    keys.words("王女士")
    keys.press("Enter")
    keys.words(TOLD)
    expect(page.locator("#f-title")).to_have_value("小区门口垃圾堆了三天没人清运", timeout=PATIENCE)
    keys.press("Alt+3", "Alt+9", "Alt+C")
    expect(page.locator("#f-category")).to_be_focused()
    keys.words("ljqy")
    expect(page.get_by_role("option").first).to_have_attribute("aria-selected", "true", timeout=PATIENCE)
    keys.press("Enter")
    expect(page.locator("#f-category")).to_have_value("010101 垃圾清运不及时")


def registered(page: Page) -> str:
    expect(page.locator(".intake-number")).to_be_visible(timeout=PATIENCE)
    expect(page.locator("#f-phone")).to_be_focused()
    assert page.input_value("#f-content") == ""
    return page.locator(".intake-number").inner_text()


def left_over(page: Page) -> dict[str, str]:
    """What stands in the form, by its field."""
    fields: dict[str, str] = page.evaluate(LEFT)
    return fields


def test_by_keyboard_alone_from_sign_in_to_the_next_call(demo: Site, person: Person) -> None:
    page = person("", 1440)
    page.goto("/sign-in?next=/intake")
    keys = Keys(page)
    keys.words("agent")
    keys.press("Tab")
    keys.words(demo.password)
    keys.press("Enter")
    page.wait_for_url("**/intake")
    keys.pressed = 0
    told(page, keys)
    expect(page.locator("#intake-known .candidate").first).to_be_visible()
    expect(page.locator("#intake-known .note")).to_contain_text("目录建议派", timeout=PATIENCE)
    axe(page)
    keys.press("Control+Enter")
    number = registered(page)
    assert keys.pressed <= MOST_KEYS
    assert PHONE not in page.url

    # The same citizen once more: the history is there as the number is typed, and what is told is noted on the earlier ticket.
    demo.work()
    keys.words(PHONE)
    history = page.locator("#intake-caller [data-beside]")
    expect(history).to_have_count(1, timeout=PATIENCE)
    expect(history).to_contain_text(number)
    keys.press("Alt+O")
    expect(page.locator("#act")).to_contain_text(TOLD)
    keys.press("Enter")
    expect(page.locator("#act")).not_to_be_visible()
    page.locator("#f-content").focus()
    keys.words("还是没有人来。")
    keys.press("Alt+U")
    expect(page.locator("#act [name=text]")).to_have_value("还是没有人来。")
    keys.press("Control+Enter")
    expect(page.locator("#said")).to_contain_text("已记在原工单上")
    assert settled(page).input_value("#f-content") == ""

    # Taken back within minutes.
    keys.press("Alt+z")
    expect(page.locator("#said")).to_contain_text("登记已撤销")


def test_answered_at_once_by_the_keyboard(demo: Site, person: Person) -> None:
    page = person("agent", 1440)
    page.goto("/intake")
    keys = Keys(page)
    keys.words(PHONE)
    page.locator("#f-content").focus()
    keys.words("请问公积金怎么提取？")
    expect(page.locator("#intake-known")).to_contain_text("公积金提取条件", timeout=PATIENCE)
    keys.press("Alt+1", "Alt+I")
    expect(page.locator("#f-reply_text")).to_be_focused()
    assert page.input_value("#f-reply_text")
    keys.press("Control+Enter")
    registered(page)
    expect(page.locator(".intake-made .state")).to_have_text("待回访（已办结）")

    # Back is where the next caller is taken in too: nothing of the former one may stand there.
    page.go_back()
    settled(page)
    assert left_over(page) == {}


@pytest.mark.parametrize("width", [360])
def test_on_a_phone(demo: Site, arrive: Person, width: int) -> None:
    page = arrive("agent", width, "/intake")
    page.fill("#f-phone", PHONE)
    page.fill("#f-content", TOLD)
    page.check("[name=type][value=complaint]")
    page.get_by_text("在地图上定位").click()
    expect(page.locator("#intake-map path.map-area").first).to_be_attached()
    page.locator("#intake-map").click()
    expect(page.locator("#f-street")).not_to_have_value("", timeout=PATIENCE)
    expect(page.locator("#intake-known .candidate").first).to_be_visible(timeout=PATIENCE)
    assert float(page.input_value("#f-lon")) > 100
    assert overflow(page) == 0
    axe(page)
    page.get_by_role("button", name="登记", exact=True).click()
    registered(page)
    # A code is drawn by lot: the widest there can be must fit as well.
    page.locator(".intake-code").evaluate("(code) => { code.textContent = code.textContent.replace(/[0-9A-Z]/g, 'W') }")
    assert overflow(page) == 0
