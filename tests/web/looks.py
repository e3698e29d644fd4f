"""What is asked of a page beside what it says: that it is at rest, and that nobody is shut out of it."""

from __future__ import annotations

from functools import cache
from typing import Any

from playwright.sync_api import Page, expect

from app.web.vendor import packages

BUSY = ".htmx-request, .htmx-swapping, .htmx-settling, .htmx-added"
GRAVE = ("serious", "critical")
# Only the outcome travels back, not the page.
RUN = """async () => (await axe.run(document, {resultTypes: ['violations']})).violations.map(found => ({
  id: found.id, impact: found.impact, help: found.help, nodes: found.nodes.map(node => node.html.slice(0, 200))}))"""


def settled(page: Page) -> Page:
    """Waits until the page has loaded and no part of it is on its way."""
    page.wait_for_load_state("load")
    expect(page.locator(BUSY)).to_have_count(0)
    return page


@cache
def source() -> str:
    return (packages() / "axe-core" / "axe.min.js").read_text(encoding="utf-8")


def hindrances(page: Page) -> list[dict[str, Any]]:
    """What axe-core finds serious or critical on a page as it stands."""
    page.evaluate(source())
    found: list[dict[str, Any]] = page.evaluate(RUN)
    return [one for one in found if one["impact"] in GRAVE]


def axe(page: Page) -> None:
    found = hindrances(settled(page))
    told = "\n".join(f"{one['impact']} {one['id']}: {one['help']}\n    " + "\n    ".join(one["nodes"][:5]) for one in found)
    assert not found, f"{page.url}\n{told}"


def overflow(page: Page) -> int:
    """By how many CSS pixels the page is wider than its screen."""
    return int(page.evaluate("() => document.documentElement.scrollWidth - document.documentElement.clientWidth"))
