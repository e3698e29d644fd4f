"""On every desk `?` tells its keys and Ctrl-K finds pages, also where the cursor stands in a field."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from playwright.sync_api import Page, expect

from cli.gallery import Scene, enter, scenes
from tests.web.site import Site, where

Looked = Callable[..., Page]
# How many keys of its own each desk tells at least; the ticket page and the home have those of every page.
DESKS = {
    "intake": 12, "dispatch": 5, "unit": 4, "handling": 2, "review": 7, "callback": 6, "adjudication": 4, "supervision-desk": 3,
    "ticket": 0, "home-supervisor": 0,
}  # fmt: skip


@pytest.mark.parametrize("scene", [scene for scene in scenes() if scene.name in DESKS], ids=lambda scene: scene.name)
def test_the_keys_are_told_and_the_palette_finds_pages(shown: Site, looked: Looked, scene: Scene) -> None:
    page = looked(scene.who, 1440)
    enter(page, replace(scene, click=""), where(shown, page, scene))
    keys, palette = page.locator("dialog#keys"), page.locator("dialog#palette")
    page.keyboard.press("Control+k")
    expect(palette).to_be_visible()
    page.keyboard.insert_text("知识库")
    expect(page.locator("#palette-list [aria-selected=true]")).to_contain_text("/knowledge")
    page.keyboard.press("Escape")
    expect(palette).to_be_hidden()
    page.keyboard.press("Control+k")
    page.keyboard.insert_text("快捷键")
    page.keyboard.press("Enter")
    expect(keys).to_be_visible()
    assert page.locator("#keys-list dt[data-own]").count() >= DESKS[scene.name]
    page.keyboard.press("Escape")
    expect(keys).to_be_hidden()
    # A field is left first, as the list of keys says.
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    expect(keys).to_be_visible()


def test_every_desk_is_looked_at() -> None:
    assert DESKS.keys() <= {scene.name for scene in scenes()} and len(DESKS) == 10
