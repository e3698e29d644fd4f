"""An administrator's and an auditor's day in a real browser: from signing in to done, at a desk and on a telephone."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from app.core.verifying import verify_asked
from tests.web.looks import overflow
from tests.web.site import Site

Arrive = Callable[..., Page]
REASON = "依据机构改革方案"


def fill_panel(page: Page, button: str, **typed: str) -> None:
    """Opens a verb in the panel, fills it in and sends it."""
    page.get_by_role("link", name=button, exact=True).first.click()
    panel = page.locator("#act[open]")
    expect(panel.locator("form")).to_be_visible()
    for name, value in typed.items():
        field = panel.locator(f"[name={name}]")
        if field.evaluate("field => field.tagName") == "SELECT":
            field.select_option(value)
        else:
            field.fill(value)
    panel.locator("button[type=submit]").click()


@pytest.mark.parametrize("width", [1440, 360])
def test_an_administrators_day(demo: Site, arrive: Arrive, width: int) -> None:
    page = arrive("admin", width, "/")
    page.goto("/admin")
    expect(page.get_by_role("heading", name="需要处理")).to_be_visible()
    page.goto("/admin/units")
    fill_panel(page, "新增单位", name="应急管理局", kind="department", code="yjglj", parent_id="centre")
    expect(page.get_by_role("heading", name="应急管理局")).to_be_visible()
    with page.expect_navigation():
        fill_panel(page, "更名", name="应急和安全局", reason=REASON, effective_at="2031-01-01T00:00")
    page.goto("/admin/units")
    expect(page.get_by_text("待生效的机构调整")).to_be_visible()
    page.goto("/admin/people")
    fill_panel(page, "新增人员", username="xin.ren", name="新来的人", unit_id="yjglj")
    expect(page.get_by_role("heading", name="新来的人")).to_be_visible()
    page.goto("/admin/packs/demo-district")
    page.fill("[name=fact-category]", "010101")
    page.fill("[name=fact-street]", "qshj")
    page.get_by_role("button", name="查一查").click()
    expect(page.locator("#tester .note-calm")).to_contain_text("qshj")
    page.goto("/admin/calendar?year=2025")
    page.fill("[name=amount]", "2wd")
    page.fill("[name=start]", "2025-09-30T10:00")
    page.get_by_role("button", name="推算").click()
    expect(page.locator("#limit .note-calm")).to_contain_text("10-10")
    assert overflow(page) == 0


@pytest.mark.parametrize("width", [1440, 360])
def test_an_auditors_day(demo: Site, arrive: Arrive, width: int) -> None:
    page = arrive("auditor", width, "/")
    page.goto("/audit")
    expect(page.locator("table.list tbody tr").first).to_be_visible()
    page.goto("/audit/chain")
    page.get_by_role("button", name="校验全部历史").click()
    expect(page.locator("#runs .due-soon")).to_contain_text("进行中")
    page.goto("/definitions/ticket")
    expect(page.locator("svg.flow")).to_be_visible()
    verify_asked(demo.system)
    page.goto("/audit/chain")
    expect(page.locator("#runs")).to_contain_text("完整")
    assert overflow(page) == 0
