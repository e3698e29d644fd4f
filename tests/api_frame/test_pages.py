"""Pages: both languages, one click apart, and refusals as pages for those who come with a browser."""

from __future__ import annotations

import re

from flask.testing import FlaskClient

BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


def test_the_first_page_in_both_languages(client: FlaskClient) -> None:
    chinese = client.get("/", headers=BROWSER).text
    english = client.get("/?lang=en", headers=BROWSER).text
    assert '<html lang="zh-CN">' in chinese
    assert "区级 12345 热线办理平台" in chinese
    assert '<html lang="en">' in english
    main = english[english.index("<main>") :]
    assert not re.search("[\u4e00-\u9fff]", main), "nothing is left in Chinese"
    assert 'href="/?lang=en"' in chinese
    assert 'href="/?lang=zh"' in english
    assert client.get("/", headers={**BROWSER, "Accept-Language": "en-US,en;q=0.9"}).text == english
    assert client.get("/?lang=zh", headers={**BROWSER, "Accept-Language": "en"}).text == chinese


def test_every_link_of_the_first_page_leads_somewhere(client: FlaskClient) -> None:
    for link in re.findall(r'href="([^"]+)"', client.get("/").text):
        with client.get(link) as answer:
            assert answer.status_code == 200, link


def test_a_refusal_is_a_page_for_a_browser_and_data_for_a_program(client: FlaskClient) -> None:
    page = client.get("/nothing", headers={**BROWSER, "Accept-Language": "en"})
    assert (page.status_code, page.mimetype) == (404, "text/html")
    assert "There is nothing at this address." in page.text
    assert page.headers["X-Request-Id"] in page.text
    data = client.get("/nothing")
    assert (data.status_code, data.mimetype) == (404, "application/problem+json")
    api = client.get("/api/v1/nothing", headers=BROWSER)
    assert (api.status_code, api.mimetype) == (404, "application/problem+json")


def test_what_stands_in_an_address_is_never_markup(client: FlaskClient) -> None:
    page = client.get('/"><script>alert(1)</script>', headers=BROWSER)
    assert page.status_code == 404
    assert "<script" not in page.text
