"""The wall screen: drawn from what the overview says, on one screen, and plain about numbers that do not move any more."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from app.people.signin import sign_in
from tests.web.looks import overflow, settled
from tests.web.site import Site
from tests.web.watch import Watch

Person = Callable[..., Page]


def test_chart_map_and_numbers_stand_on_one_screen(demo: Site, person: Person) -> None:
    page = person("leader", 1920)
    page.goto("/wall")
    expect(page.locator("#wall-hours canvas")).to_have_count(1)
    expect(page.locator("#wall-map path")).not_to_have_count(0)
    bearer = {"Authorization": f"Bearer {sign_in(demo.system, 'leader', demo.password).token}"}
    measures = page.request.get("/api/v1/overview/today", headers=bearer).json()["measures"]
    assert page.locator(".wall-tile strong").first.inner_text() == str(measures[0]["total"])
    assert page.evaluate("() => document.documentElement.scrollHeight - innerHeight") <= 0 and overflow(page) == 0
    page.goto("/")
    expect(page.locator("[data-chart] canvas").first).to_be_visible()


def test_a_wall_whose_session_has_ended_says_so_and_goes_on_after_signing_in(demo: Site, person: Person, watch: Watch) -> None:
    watch.allow(401)
    page = person("leader", 1920)
    page.clock.install()
    page.goto("/wall")
    at = page.locator("#wall-updated").inner_text()
    assert re.fullmatch(r"\d\d:\d\d:\d\d", at)
    expect(page.locator("#wall-stale")).to_be_hidden()
    cookies = page.context.cookies()
    page.context.clear_cookies()
    page.clock.fast_forward(61_000)
    expect(page.locator("#wall-stale")).to_have_text(f"数据停在 {at[:5]}，请重新登录")
    expect(settled(page).locator(".wall-tile").first).to_be_visible()
    page.context.add_cookies(cookies)
    page.clock.fast_forward(61_000)
    expect(page.locator("#wall-stale")).to_be_hidden()


def test_a_wall_that_hears_nothing_says_that_too(demo: Site, person: Person, watch: Watch) -> None:
    page = person("leader", 1920)
    page.clock.install()
    page.goto("/wall")
    at = page.locator("#wall-updated").inner_text()
    page.route("**/wall/numbers", lambda route: None)
    page.clock.fast_forward(200_000)
    expect(page.locator("#wall-stale")).to_have_text(f"数据停在 {at[:5]}，连接不上服务器")
