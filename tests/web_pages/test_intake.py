"""Intake without scripts: what is told becomes a ticket once, whatever is wrong with it stays on the page, and nothing personal in addresses."""

from __future__ import annotations

from tests.factories.hotline import Desk
from tests.web_pages.eyes import Eyes, words


def test_a_demand_is_registered(desk: Desk) -> None:
    eyes = Eyes(desk, "agent")
    page = eyes.open("/intake")
    told = {"phone": "13800001234", "name": "王女士", "content": "小区门口垃圾堆了三天。没有人清理。", "type": "complaint", "channel": "phone"}
    done = eyes.done(page, "/intake", **told)
    assert "小区门口垃圾堆了三天" in words(done)
