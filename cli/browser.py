"""How a page is looked at: by the machine's own Chromium, on a wall, a desk or a phone, asking nothing that the page does not ask."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Browser, BrowserContext, sync_playwright

from app.errors import Unavailable
from cli.chromium import chromium

# What a browser does by itself: updates, accounts, reports, guesses. None of it is wanted where only one host may be asked.
QUIET = (
    "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update",
    "--disable-sync", "--disable-domain-reliability", "--disable-features=OptimizationHints,MediaRouter,Translate", "--lang=zh-CN",
)  # fmt: skip
# What the browser itself writes, on fields for dates and files, follows neither the page nor the visitor, but this.
LANGUAGE = {"LANGUAGE": "zh_CN"}
SCREENS: Mapping[int, Mapping[str, Any]] = {
    1920: {"viewport": {"width": 1920, "height": 1080}},
    1440: {"viewport": {"width": 1440, "height": 900}},
    360: {"viewport": {"width": 360, "height": 800}, "has_touch": True, "is_mobile": True, "device_scale_factor": 2},
}
PATIENCE_MS = 15_000


@contextmanager
def opened() -> Iterator[Browser]:
    """One browser for everything that is looked at in one go."""
    path = chromium()
    if path is None:
        raise Unavailable("未找到 Chromium，请安装系统软件包 chromium。", "No Chromium here: install the system's package chromium.")
    with sync_playwright() as playwright:
        # Chromium's own sandbox does not work for root; what it shows is only our own pages.
        own: dict[str, str | float | bool] = {**os.environ, **LANGUAGE}
        browser = playwright.chromium.launch(executable_path=path, args=list(QUIET), chromium_sandbox=os.geteuid() != 0, env=own)
        yield browser
        browser.close()


def screen(browser: Browser, width: int, **more: Any) -> BrowserContext:
    """A visitor without cookies before a screen of this width, who reads Chinese unless `more` says otherwise."""
    settings = {"locale": "zh-CN", "timezone_id": "Asia/Shanghai", "reduced_motion": "reduce", **SCREENS[width], **more}
    context = browser.new_context(**settings)
    context.set_default_timeout(PATIENCE_MS)
    return context
