"""What the other tests of this folder stand on: the browser is real, speaks Chinese, and nothing that it complains of goes unseen."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO

import pytest
from PIL import Image
from playwright.sync_api import BrowserContext, expect

from cli.gallery import settled
from tests.web.looks import axe, hindrances, overflow, untranslated
from tests.web.site import Site
from tests.web.watch import Watch

Visitor = Callable[..., BrowserContext]


@pytest.mark.parametrize("width", [1440, 360])
def test_a_first_visit(plain: Site, visitor: Visitor, width: int) -> None:
    page = visitor(width).new_page()
    assert page.goto("/") is not None
    axe(page)
    assert overflow(page) == 0


@pytest.mark.parametrize(
    ("script", "said"),
    [
        ("console.error('a mistake')", "console: a mistake"),
        ("setTimeout(() => { throw new Error('thrown') })", "uncaught: "),
        ("document.body.append(Object.assign(document.createElement('script'), {textContent: '1'}))", "console: "),
        ("document.body.insertAdjacentHTML('beforeend', '<p style=\"color:red\">')", "console: "),
        ("document.body.append(Object.assign(new Image(), {src: 'http://127.0.0.9:9/x.png'}))", "asked another host: http://127.0.0.9"),
        ("fetch('/nosuch')", "status of 404"),
    ],
)
def test_nothing_that_goes_wrong_goes_unseen(plain: Site, visitor: Visitor, watch: Watch, script: str, said: str) -> None:
    page = visitor().new_page()
    page.goto("/")
    page.evaluate(f"() => {{ {script} }}")
    while not any(said in each for each in watch.found):
        page.wait_for_timeout(20)
    watch.found.clear()


def test_an_answer_that_a_test_means_is_no_complaint(plain: Site, visitor: Visitor, watch: Watch) -> None:
    watch.allow(404)
    page = visitor().new_page()
    page.goto("/nosuch")
    assert watch.found == []


def test_what_hinders_people_is_found(plain: Site, visitor: Visitor) -> None:
    page = visitor().new_page()
    page.goto("/")
    page.evaluate("() => document.querySelector('main').insertAdjacentHTML('beforeend', '<button></button><input>')")
    assert {"button-name", "label"} <= {one["id"] for one in hindrances(page)}


def test_what_is_left_in_chinese_is_found(plain: Site, visitor: Visitor) -> None:
    page = visitor().new_page()
    page.goto("/")
    assert untranslated(page) == [], "a page that says it is Chinese"
    page.evaluate("""() => { document.documentElement.lang = 'en'; document.querySelector('main').innerHTML
        = '<p>漏译</p><p lang="zh">原文</p><bdi lang="zh-CN">原文</bdi><input placeholder="漏译" aria-label="fine">' }""")
    assert untranslated(page) == ["漏译", "placeholder: 漏译"]


def test_chinese_is_drawn_and_not_boxes(plain: Site, visitor: Visitor) -> None:
    """A font without a character draws the same box for each; every one of these is drawn differently."""
    page = visitor().new_page()
    page.goto("/")
    drawn = set()
    for sign in "热线派单鑫龘":
        page.evaluate("sign => { document.querySelector('main').textContent = sign }", sign)
        with Image.open(BytesIO(page.locator("main").screenshot())) as picture:
            drawn.add(picture.tobytes())
    assert len(drawn) == 6


def test_the_packages_run_under_the_policy_of_our_pages(plain: Site, visitor: Visitor) -> None:
    page = visitor().new_page()
    page.goto("/")
    assert page.evaluate("() => [typeof htmx, typeof Idiomorph.morph, typeof echarts.init, typeof L.map]") == [
        "object", "function", "function", "function",
    ]  # fmt: skip
    page.evaluate("""() => {
        const place = document.getElementById('place');
        place.insertAdjacentHTML('beforeend', '<div id=chart></div><div id=map></div><button id=again hx-get="/" hx-target="main" '
            + 'hx-select="main" hx-swap="morph:innerHTML">再来</button>');
        const chart = echarts.init(document.getElementById('chart'), null, {width: 300, height: 200});
        chart.setOption({tooltip: {renderMode: 'richText'}, xAxis: {data: ['一', '二']}, yAxis: {}, series: [{type: 'bar', data: [1, 2]}]});
        chart.dispatchAction({type: 'showTip', seriesIndex: 0, dataIndex: 1});
        document.getElementById('map').style.height = '200px';
        L.marker([22.7, 114.2]).addTo(L.map('map').setView([22.7, 114.2], 12));
        htmx.process(place);
    }""")
    expect(page.locator("#chart canvas")).to_have_count(1)
    expect(page.locator("#map.leaflet-container")).to_have_count(1)
    page.click("#again")
    expect(settled(page).locator("#chart")).to_have_count(0)
