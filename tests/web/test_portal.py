"""A citizen at the telephone in his hand: he says it, follows it and rates it, with scripts and without them, and loses no word."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from flask.testing import FlaskClient
from PIL import Image
from playwright.sync_api import BrowserContext, Page, expect

from app.main import create_app
from tests.factories.hotline import STRAIGHT, Desk, a_desk
from tests.web.looks import axe, overflow, settled, untranslated
from tests.web.site import Site
from tests.web.test_map import import_district
from tests.web.watch import Watch

if TYPE_CHECKING:
    from tests.fixtures.living import MovedClock
    from tests.fixtures.servers import Database

Visitor = Callable[..., BrowserContext]
WORDS = "小区东门的路灯坏了一个星期。" + "长" * 4000 + " 👩‍👩‍👧 مرحبا <script>alert(1)</script>"


@pytest.fixture
def desk(bare: Site, database: Database) -> Desk:
    client: FlaskClient = create_app(bare.system).test_client()
    return a_desk(bare.system, client, database.owner_url)


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    path = tmp_path / "东门.jpg"
    Image.new("RGB", (60, 40), "navy").save(path)
    return path


def looked_at(page: Page) -> None:
    axe(page)
    assert overflow(page) == 0, "wider than its screen"


def press(page: Page, words: str) -> None:
    page.get_by_role("button", name=words, exact=True).click()
    settled(page)


def on_to(desk: Desk, state: str) -> int:
    ticket: int = desk.rows("SELECT max(id) AS id FROM tickets")[0]["id"]
    for reached, who, trigger, fields in STRAIGHT:
        desk.do(who, ticket, trigger, **fields)
        if reached == state:
            break
    return ticket


@pytest.mark.parametrize(("width", "scripts"), [(360, True), (360, False), (1440, True)])
def test_said_followed_and_rated(
    desk: Desk, bare: Site, visitor: Visitor, watch: Watch, clock: MovedClock, picture: Path, tmp_path: Path, width: int, scripts: bool
) -> None:
    watch.allow(400)
    page = visitor(width, java_script_enabled=scripts).new_page()
    page.goto("/")
    expect(page).to_have_url(f"{bare.url}/portal")
    page.get_by_role("link", name="写下诉求").click()
    fill(page, picture, tmp_path)
    clock.advance(timedelta(seconds=30))
    press(page, "提交诉求")
    expect(page.get_by_role("alert").first).to_contain_text("请阅读并同意")
    expect(page.get_by_role("alert").first).to_contain_text("只能上传")
    assert page.get_by_label("发生了什么").input_value() == WORDS and "东门.jpg" in page.locator(".photos").inner_text()
    if scripts:
        looked_at(page)
    page.get_by_label("我已阅读并同意").check()
    press(page, "提交诉求")
    code = page.locator(".code").inner_text()
    expect(page).to_have_url(f"{bare.url}/t/{code}?new=1")
    followed(page, desk, code, scripts)


def fill(page: Page, picture: Path, folder: Path) -> None:
    odd = folder / "not a picture.exe"
    odd.write_bytes(b"MZ")
    page.get_by_label("发生了什么").fill(WORDS)
    page.get_by_label("投诉").check()
    page.get_by_role("textbox", name="地点").fill("人民路 8 号")
    page.get_by_role("textbox", name="姓名").fill("👩‍👩‍👧 王")
    page.get_by_label("手机号码").fill("138 1234 5678")
    page.get_by_label("选择照片").set_input_files([picture, odd])


def followed(page: Page, desk: Desk, code: str, scripts: bool) -> None:
    """From the box on the first page: adding, and at the end the rating."""
    page.goto("/portal")
    page.get_by_label("查询码").fill(code.lower())
    press(page, "查询")
    page.get_by_label("要补充的内容").fill("在东门右边")
    press(page, "补充")
    expect(page.get_by_role("status").first).to_contain_text("补充已收到")
    assert desk.rows("SELECT media_type FROM attachments") == [{"media_type": "image/jpeg"}]
    ticket = on_to(desk, "completed")
    page.reload()
    expect(page.locator("main")).to_contain_text("已清运")
    page.locator("#rate").get_by_label("不满意", exact=True).check()
    page.get_by_label("办理太慢").check()
    if scripts:
        looked_at(page)
    press(page, "确认评价")
    expect(page.get_by_role("status").first).to_contain_text("评价已收到")
    assert desk.rows("SELECT rating, way FROM callbacks WHERE root_id = %s", ticket) == [{"rating": "dissatisfied", "way": "web"}]


@pytest.mark.parametrize("scripts", [True, False])
def test_back_and_again(desk: Desk, visitor: Visitor, clock: MovedClock, scripts: bool) -> None:
    page = visitor(360, java_script_enabled=scripts).new_page()
    page.goto("/portal/demand")
    page.get_by_label("发生了什么").fill(WORDS)
    page.get_by_label("手机号码").fill("13812345678")
    page.get_by_label("我已阅读并同意").check()
    clock.advance(timedelta(seconds=30))
    press(page, "提交诉求")
    code = page.locator(".code").inner_text()
    page.go_back()
    settled(page)
    expect(page.get_by_label("发生了什么")).to_have_value(WORDS)
    expect(page.get_by_label("手机号码")).to_have_value("13812345678")
    press(page, "提交诉求")
    expect(page.locator(".code")).to_have_text(code)
    assert desk.rows("SELECT count(*) AS n FROM tickets") == [{"n": 1}]


def test_by_keyboard_alone(desk: Desk, visitor: Visitor, clock: MovedClock) -> None:
    page = visitor(1440).new_page()
    page.goto("/portal/demand")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="跳到正文")).to_be_focused()
    page.get_by_label("发生了什么").focus()
    page.keyboard.type("路灯坏了")
    for wanted in ("求助", "标题和分类（可不填）", "地点"):
        page.keyboard.press("Tab")
        focused = page.evaluate("() => (document.activeElement.labels?.[0] || document.activeElement).innerText.trim()")
        assert focused == wanted
    page.get_by_label("手机号码").focus()
    page.keyboard.type("13812345678")
    page.get_by_label("我已阅读并同意").focus()
    page.keyboard.press("Space")
    clock.advance(timedelta(seconds=30))
    page.get_by_role("button", name="提交诉求").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".code")).to_be_visible()


def test_a_second_press_sends_nothing(desk: Desk, visitor: Visitor, clock: MovedClock) -> None:
    page = visitor(360).new_page()
    page.goto("/portal/demand")
    page.get_by_label("发生了什么").fill("路灯坏了")
    page.get_by_label("手机号码").fill("13812345678")
    page.get_by_label("我已阅读并同意").check()
    clock.advance(timedelta(seconds=30))
    page.get_by_role("button", name="提交诉求").dblclick()
    expect(page.locator(".code")).to_be_visible()
    assert desk.rows("SELECT count(*) AS n FROM tickets") == [{"n": 1}]


def test_a_point_of_the_map(desk: Desk, bare: Site, visitor: Visitor, clock: MovedClock) -> None:
    import_district(bare.system)
    page = visitor(360).new_page()
    page.goto("/portal/demand")
    area = page.locator("#map .map-area")
    expect(area).to_be_visible()
    looked_at(page)
    page.locator("#map").click(position={"x": 150, "y": 140})
    expect(page.locator("#map-said")).to_have_text("已标出位置")
    page.get_by_role("button", name="取消标记").click()
    assert page.locator("#f-lon").input_value() == ""
    page.locator("#map").click(position={"x": 150, "y": 140})
    page.get_by_label("发生了什么").fill("路灯坏了")
    page.get_by_label("手机号码").fill("13812345678")
    page.get_by_label("我已阅读并同意").check()
    clock.advance(timedelta(seconds=30))
    press(page, "提交诉求")
    row = desk.rows("SELECT lon, lat, crs FROM tickets")[0]
    assert row["crs"] == "wgs84" and 114.2 < row["lon"] < 114.5 and 22.5 < row["lat"] < 22.8


@pytest.mark.parametrize("width", [1440, 360])
def test_a_code_that_is_unknown_looks_right(desk: Desk, visitor: Visitor, watch: Watch, width: int) -> None:
    watch.allow(404)
    page = visitor(width).new_page()
    page.goto(f"/t/{'X' * 180}")
    looked_at(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("没有这个查询码")


def test_english_as_a_whole(desk: Desk, visitor: Visitor, watch: Watch, clock: MovedClock) -> None:
    watch.allow(400)
    page = visitor(360, locale="en-GB").new_page()
    page.goto("/portal/demand?lang=en")
    clock.advance(timedelta(seconds=30))
    press(page, "Send it")
    assert untranslated(page) == []
    page.get_by_label("What happened").fill("A lamp is broken")
    page.get_by_label("Telephone").fill("13812345678")
    page.get_by_label("I have read").check()
    press(page, "Send it")
    expect(page.get_by_role("heading", level=1)).to_have_text("Registered")
    assert untranslated(page) == []
