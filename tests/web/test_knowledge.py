"""A search of the knowledge base stays the one that was typed, whatever refreshes the page, and its address leads back to it."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import quote

from playwright.sync_api import Page, expect

from tests.web.site import Site

Looked = Callable[..., Page]


def test_a_typed_search_outlives_what_refreshes_the_page(shown: Site, looked: Looked) -> None:
    page = looked("agent", 1440)
    page.goto("/knowledge")
    rows = page.locator("#found [data-item] .title-link")
    every, word = rows.all_text_contents(), rows.last.text_content() or ""
    page.fill("#f-q", word[:4])
    page.wait_for_url(f"**/knowledge?q={quote(word[:4])}")
    found = rows.all_text_contents()
    assert word in found and len(found) < len(every)
    with page.expect_response(lambda answer: "/knowledge/found" in answer.url):
        page.evaluate("document.body.dispatchEvent(new Event('citydesk:changed'))")
    expect(rows).to_have_text(found)
    page.reload()
    expect(rows).to_have_text(found)
    expect(page.locator("#f-q")).to_have_value(word[:4])
