"""The days of an administrator, a security officer and an auditor: from signing in to done, at a desk and on a telephone."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from app.core.verifying import verify_asked
from app.errors import Unauthenticated
from app.people.signin import sign_in
from tests.web.looks import overflow
from tests.web.site import Site
from tests.web.watch import Watch

Arrive = Callable[..., Page]
Looked = Callable[[str, int], Page]
REASON = "依据机构改革方案"
REASON_TO_LOOK = "回访前核对号码"


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


def locked_out(site: Site, username: str) -> None:
    """Somebody has guessed until the account would not listen any more."""
    while True:
        with pytest.raises(Unauthenticated) as refused:
            sign_in(site.system, username, "猜的密码")
        if "锁定" in refused.value.zh:
            return


def test_a_security_officers_day(demo: Site, arrive: Arrive, watch: Watch) -> None:
    locked_out(demo, "handler.swj")
    page = arrive("security")
    page.locator(".tile").filter(has_text="被锁定的账号").click()
    people = page.locator("[data-item]")
    expect(people).to_have_count(1)
    expect(people).to_contain_text("密码错误锁定至")
    people.get_by_role("link").first.click()
    with page.expect_navigation():
        fill_panel(page, "解锁")
    expect(page.locator(".head")).to_contain_text("在岗")
    roles = page.locator("table.list tbody tr")
    with page.expect_navigation():
        fill_panel(page, "授予角色", role="unit_clerk")
    expect(roles).to_have_count(2)
    with page.expect_navigation():
        roles.filter(has_text="热线联络员").get_by_role("link", name="收回").click()
        page.locator("#act[open] button[type=submit]").click()
    expect(roles).to_have_count(1)
    with page.expect_navigation():
        fill_panel(page, "重置密码", new="Chuan9-Shan+Long")
    expect(page.locator(".head")).to_contain_text("须改密码")

    page.get_by_role("link", name="签发令牌").click()
    page.fill("[name=label]", "数据交换")
    page.get_by_role("button", name="签发").click()
    expect(page.locator("#token-text")).not_to_have_value("")
    page.get_by_role("link", name="已保存，返回").click()
    token = page.locator("[data-item], tbody tr").filter(has_text="数据交换")
    with page.expect_navigation():
        token.get_by_role("link", name="撤销").click()
        page.locator("#act[open] button[type=submit]").click()
    expect(token).to_contain_text("已撤销")

    page.goto("/admin/policy")
    page.fill("[name=idle_minutes]", "20")
    page.fill("[name=reason]", "等级保护测评要求")
    page.get_by_role("button", name="使其生效").click()
    expect(page.locator("#said")).to_contain_text("策略已生效")
    expect(page.locator("main")).to_contain_text("等级保护测评要求")
    watch.allow(403)
    page.goto("/audit")
    expect(page.locator("main")).to_contain_text("您的角色不能打开此页面")


def test_what_a_security_officer_reads_fits_a_telephone(shown: Site, looked: Looked) -> None:
    page = looked("security", 360)
    for path in ("/", "/admin/people?locked=true", "/admin/tokens/new"):
        page.goto(path)
        assert overflow(page) == 0, path


def exported_and_unmasked(page: Page, site: Site) -> None:
    """A supervisor takes a list away, and has the citizen's number shown."""
    bearer = {"Authorization": f"Bearer {sign_in(site.system, 'supervisor', site.password).token}"}
    assert page.request.get("/api/v1/tickets/export?state=handling", headers=bearer).status == 200
    ticket = page.request.get("/api/v1/tickets?state=handling&limit=1", headers=bearer).json()["items"][0]["id"]
    asked = {"fields": ["phone"], "reason": REASON_TO_LOOK}
    assert page.request.post(f"/api/v1/tickets/{ticket}/unmask", data=asked, headers=bearer).status == 200


@pytest.mark.parametrize("width", [1440, 360])
def test_an_auditors_day(demo: Site, arrive: Arrive, width: int) -> None:
    page = arrive("auditor", width, "/")
    exported_and_unmasked(page, demo)
    page.goto("/audit")
    page.select_option("[name=action]", "export_tickets")
    page.get_by_role("button", name="查找", exact=True).click()
    page.wait_for_url("**action=export_tickets**")
    expect(page.locator("tr[data-item]")).to_have_count(1)
    expect(page.locator("tr[data-item]")).to_contain_text("督办员")
    page.get_by_role("link", name="查看隐藏信息").click()
    expect(page.locator("tr[data-item]").filter(has_text=REASON_TO_LOOK)).to_contain_text("电话")
    assert overflow(page) == 0
    page.goto("/audit/chain")
    page.get_by_role("button", name="校验全部历史").click()
    expect(page.locator("#runs .due-soon")).to_contain_text("进行中")
    page.goto("/definitions/ticket")
    expect(page.locator("svg.flow")).to_be_visible()
    verify_asked(demo.system)
    page.goto("/audit/chain")
    expect(page.locator("#runs")).to_contain_text("完整")
    assert overflow(page) == 0
