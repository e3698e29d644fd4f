"""Maps without tiles: outlines and names, a point picked by mouse, keyboard or typing, a plain ground where nothing is imported."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from app.core.actors import SYSTEM
from app.core.bus import execute
from app.core.system import System
from app.hotline.boundaries.commands import made
from app.hotline.boundaries.reading import Reading
from app.web import vendor
from tests.factories.boundaries import district
from tests.web.looks import axe, overflow
from tests.web.site import Site

Visitor = Callable[..., BrowserContext]
FIELDS = """<label>经度 <input id="lon" value="{lon}"></label>
<label>纬度 <input id="lat" value="{lat}"></label><input id="crs" type="hidden">"""
PICKS = 'data-pick-lon="lon" data-pick-lat="lat" data-pick-crs="crs"'


def import_district(system: System) -> None:
    execute(system, made(SYSTEM, "区界", "district", district(), Reading("wgs84"), "made-up.geojson"))


def with_map(page: Page, attributes: str = PICKS, lon: str = "", lat: str = "") -> None:
    """A page of ours, under its own policy, with a map put into it."""
    page.goto("/sign-in")
    html = f'{FIELDS.format(lon=lon, lat=lat)}<div class="map" id="map" data-map data-boundaries="/map/outline" {attributes}></div>'
    page.evaluate("html => document.querySelector('main').insertAdjacentHTML('beforeend', html)", html)
    page.add_style_tag(url=vendor.vendor("leaflet.css"))
    for address in (vendor.vendor("leaflet.js"), vendor.asset("map.js")):
        page.add_script_tag(url=address)
    expect(page.locator("#map .leaflet-control-scale-line")).to_be_visible()


def degrees(page: Page) -> tuple[float, float]:
    return float(page.input_value("#lon")), float(page.input_value("#lat"))


@pytest.mark.parametrize("width", [1440, 360])
def test_a_district_is_drawn_with_its_name(bare: Site, visitor: Visitor, width: int) -> None:
    import_district(bare.system)
    page = visitor(width).new_page()
    with_map(page, f"data-markers='{json.dumps([{'lon': 114.33, 'lat': 22.63, 'name': '<b>乱停</b>', 'tone': 'late'}])}'")
    expect(page.locator("#map path.map-area")).to_have_count(1)
    page.locator("#map").focus()
    page.keyboard.press("+")
    expect(page.locator("#map .map-name")).to_have_text("试验区")
    expect(page.get_by_role("button", name="<b>乱停</b>")).to_contain_class("map-pin-late")
    axe(page)
    assert overflow(page) == 0


def test_a_point_is_picked_by_mouse_by_keyboard_and_by_typing(bare: Site, visitor: Visitor) -> None:
    import_district(bare.system)
    page = visitor().new_page()
    with_map(page)
    expect(page.locator("#map path.map-area")).to_have_count(1)
    page.click("#map", position={"x": 60, "y": 60})
    by_mouse = degrees(page)
    assert 113 < by_mouse[0] < 115 and 22 < by_mouse[1] < 24 and page.input_value("#crs") == "wgs84"
    page.locator("#map").focus()
    page.keyboard.press("Enter")
    middle = degrees(page)
    assert abs(middle[0] - 114.35) < 0.002 and abs(middle[1] - 22.65) < 0.002, "the middle of the district"
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    assert degrees(page)[0] > middle[0]
    page.fill("#lon", "114.4")
    expect(page.locator("#map .map-pin-chosen")).to_have_count(1)
    page.fill("#lon", "")
    expect(page.locator("#map .map-pin-chosen")).to_have_count(0)


def test_where_nothing_is_imported_the_point_stands_on_a_plain_ground(bare: Site, visitor: Visitor) -> None:
    page = visitor(360).new_page()
    with_map(page, lon="114.30", lat="22.71")
    expect(page.locator("#map .map-pin-chosen")).to_be_in_viewport()
    expect(page.locator("#map path")).to_have_count(0)
    expect(page.locator("#map .leaflet-control-scale-line")).to_contain_text("m")
    axe(page)


def test_a_map_that_is_refreshed_is_drawn_again_where_it_was(bare: Site, visitor: Visitor) -> None:
    import_district(bare.system)
    page = visitor().new_page()
    with_map(page, 'data-values=\'{"440399": {"value": 3, "name": "3 件"}}\'')
    expect(page.locator("#map path.map-area-5")).to_have_count(1)
    zoom = "() => citydesk.maps.of(document.getElementById('map')).getZoom()"
    before = page.evaluate(zoom)
    page.locator("#map").focus()
    page.keyboard.press("+")
    page.evaluate("""() => {
        document.getElementById('map').replaceChildren();
        document.dispatchEvent(new CustomEvent('htmx:afterSettle'));
    }""")
    expect(page.locator("#map path.map-area-5")).to_have_count(1)
    assert page.evaluate(zoom) == before + 1


def test_the_outline_is_kept_by_the_browser_until_it_changes(bare: Site, visitor: Visitor) -> None:
    import_district(bare.system)
    asked = visitor().request
    first = asked.get("/map/outline")
    assert first.status == 200 and first.json()["features"][0]["properties"]["name"] == "试验区"
    assert asked.get("/map/outline", headers={"If-None-Match": first.headers["etag"]}).status == 304
    assert asked.get("/map/boundaries", max_redirects=0).status == 303, "streets and communities are for who has signed in"
