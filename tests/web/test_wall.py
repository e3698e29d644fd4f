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
# A street of which nothing is late.
CALM = "#1f5f8f"


def test_chart_map_and_numbers_stand_on_one_screen(demo: Site, person: Person) -> None:
    page = person("leader", 1920)
    page.goto("/wall")
    expect(page.locator("#wall-hours canvas")).to_have_count(1)
    drawn_by_street(page)
    bearer = {"Authorization": f"Bearer {sign_in(demo.system, 'leader', demo.password).token}"}
    measures = page.request.get("/api/v1/overview/today", headers=bearer).json()["measures"]
    assert page.locator(".wall-tile strong").first.inner_text() == str(measures[0]["total"])
    assert page.evaluate("() => document.documentElement.scrollHeight - innerHeight") <= 0 and overflow(page) == 0
    page.goto("/")
    expect(page.locator("[data-chart] canvas").first).to_be_visible()


def drawn_by_street(page: Page) -> None:
    """The district, and upon it each street, in another colour where something is late."""
    streets = page.request.get("/map/boundaries?kind=street").json()["features"]
    expect(page.locator("#wall-map path.street")).to_have_count(len(streets))
    expect(page.locator("#wall-map path.district")).to_have_count(len(page.request.get("/map/outline").json()["features"]))
    assert page.locator("#wall-map path.district").count() > 0
    counted = page.evaluate("() => JSON.parse(document.getElementById('wall-map-data').dataset.streets).streets")
    late = {code for code, numbers in counted.items() if numbers["late"]}
    codes = [(each["properties"]["unit"] or each["properties"])["code"] for each in streets]
    fills = page.locator("#wall-map path.street").evaluate_all("paths => paths.map((path) => path.getAttribute('fill'))")
    told = {code for code, fill in zip(codes, fills, strict=True) if fill != CALM}
    assert told == late & set(codes) and told


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
