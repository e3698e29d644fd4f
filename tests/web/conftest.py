"""A real browser before a real server. Each test has a visitor of its own, and fails on whatever the browser complains of."""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
from flask import Flask, render_template_string
from playwright.sync_api import Browser, BrowserContext, Page

from app.api.edge import Edge
from app.api.meters import Meters
from app.core.system import System
from app.people.signin import sign_in
from app.web import vendor
from app.web.visits import COOKIE
from cli.browser import SCREENS, opened, screen
from cli.chromium import missing
from tests.factories.people import PASSWORD
from tests.web.looks import source
from tests.web.site import Site, demonstration, serving
from tests.web.watch import Watch

if TYPE_CHECKING:
    from tests.fixtures.servers import Servers

SITES = ("demo", "shown", "bare", "plain")
NUMBERS = itertools.count()
FAILED = pytest.StashKey[bool]()
Person = Callable[..., Page]
Arrive = Callable[..., Page]
PLAIN = """<!doctype html><html lang="zh-CN"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta name="htmx-config" content='{"allowEval": false, "includeIndicatorStyles": false}'><title>一页</title>
{% for name in ("tabler.css", "leaflet.css") %}<link rel="stylesheet" href="{{ vendor(name) }}">{% endfor %}
{% for name in ("htmx", "idiomorph", "tabler.js", "echarts", "leaflet.js") %}<script defer src="{{ vendor(name) }}"></script>{% endfor %}
</head><body hx-ext="morph"><main><h1>{{ icon("headset") }}一页</h1><div id="place"></div>
<label>名<input name="name"></label></main></body></html>"""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whoever comes first fills the demonstration, and the others wait for it: both are given the time."""
    for item in items:
        if {"demo", "shown", "person", "visitor", "looked"} & set(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.timeout(400))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Any:
    report = yield
    if report.when == "call":
        item.stash[FAILED] = report.failed
    return report


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    lacking = missing()
    if lacking:
        pytest.skip(f"no {' and no '.join(lacking)} here; ./citydesk test installs them where it may")
    with opened() as browser:
        yield browser


@pytest.fixture
def demo(servers: Servers, shared: Path, tmp_path: Path, worker_id: str) -> Iterator[Site]:
    """A district with weeks of tickets in every state, that this test may change as it likes."""
    name = f"demo_{worker_id}_{os.getpid()}_{next(NUMBERS)}"
    with demonstration(servers, name, shared, tmp_path / "demo") as site:
        yield site


@pytest.fixture(scope="session")
def shown(servers: Servers, shared: Path, tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Iterator[Site]:
    """The same district, for all tests of this process that only look."""
    name = f"shown_{worker_id}_{os.getpid()}"
    with demonstration(servers, name, shared, tmp_path_factory.mktemp("shown") / "home") as site:
        yield site


@pytest.fixture
def bare(system: System) -> Iterator[Site]:
    """An empty installation that a test furnishes itself; accounts of tests/factories open with their one password."""
    with serving(system, PASSWORD) as site:
        yield site


@pytest.fixture
def plain(system: System) -> Iterator[Site]:
    """One page that loads every package, behind the edge of the real application and with none of its pages."""
    app = Flask("plain", static_folder=None)
    vendor.install(app)
    app.jinja_env.globals.update(vendor=vendor.vendor, icon=vendor.icon)
    app.add_url_rule("/", "page", lambda: render_template_string(PLAIN))
    app.wsgi_app = Edge(app.wsgi_app, Meters(), lambda: None)  # type: ignore[method-assign]
    with serving(system, app=app) as site:
        yield site


@pytest.fixture
def site(request: pytest.FixtureRequest) -> Site:
    """The one that the test names, `demo` when it names none."""
    named = next((name for name in SITES if name in request.fixturenames), SITES[0])
    found: Site = request.getfixturevalue(named)
    return found


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
def visitor(
    browser: Browser, site: Site, watch: Watch, request: pytest.FixtureRequest, tmp_path: Path
) -> Iterator[Callable[..., BrowserContext]]:
    """visitor(width=1440, **settings): somebody whom nobody knows yet, before a screen of that width. The test fails on whatever the
    browser complained of meanwhile; of a test that failed, a picture of each open page stays behind."""
    contexts: list[BrowserContext] = []

    def come(width: int = 1440, **more: Any) -> BrowserContext:
        contexts.append(screen(browser, width, base_url=site.url, **more))
        watch.over(contexts[-1], urlsplit(site.url).netloc)
        return contexts[-1]

    yield come
    leave_pictures(request, watch, [page for context in contexts for page in context.pages], tmp_path)
    for context in contexts:
        context.close()
    assert not watch.found, "\n".join(watch.found)


def leave_pictures(request: pytest.FixtureRequest, watch: Watch, pages: list[Page], folder: Path) -> None:
    """What each page showed when its test failed."""
    if watch.found or request.node.stash.get(FAILED, False):
        for number, page in enumerate(pages):
            page.screenshot(path=folder / f"page-{number}.png")
            request.node.add_report_section("teardown", "picture", f"{page.url} as it was: {folder / f'page-{number}.png'}")


@pytest.fixture
def person(visitor: Callable[..., BrowserContext], site: Site) -> Person:
    """person(username, width=1440): a page of somebody who has signed in; of "" a citizen's, who has no account."""

    def come(username: str, width: int = 1440, **more: Any) -> Page:
        context = visitor(width, **more)
        signed_in(context, site, username)
        return context.new_page()

    return come


