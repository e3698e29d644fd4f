"""The list of pages that are looked at, and the way to each: as its own account, over the wire, by addresses that a person could type."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import APIRequestContext, Page, expect

from app.config import CHECKOUT
from app.errors import IllFormed, Unavailable

FOLDER = CHECKOUT / "docs" / "screens"
LIST = FOLDER / "pages.toml"
NAMED = re.compile(r"\{([\w.]+)\}")
# What a page fetches while somebody types, it asks for so long after the last key.
PAUSE_MS = 900
BUSY = ".htmx-request, .htmx-swapping, .htmx-settling, .htmx-added"


@dataclass(frozen=True, slots=True)
class Scene:
    """One page as one account sees it; docs/screens/pages.toml says what each field means."""

    name: str
    who: str
    path: str
    first: str = ""
    press: tuple[str, ...] = ()
    click: str = ""
    widths: tuple[int, ...] = (1440, 360)
    whole: bool = False
    typed: Mapping[str, str] = field(default_factory=dict)
    picture: bool = True
    status: int = 200


def scenes(path: Path = LIST) -> list[Scene]:
    """Raises IllFormed for an entry that cannot be read, or a name said twice."""
    found = [_scene(entry) for entry in tomllib.loads(path.read_text(encoding="utf-8"))["page"]]
    names = [scene.name for scene in found]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise IllFormed(f"页面清单中名称重复：{twice[0]}。", f"The list of pages names {twice[0]} twice.")
    return found


def _scene(entry: Mapping[str, Any]) -> Scene:
    known: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in entry.items()}
    try:
        scene = Scene(**known)
    except TypeError as error:
        raise IllFormed(f"页面清单有误：{error}", f"The list of pages, {entry.get('name', 'without a name')}: {error}") from error
    if bool(NAMED.search(scene.path)) != bool(scene.first):
        raise IllFormed(f"{scene.name}：{{id}} 与 first 须同时给出。", f"{scene.name}: {{id}} and first go together.")
    return scene


def address(scene: Scene, api: APIRequestContext, token: str) -> str:
    """The path with what it names filled in. Raises Unavailable when the list that should give it is empty."""
    if not scene.first:
        return scene.path
    named = {"Authorization": f"Bearer {token}"}
    answer = api.get(f"/api/v1{scene.first}", headers=named)
    items = answer.json().get("items", []) if answer.ok else []
    if not items:
        raise Unavailable(f"{scene.name}：{scene.first} 没有数据。", f"{scene.name}: {scene.first} gave nothing ({answer.status}).")
    told = items[0]
    if not says_all(scene.path, told):
        told = api.get(f"/api/v1{scene.first.partition('?')[0]}/{told['id']}", headers=named).json()
    return filled_in(scene.path, told)


def says_all(path: str, told: Mapping[str, Any]) -> bool:
    """Whether an item says all that the path names, or its own page has to be asked."""
    return {name.partition(".")[0] for name in NAMED.findall(path)} <= told.keys()


def filled_in(path: str, told: Mapping[str, Any]) -> str:
    """The path with what stands in `told` under each name in it; {clocks.0.id} is the id of the first of its clocks."""
    return NAMED.sub(lambda name: str(inside(told, name[1])), path)


def inside(told: Any, name: str) -> Any:
    for part in name.split("."):
        told = told[int(part) if part.isdecimal() else part]
    return told


def settled(page: Page) -> Page:
    """Waits until the page has loaded and no part of it is on its way."""
    page.wait_for_load_state("load")
    expect(page.locator(BUSY)).to_have_count(0)
    return page


def type_in(page: Page, scene: Scene) -> None:
    """Fills in what the scene types, and waits for what the page says to that."""
    for selector, words in scene.typed.items():
        page.fill(selector, words)
        page.wait_for_timeout(PAUSE_MS)
    settled(page).evaluate("scrollTo(0, 0)")


def enter(page: Page, scene: Scene, path: str) -> int:
    """Opens the page and does what the scene says; the status of its answer."""
    answer = page.goto(path)
    settled(page)
    for key in scene.press:
        page.keyboard.press(key)
    if scene.click:
        page.click(scene.click)
    settled(page)
    return answer.status if answer else 0
