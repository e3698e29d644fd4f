"""What leaves the screen: the list as a file, masked, and the sheet and the ticket on paper, nothing cut off or too pale."""

from __future__ import annotations

import io
import re
from collections.abc import Callable

import openpyxl
import pytest
from playwright.sync_api import Page, expect

from cli.gallery import scenes, settled
from tests.web.looks import overflow
from tests.web.site import Site, where

Looked = Callable[..., Page]
NUMBER = re.compile(r"(?<!\d)1[3-9]\d{9}(?!\d)")
# A4 with margins of a centimetre, in CSS pixels.
PAPER = {"width": 718, "height": 1047}
SCENES = {scene.name: scene for scene in scenes()}
# Of every word that will be printed: whether it is too pale for white paper, since a printer leaves out the ground behind it, and whether
# it stands in a box that shows it only when scrolled.
UNREAD = """() => {
  const found = [], walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const lit = (part) => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  const bright = (colour) => colour.reduce((sum, part, place) => sum + lit(part / 255) * [0.2126, 0.7152, 0.0722][place], 0);
  for (let node = walk.nextNode(); node; node = walk.nextNode()) {
    const around = node.parentElement;
    if (!node.data.trim() || !around.checkVisibility({visibilityProperty: true}) || around.closest('.visually-hidden, .skip')) continue;
    const colour = getComputedStyle(around).color.match(/[\\d.]+/g).slice(0, 3).map(Number);
    if (1.05 / (bright(colour) + 0.05) < 4.5) found.push(`pale: ${node.data.trim()} ${colour}`);
    for (let box = around; box !== document.body; box = box.parentElement) {
      const style = getComputedStyle(box);
      const cut = (flow, whole, seen) => flow !== 'visible' && whole > seen + 1;
      if (cut(style.overflowX, box.scrollWidth, box.clientWidth) || cut(style.overflowY, box.scrollHeight, box.clientHeight))
        found.push(`cut off: ${node.data.trim()} in ${box.tagName}.${box.className}`);
    }
  }
  return found;
}"""


def test_the_list_leaves_as_a_file_that_opens_and_names_nobody(shown: Site, looked: Looked) -> None:
    page = looked("dispatcher", 1440)
    page.goto("/tickets?state=handling")
    rows = settled(page).locator("tr[data-item]").count()
    with page.expect_download() as coming:
        page.get_by_role("button", name="导出").click()
    assert coming.value.suggested_filename.endswith(".xlsx")
    book = openpyxl.load_workbook(io.BytesIO(coming.value.path().read_bytes()))
    head, *told = book.active.iter_rows(values_only=True)
    assert len(told) >= min(rows, 50) > 0
    phones = [row[head.index("联系电话")] for row in told]
    assert any(phones) and all("****" in phone for phone in phones if phone)
    assert [cell for row in told for cell in row if NUMBER.search(str(cell))] == []
    expect(page.locator("h1")).to_have_text("查找工单")


@pytest.mark.parametrize("name", ["ticket-sheet", "ticket", "clock", "collective-brief", "statistics", "supervision", "conference"])
def test_on_paper_nothing_is_cut_off_or_too_pale(shown: Site, looked: Looked, name: str) -> None:
    page = looked(SCENES[name].who, 1440)
    page.goto(where(shown, page, SCENES[name]))
    settled(page)
    page.emulate_media(media="print")
    page.set_viewport_size(PAPER)
    for part in ("header.top", ".side", "dialog", ".actions", "form"):
        assert page.locator(part).filter(visible=True).count() == 0, part
    assert overflow(page) == 0
    assert page.evaluate(UNREAD) == []