@pytest.fixture
def arrive(visitor: Callable[..., BrowserContext], site: Site) -> Arrive:
    """arrive(username, width=1440, to="/", at=None): the same through the form, as a day begins, on the page that was asked for; `at` is
    the screen of somebody whose day is over."""

    def come(username: str, width: int = 1440, to: str = "/", at: Page | None = None) -> Page:
        page = at or visitor(width).new_page()
        page.context.clear_cookies()
        page.goto(f"/sign-in?next={to}")
        page.fill("[name=username]", username)
        page.fill("[name=password]", site.password)
        page.press("[name=password]", "Enter")
        page.wait_for_url(f"**{to}")
        return page

    return come


def signed_in(context: BrowserContext, site: Site, username: str) -> None:
    """Whoever sat there before is gone; nobody has signed in when `username` is ""."""
    context.clear_cookies()
    if username:
        token = sign_in(site.system, username, site.password).token
        context.add_cookies([{"name": COOKIE, "value": token, "url": site.url, "httpOnly": True, "sameSite": "Lax"}])


@pytest.fixture(scope="session")
def screens(browser: Browser, shown: Site) -> Iterator[tuple[dict[int, Page], Watch]]:
    """One page of each width, opened once by each process: a new one costs more than most of what is looked at with it."""
    pages: dict[int, Page] = {}
    watch = Watch()
    for width in SCREENS:
        pages[width] = screen(browser, width, base_url=shown.url).new_page()
        # Sent once, and not with each page.
        pages[width].context.add_init_script(source())
        watch.over(pages[width].context, urlsplit(shown.url).netloc)
    yield pages, watch
    for page in pages.values():
        page.context.close()


@pytest.fixture
def looked(
    screens: tuple[dict[int, Page], Watch], shown: Site, request: pytest.FixtureRequest, tmp_path: Path
) -> Iterator[Callable[..., Page]]:
    """looked(username, width, *statuses): the page of that width, for who has signed in and only looks; the browser keeps what it has
    fetched and compiled, and nothing else. The test fails on whatever the browser complained of until the page was left, save answers
    with one of those statuses."""
    (pages, watch), seen = screens, dict[int, Page]()

    def look(username: str, width: int, *statuses: int) -> Page:
        watch.allow(*statuses)
        signed_in(pages[width].context, shown, username)
        seen[width] = pages[width]
        return pages[width]

    yield look
    leave_pictures(request, watch, list(seen.values()), tmp_path)
    for width, page in seen.items():
        if page.viewport_size != SCREENS[width]["viewport"]:
            page.set_viewport_size(SCREENS[width]["viewport"])
            page.emulate_media(media="null")
        page.evaluate("() => { localStorage.clear(); sessionStorage.clear() }")
        page.goto("about:blank")
    found, watch.found = watch.found, []
    watch.allowed.clear()
    assert not found, "\n".join(found)
