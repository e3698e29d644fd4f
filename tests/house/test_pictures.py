"""What the manual and the first pages show and lead to exists, and every page of the list has its pictures, small enough to keep."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from cli.gallery import FOLDER, scenes
from cli.screens import MOST
from tests.house.sources import ROOT

MANUAL = ROOT / "docs" / "manual"
TEXTS = (*sorted(MANUAL.glob("*.md")), ROOT / "README.md", ROOT / "README.en.md")
TARGET = re.compile(r"(?:\]\(|src=\")([^)#\s\"]+)")
WHOLE = 7 * 1024 * 1024
PEOPLE = (
    "agent", "dispatcher", "clerk", "handler", "reviewer", "callback", "supervisor", "leader", "duty", "admin", "auditor", "citizen",
    "wall",
)  # fmt: skip


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_what_a_text_shows_and_leads_to_exists(path: Path) -> None:
    named = [each for each in TARGET.findall(path.read_text(encoding="utf-8")) if "://" not in each]
    assert named, "it leads somewhere"
    assert [each for each in named if not (path.parent / each).exists()] == []


def test_every_person_has_a_page_that_the_contents_lead_to() -> None:
    contents = (MANUAL / "README.md").read_text(encoding="utf-8")
    assert {path.stem for path in MANUAL.glob("*.md")} == {*PEOPLE, "README"}
    assert [name for name in PEOPLE if f"]({name}.md)" not in contents] == []


def test_every_page_of_the_list_has_its_pictures_and_nothing_else_is_kept() -> None:
    wanted = {f"{scene.name}-{width}.webp" for scene in scenes() if scene.picture for width in scene.widths}
    kept = {path.name: path.stat().st_size for path in FOLDER.glob("*.webp")}
    assert (wanted - set(kept), set(kept) - wanted) == (set(), set())
    assert [name for name, size in kept.items() if size > MOST] == []
    assert sum(kept.values()) < WHOLE
