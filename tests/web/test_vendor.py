"""What pages load: only what is on the closed list, kept by browsers for good, from this host and from no other."""

from __future__ import annotations

import gzip
import json
import re

import pytest
from flask import Flask, render_template_string
from flask.testing import FlaskClient

from app.web import vendor
from cli.front import ready
from tests.house.sources import ROOT

FRONT = ROOT / "app" / "web" / "front"
FETCHED = re.compile(rb"""@import|url\((?!\s*["']?(?:data:|images/|#))[^)]{1,80}|\bsrc\s*=\s*["']https?:""")


@pytest.fixture
def pages() -> FlaskClient:
    ready()
    app = Flask("vendor", static_folder=str(ROOT / "app" / "web" / "static"), static_url_path="/static")
    vendor.install(app)
    app.jinja_env.globals.update(vendor=vendor.vendor, icon=vendor.icon)
    template = "{{ icon('phone') }}{{ icon('check', 'text-green') }} {{ vendor('htmx') }}"
    app.add_url_rule("/", "index", lambda: render_template_string(template))
    return app.test_client()


def test_the_lock_file_names_no_host_and_every_package_by_digest() -> None:
    text = (FRONT / "package-lock.json").read_text(encoding="utf-8")
    assert "://" not in text
    lock = json.loads(text)
    assert lock["lockfileVersion"] == 3
    assert all(entry["integrity"].startswith("sha512-") for name, entry in lock["packages"].items() if name)
    wanted = json.loads((FRONT / "package.json").read_text(encoding="utf-8"))
    assert {**wanted["dependencies"], **wanted["devDependencies"]}.items() <= vendor.versions().items(), "exact versions, as locked"
    assert "://" not in (FRONT / "node.lock").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", vendor.FILES)
def test_a_file_is_served_whole_and_for_good(pages: FlaskClient, name: str) -> None:
    package, file = vendor.FILES[name]
    content = (vendor.packages() / package / file).read_bytes()
    plain = pages.get(vendor.vendor(name))
    assert (plain.status_code, plain.data) == (200, content)
    assert plain.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert plain.mimetype == ("text/css" if file.endswith(".css") else "text/javascript")
    packed = pages.get(vendor.vendor(name), headers={"Accept-Encoding": "gzip, br"})
    assert packed.headers["Content-Encoding"] == "gzip" and packed.headers["Vary"] == "Accept-Encoding"
    assert gzip.decompress(packed.data) == content
    assert len(packed.data) * 2 < len(content)


@pytest.mark.parametrize("name", vendor.FILES)
def test_nothing_served_asks_another_host_for_more(pages: FlaskClient, name: str) -> None:
    assert FETCHED.findall(pages.get(vendor.vendor(name)).data) == []


def test_the_pictures_of_the_map_lie_where_its_stylesheet_looks(pages: FlaskClient) -> None:
    base = vendor.vendor("leaflet.css").rsplit("/", 1)[0]
    asked = re.findall(r"url\((images/[^)]+)\)", pages.get(vendor.vendor("leaflet.css")).text)
    assert asked
    for picture in asked:
        answer = pages.get(f"{base}/{picture}")
        assert (answer.status_code, answer.mimetype) == (200, "image/png")


@pytest.mark.parametrize(
    "address",
    [
        "htmx.org@{htmx}/package.json",
        "htmx.org@{htmx}/dist/htmx.min.js",
        "htmx.org@{htmx}/htmx.js",
        "htmx.org@1.0.0/htmx.min.js",
        "htmx.org@{htmx}/../../../package-lock.json",
        "htmx.org@{htmx}/%2e%2e/%2e%2e/package.json",
        "axe-core@{axe}/axe.min.js",
        "",
    ],
)
def test_nothing_beside_the_closed_list_is_served(pages: FlaskClient, address: str) -> None:
    filled = address.format(htmx=vendor.versions()["htmx.org"], axe=vendor.versions()["axe-core"])
    assert pages.get(f"/static/vendor/{filled}").status_code == 404


def test_our_own_file_is_kept_for_good_only_under_the_print_of_its_content(pages: FlaskClient) -> None:
    address = vendor.asset("citydesk.css")
    with pages.get(address) as kept:
        assert "immutable" in kept.headers["Cache-Control"]
    with pages.get("/static/citydesk.css?v=000000000000") as former:
        assert former.headers["Cache-Control"] == "no-cache"
    with pytest.raises(FileNotFoundError):
        vendor.asset("nosuch.css")


def test_an_icon_is_drawn_in_the_page_without_style_or_name(pages: FlaskClient) -> None:
    text = pages.get("/").text
    assert text.count("<svg") == 2 and text.count('aria-hidden="true"') == 2
    assert 'class="icon text-green"' in text
    assert "style=" not in text and "<script" not in text and "M0 0h24v24H0z" not in text
    assert vendor.vendor("htmx") in text
    for unknown in ("nosuch-icon", "../filled/phone", ""):
        with pytest.raises((LookupError, FileNotFoundError)):
            vendor.icon(unknown)


def test_the_sign_in_the_tab_is_there(pages: FlaskClient) -> None:
    answer = pages.get("/favicon.ico")
    assert (answer.status_code, answer.mimetype) == (200, "image/svg+xml")
    assert answer.data.startswith(b"<svg")


def test_the_edge_keeps_what_never_changes_and_lets_a_page_show_its_own_pictures(client: FlaskClient) -> None:
    assert "img-src 'self' data: blob:" in client.get("/", headers={"Accept": "text/html"}).headers["Content-Security-Policy"]
    assert "unsafe" not in client.get("/").headers["Content-Security-Policy"]
