"""Every page that docs/screens/pages.toml lists: opened by its account at each width, in both languages, with nothing to complain of."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Page
from werkzeug.exceptions import HTTPException
from werkzeug.routing import Rule

from app.errors import IllFormed
from app.main import create_app
from bench.pages import filled, signed_in
from cli.gallery import NAMED, Scene, enter, scenes
from tests.web.looks import axe, left_in_chinese, overflow
from tests.web.site import Site, where

Looked = Callable[..., Page]
SCENES = scenes()
MINE = "/assignments?person=me&state=handling&limit=1"
# What a page fetches to stand in it: who opens that page, and the list of which the first is meant.
PARTS = {
    "/home/numbers": ("leader", ""), "/wall/numbers": ("leader", ""), "/desk/dispatch/queue": ("dispatcher", ""),
    "/desk/dispatch/asked/queue": ("dispatcher", ""),
    "/desk/adjudication/queue": ("supervisor", ""), "/desk/unit/queue": ("clerk.cgj", ""), "/handling/{id}/head": ("handler.cgj", MINE),
    "/handling/{id}/actions": ("handler.cgj", MINE), "/handling/{id}/version": ("handler.cgj", MINE),
    "/desk/review/queue": ("reviewer", ""), "/desk/callback/queue": ("callback", ""), "/alarms/rows": ("duty", ""),
    "/desk/supervision/rows": ("supervisor", ""), "/supervisions/rows": ("supervisor", ""), "/instructions/rows": ("secretary", ""),
    "/knowledge/found": ("agent", ""), "/inbox/count": ("clerk.cgj", ""), "/inbox/rows": ("clerk.cgj", ""),
    "/pick/categories": ("agent", ""), "/pick/units": ("agent", ""), "/pick/streets": ("agent", ""),
    "/audit/chain/runs": ("auditor", ""), "/admin/calendar/works": ("admin", ""),
}  # fmt: skip
NO_PAGE = {
    "/tickets/export": "a file, which tests/web/test_taking_away.py opens",
    "/files/{id}": "a file that somebody has attached",
    "/map/boundaries": "outlines for the map, as GeoJSON",
    "/map/outline": "the same of the district alone",
    "/portal/demand/send": "leads back to the form, for who reloads what was answered to it",
    "/co-requests/{id}": "leads on to where the request is worked on",
    "/desk/unit/results": "what came of a batch, which a clerk's day looks at",
    "/desk/dispatch/results": "the same of a dispatcher's",
    "/readme": "a text as it stands beside the code",
}

# Boxes of tables that neither scroll nor show the whole.
CUT = """() => [...document.querySelectorAll('.table-wrap')].filter(box =>
  getComputedStyle(box).overflowX === 'clip' && box.scrollWidth > box.clientWidth).map(box => box.outerHTML.slice(0, 200))"""


def views() -> list[Any]:
    return [pytest.param(scene, width, id=f"{scene.name}-{width}") for scene in SCENES for width in scene.widths]


@pytest.fixture(scope="session")
def served(shown: Site) -> Flask:
    """The application itself, for what needs no browser."""
    return create_app(shown.system)


@pytest.mark.parametrize(("scene", "width"), views())
def test_a_page_opens_fits_its_screen_and_shuts_nobody_out(shown: Site, looked: Looked, scene: Scene, width: int) -> None:
    page = looked(scene.who, width, *({scene.status} - {200}))
    assert enter(page, scene, where(shown, page, scene)) == scene.status
    axe(page)
    assert overflow(page) == 0, "wider than its screen"
    assert page.evaluate(CUT) == [], "a table whose right end nobody can reach"
    assert page.locator("h1").count() == 1, "one heading says what the page is"


def test_the_heads_of_a_table_stay_in_sight_below_the_frame(shown: Site, looked: Looked) -> None:
    page = looked("dispatcher", 1440)
    page.goto("/tickets")
    page.evaluate("scrollTo(0, 500)")
    frame, head = page.locator("header.top").bounding_box(), page.locator("table.list th").first.bounding_box()
    assert page.evaluate("scrollY") == 500 and frame and head
    assert (frame["y"], round(head["y"])) == (0, round(frame["height"])), "neither gone nor behind the frame"


@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.name)
def test_nothing_of_an_english_page_is_left_in_chinese(shown: Site, served: Flask, scene: Scene) -> None:
    """As it is sent: what scripts add to it comes from its own attributes."""
    client = signed_in(served, shown.system, scene.who, shown.password)
    path = filled(client, scene) if scene.first else scene.path
    page = client.get(f"{path}{'&' if '?' in path else '?'}lang=en", headers={"Accept": "text/html"})
    assert page.status_code == scene.status and '<html lang="en"' in page.text
    assert left_in_chinese(page.text) == []


def test_every_page_is_on_the_list(served: Flask) -> None:
    """Whatever answers GET is opened above, is a part that is opened below, or has a reason of its own to be neither."""
    opened = {at(served, NAMED.sub("1", scene.path.partition("?")[0])) for scene in SCENES if scene.status == 200}
    there = {door_of(rule) for rule in served.url_map.iter_rules() if rule.endpoint.startswith("page ") and "GET" in (rule.methods or ())}
    assert sorted(there - opened - PARTS.keys() - NO_PAGE.keys()) == []
    assert sorted((PARTS.keys() | NO_PAGE.keys()) & opened | (PARTS.keys() | NO_PAGE.keys()) - there) == [], "an exception without need"


@pytest.mark.parametrize("path", PARTS)
def test_a_part_of_a_page_is_no_page_and_leaves_nothing_in_chinese(shown: Site, served: Flask, path: str) -> None:
    who, first = PARTS[path]
    client = signed_in(served, shown.system, who, shown.password)
    scene = Scene("part", who, path, first)
    part = client.get(f"{filled(client, scene) if first else path}?lang=en", headers={"Accept": "text/html", "HX-Request": "true"})
    assert part.status_code == 200 and part.mimetype == "text/html"
    assert "<html" not in part.text and left_in_chinese(part.text) == []


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


def at(served: Flask, path: str) -> str:
    """The page that answers at this address."""
    try:
        rule, _ = served.url_map.bind("").match(path, "GET", return_rule=True)
    except HTTPException:
        return ""
    return door_of(rule)


def door_of(rule: Rule) -> str:
    return rule.endpoint.rpartition(" ")[2]
