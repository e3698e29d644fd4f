"""What is asked of a page beside what it says: that nobody is shut out of it, that it fits, and that nothing is left in Chinese."""

from __future__ import annotations

import re
from functools import cache
from html.parser import HTMLParser
from typing import Any

from playwright.sync_api import Page

from app.web.vendor import packages
from cli.gallery import settled

GRAVE = ("serious", "critical")
HAN = re.compile("[\u3400-\u9fff]")
# Only the outcome travels back, not the page.
RUN = """async () => (await axe.run(document, {resultTypes: ['violations']})).violations.map(found => ({
  id: found.id, impact: found.impact, help: found.help, nodes: found.nodes.map(node => node.html.slice(0, 200))}))"""


@cache
def source() -> str:
    return (packages() / "axe-core" / "axe.min.js").read_text(encoding="utf-8")


def hindrances(page: Page) -> list[dict[str, Any]]:
    """What axe-core finds serious or critical on a page as it stands."""
    if not page.evaluate("() => 'axe' in window"):
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


class Read(HTMLParser):
    """Reads a page as it is sent, and notes the Chinese that stands outside of what says that it is Chinese."""

    SPOKEN = frozenset({"placeholder", "title", "aria-label", "alt", "value"})
    VOID = frozenset({"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"})

    def __init__(self) -> None:
        super().__init__()
        self.around: list[tuple[str, bool]] = []
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attrs}
        kept = (bool(self.around) and self.around[-1][1]) or told.get("lang", "").startswith("zh") or tag in ("script", "style", "title")
        if not kept:
            self.found += [f"{name}: {told[name]}" for name in self.SPOKEN & told.keys() if HAN.search(told[name])]
        if tag not in self.VOID:
            self.around.append((tag, kept))

    def handle_endtag(self, tag: str) -> None:
        while self.around and any(name == tag for name, _ in self.around):
            if self.around.pop()[0] == tag:
                break

    def handle_data(self, data: str) -> None:
        if HAN.search(data) and not (self.around and self.around[-1][1]):
            self.found.append(data.strip())


def left_in_chinese(page: str) -> list[str]:
    """The same of the page as it is sent."""
    reader = Read()
    reader.feed(page)
    return reader.found
