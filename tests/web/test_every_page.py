"""Every page that docs/screens/pages.toml lists: opened by its account at each width, in both languages, with nothing to complain of."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Page

from app.errors import IllFormed
from app.main import PAGES, create_app
from app.people.signin import sign_in
from bench.pages import filled, signed_in
from cli.gallery import Scene, address, enter, scenes
from tests.web.looks import axe, left_in_chinese, overflow
from tests.web.site import Site

Looked = Callable[[str, int], Page]
SCENES = scenes()


def views() -> list[Any]:
    return [pytest.param(scene, width, id=f"{scene.name}-{width}") for scene in SCENES for width in scene.widths]


@pytest.fixture(scope="session")
def served(shown: Site) -> Flask:
    """The application itself, for what needs no browser."""
    return create_app(shown.system)


@pytest.mark.parametrize(("scene", "width"), views())
def test_a_page_opens_fits_its_screen_and_shuts_nobody_out(shown: Site, looked: Looked, scene: Scene, width: int) -> None:
    page = looked(scene.who, width)
    assert enter(page, scene, of(shown, page, scene)) == 200
    axe(page)
    assert overflow(page) == 0, "wider than its screen"
    assert page.locator("h1").count() == 1, "one heading says what the page is"


@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.name)
def test_nothing_of_an_english_page_is_left_in_chinese(shown: Site, served: Flask, scene: Scene) -> None:
    """As it is sent: what scripts add to it comes from its own attributes."""
    client = signed_in(served, shown.system, scene.who, shown.password)
    path = filled(client, scene) if scene.first else scene.path
    page = client.get(f"{path}{'&' if '?' in path else '?'}lang=en", headers={"Accept": "text/html"})
    assert page.status_code == 200 and '<html lang="en"' in page.text
    assert left_in_chinese(page.text) == []


def test_every_page_of_the_navigation_is_on_the_list() -> None:
    listed = {scene.path.split("?")[0] for scene in SCENES}
    assert [page.path for page in PAGES if page.nav and page.method == "GET" and page.path not in listed] == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[[page]]\nname = "a"\nwho = ""\npath = "/"\n[[page]]\nname = "a"\nwho = ""\npath = "/b"\n', "twice"),
        ('[[page]]\nname = "a"\nwho = ""\npath = "/{id}"\n', "go together"),
        ('[[page]]\nname = "a"\nwho = ""\npath = "/"\nwidht = 3\n', "widht"),
    ],
)
def test_an_entry_that_cannot_be_read_is_refused(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "pages.toml").write_text(text, encoding="utf-8")
    with pytest.raises(IllFormed, match=said):
        scenes(tmp_path / "pages.toml")


def of(site: Site, page: Page, scene: Scene) -> str:
    token = sign_in(site.system, scene.who, site.password).token if scene.first else ""
    return address(scene, page.request, token)
