"""What is asked of a page beside what it says: that nobody is shut out of it, that it fits, and that nothing is left in Chinese."""

from __future__ import annotations

from functools import cache
from typing import Any

from playwright.sync_api import Page

from app.web.vendor import packages
from cli.gallery import settled

GRAVE = ("serious", "critical")
# Only the outcome travels back, not the page.
RUN = """async () => (await axe.run(document, {resultTypes: ['violations']})).violations.map(found => ({
  id: found.id, impact: found.impact, help: found.help, nodes: found.nodes.map(node => node.html.slice(0, 200))}))"""


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


# What a person or a file has written stays in its language and says so by `lang`.
LEFT = """() => {
  const found = [], walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walk.nextNode(); node; node = walk.nextNode()) {
    const around = node.parentElement;
    if (/\\p{Script=Han}/u.test(node.data) && !around.closest('script, style, [lang|=zh]')) found.push(node.data.trim());
  }
  const spoken = ['placeholder', 'title', 'aria-label', 'alt', 'value'];
  for (const name of spoken) for (const one of document.querySelectorAll(`[${name}]`)) {
    if (/\\p{Script=Han}/u.test(one.getAttribute(name)) && !one.closest('[lang|=zh]')) found.push(`${name}: ${one.getAttribute(name)}`);
  }
  return found;
}"""


def untranslated(page: Page) -> list[str]:
    """On an English page: words of ours that are still Chinese."""
    found: list[str] = page.evaluate(LEFT)
    return found
