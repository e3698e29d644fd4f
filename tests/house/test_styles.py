"""Every family that a stylesheet names has a font with Chinese among its names, so that no reader sees boxes."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.house.sources import ROOT, everything

STYLES = [path for path in everything() if path.suffix == ".css" and path.is_relative_to(ROOT / "app")]
DECLARED = re.compile(r"(?:^|[{;\s])(font|font-family|--[\w-]+)\s*:\s*([^;}]+)")
CHINESE = re.compile(r'"(?:Noto Sans CJK SC|Noto Sans SC|Source Han Sans SC)"')
FAMILY = re.compile(r'"|\b(?:sans-serif|serif|monospace|system-ui|ui-monospace)\b|var\(')


def nameless(style: str) -> list[str]:
    """Declarations of a family without a Chinese one among its names."""
    said = DECLARED.findall(re.sub(r"/\*.*?\*/", "", style, flags=re.DOTALL))
    known = {name: value for name, value in said if name.startswith("--")}
    fonts = [value.strip() for name, value in said if name in ("font", "font-family")]
    fonts += [value for name, value in known.items() if "font" in name and "size" not in name and FAMILY.search(value)]
    spoken = [re.sub(r"var\((--[\w-]+)\)", lambda found: known.get(found[1], found[0]), value) for value in fonts]
    return [value for value in spoken if FAMILY.search(value) and not CHINESE.search(value)]


@pytest.mark.parametrize("path", STYLES, ids=lambda path: path.name)
def test_every_family_has_chinese(path: Path) -> None:
    style = path.read_text(encoding="utf-8")
    assert nameless(style) == []
    assert CHINESE.search(style), "a page without a family of its own writes with the browser's, which may have no Chinese"


@pytest.mark.parametrize(
    "style",
    [
        "b { font: 12px/1.5 monospace }",
        'b { color: red; font-family: "PingFang SC", sans-serif }',
        ":root { --mono: ui-monospace } b { font: 1px var(--mono) }",
    ],
)
def test_a_family_without_chinese_is_found(style: str) -> None:
    assert len(nameless(style)) == 1


@pytest.mark.parametrize("style", ["b { font: inherit }", 'b { font: 12px monospace, "Noto Sans CJK SC" }', "b { font-size: 12px }"])
def test_what_takes_the_family_of_what_is_around_it_is_no_fault(style: str) -> None:
    assert nameless(style) == []


def test_there_are_styles_to_look_at() -> None:
    assert {path.name for path in STYLES} >= {"citydesk.css", "portal.css", "wall.css"}
