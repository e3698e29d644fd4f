"""Pages beside the desks, worked by hand: knowledge written and published, messages, notices, a second factor; rules as files."""

from __future__ import annotations

from base64 import b32decode
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from app.people.totp import SECONDS, code_at
from tests.web.looks import overflow
from tests.web.site import Site

Arrive = Callable[..., Page]
ENTRY = {"title": "夜间施工时段", "content": "二十二时至次日六时不得施工。", "sources": "噪声污染防治法", "keywords": "噪声，施工"}
NOW = "SELECT extract(epoch FROM coalesce(frozen_at, clock_timestamp() + shift))::bigint FROM installation"


def press(page: Page, width: int, key: str, name: str) -> None:
    """A key before a desk's screen, a finger on a telephone's."""
    if width > 500:
        page.keyboard.press(key)
    else:
        page.get_by_role("button", name=name).first.click()


def code_now(site: Site, secret: str) -> str:
    """What the telephone would show."""
    with site.system.engine.connect() as connection:
        now = connection.exec_driver_sql(NOW).scalar_one()
    return code_at(b32decode(secret), now // SECONDS)


def as_file(page: Page, name: str, text: str) -> None:
    page.set_input_files("[name=file]", {"name": name, "mimeType": "text/plain", "buffer": text.encode()})


@pytest.mark.parametrize("width", [1440, 360])
def test_a_day_beside_the_desks(demo: Site, arrive: Arrive, width: int) -> None:
    page = arrive("clerk.cgj", width, "/knowledge/new")
    for name, words in ENTRY.items():
        page.fill(f"[name={name}]", words)
    page.fill("[name=category]", "zs")
    page.get_by_role("option").first.click()
    page.get_by_role("button", name="保存").click()
    expect(page.locator("main .state").first).to_have_text("待发布")
    entry = page.url
    assert overflow(page) == 0

    # Another one publishes it, in the panel, and reads what came in meanwhile.
    demo.work()
    page = arrive("lead.cgj", width, "/inbox", at=page)
    expect(page.locator(".message-new").first).to_be_visible()
    press(page, width, "a", "全部标为已读")
    expect(page.locator(".message-new")).to_have_count(0)
    assert overflow(page) == 0
    page.goto(entry)
    page.get_by_role("link", name="发布", exact=True).click()
    page.locator("#act[open] button[type=submit]").click()
    expect(page.locator("main .state").first).to_have_text("已发布")
    page.goto("/knowledge")
    page.fill("#f-q", "夜间施工时段")
    expect(page.locator("#found [data-item]").first).to_contain_text("夜间施工时段")

    page.goto("/account/notices")
    own = page.locator("[name^=own-]").first
    own.check()
    page.fill("[name=phone]", "13800138000")
    page.get_by_role("button", name="保存").click()
    expect(own).to_be_checked()
    expect(page.locator(".settings-addresses")).to_contain_text("138****8000")
    assert overflow(page) == 0

    page.goto("/account/second-factor")
    page.get_by_role("button", name="开始设置").click()
    expect(page.locator(".qr-box svg")).to_be_visible()
    assert overflow(page) == 0
    page.fill("[name=code]", code_now(demo, page.locator("main kbd").first.inner_text()))
    page.get_by_role("button", name="确认启用").click()
    expect(page.locator(".codes li").first).to_be_visible()


def test_rules_a_year_and_outlines_by_their_files(demo: Site, arrive: Arrive) -> None:
    page = arrive("admin", 1440, "/admin/packs/demo-district/edit")
    text = page.input_value("#f-text")
    as_file(page, "pack.toml", "# 一行说明\n" + text)
    page.get_by_role("button", name="检查并比较").click()
    expect(page.locator(".diff-in")).to_have_count(1)
    expect(page.locator(".diff-in")).to_contain_text("# 一行说明")
    page.fill("[name=reason]", "补一行说明")
    page.get_by_role("button", name="安装为新版本").click()
    expect(page.locator("#said")).to_contain_text("已安装")

    page.goto("/admin/calendar/publish?year=2025")
    text = page.input_value("#f-text")
    as_file(page, "2025.toml", text.replace("from = 2025-01-01\nto = 2025-01-01", "from = 2025-01-01\nto = 2025-01-02"))
    page.get_by_role("button", name="预览影响").click()
    expect(page.get_by_role("cell", name="2025-01-02")).to_be_visible()
    page.fill("[name=reason]", "调休改期的通知")
    page.get_by_role("button", name="公布", exact=True).click()
    expect(page.locator("#said")).to_contain_text("公布")

    page.goto("/admin/boundaries")
    page.select_option("[name=kind]", "street")
    page.select_option("[name=reference]", "wgs84")
    page.fill("[name=name]", "新测镇街界")
    drawn = page.request.get("/map/boundaries?kind=street").text()
    as_file(page, "streets.geojson", drawn)
    page.get_by_role("button", name="先试一下").click()
    expect(page.locator("main .note-calm")).to_contain_text("8 个区域")
    expect(page.locator("[name=name]")).to_have_value("新测镇街界")
    as_file(page, "streets.geojson", drawn)
    page.get_by_role("button", name="导入并启用").click()
    expect(page.locator("tr[aria-current=true]").filter(has_text="新测镇街界")).to_be_visible()
    assert overflow(page) == 0
