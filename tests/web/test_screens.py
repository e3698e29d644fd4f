"""Pictures are small enough to keep, and the command that takes them says in one sentence why it cannot."""

from __future__ import annotations

import io
import random
from pathlib import Path

import pytest
from click.testing import CliRunner
from PIL import Image
from playwright.sync_api import Browser

from app.errors import IllFormed, Unavailable
from cli.gallery import Scene
from cli.screens import MOST, Shown, command, shrunk, take
from tests.web.site import Site

PAGE = Scene("page", "", "/")


def test_a_picture_is_kept_small_whatever_it_shows() -> None:
    noise = Image.frombytes("RGB", (1440, 900), random.Random(7).randbytes(1440 * 900 * 3)).resize((360, 225)).resize((1440, 900))
    flat = Image.new("RGB", (1440, 900), "white")
    for picture in (noise, flat):
        png = io.BytesIO()
        picture.save(png, "PNG")
        small = shrunk(png.getvalue())
        assert len(small) <= MOST
        with Image.open(io.BytesIO(small)) as kept:
            assert kept.format == "WEBP"
    assert kept.size == (1440, 900), "what is easy to pack is not made smaller to look at"


@pytest.mark.parametrize(("width", "size"), [(1440, (1440, 900)), (360, (720, 1600)), (1920, (1920, 1080))])
def test_a_picture_is_taken_as_the_screen_shows_it(
    plain: Site, browser: Browser, tmp_path: Path, width: int, size: tuple[int, int]
) -> None:
    told = take(browser, Shown(plain.url, ""), PAGE, width, tmp_path)
    assert told.startswith(f"page-{width}.webp") and told.endswith(" 200")
    with Image.open(tmp_path / f"page-{width}.webp") as picture:
        assert picture.size == size


def test_what_a_scene_types_stands_in_the_picture_and_the_page_has_answered_it(
    plain: Site, browser: Browser, tmp_path: Path
) -> None:
    pixels = []
    for scene in (PAGE, Scene("typed", "", "/", typed={"[name=name]": "王小明"})):
        take(browser, Shown(plain.url, ""), scene, 1440, tmp_path)
        with Image.open(tmp_path / f"{scene.name}-1440.webp") as picture:
            pixels.append(picture.convert("RGB").tobytes())
    assert pixels[0] != pixels[1]


def test_a_page_that_nobody_serves_is_said(browser: Browser, tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="page at 1440: .*ERR_"):
        take(browser, Shown("http://127.0.0.1:9", ""), PAGE, 1440, tmp_path)


@pytest.mark.parametrize("line", [["--only", "nosuch"], ["--only", "forbidden"], ["--url", "http://127.0.0.1:9"]])
def test_what_cannot_be_meant_is_refused(line: list[str]) -> None:
    assert isinstance(CliRunner().invoke(command, line).exception, IllFormed)
