"""A page that answers a form is a page as well: what it refuses, tries out or shows once shuts nobody out and fits its screen."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import Page, expect

from cli.gallery import NAMED, Scene, settled
from tests.web.looks import axe, overflow
from tests.web.site import Site, where

Looked = Callable[..., Page]
LATE = "/tickets?state=handling&limit=1"
WIDE = {"width": 1440, "height": 900}


@dataclass(frozen=True)
class Sent:
    """Who opens what, what is typed into which field, the button, the status of the answer, and what stands there then."""

    name: str
    who: str
    path: str
    button: str
    shows: str
    typed: Mapping[str, str] = field(default_factory=dict)
    first: str = ""
    status: int = 200


FORMS = (
    Sent("sign-in-refused", "", "/sign-in", "登录", "[role=alert]", {"username": "nobody.there", "password": "guessed-1"}, status=401),
    Sent("password-refused", "", "/password", "修改", "[role=alert], .shown", {"username": "nobody", "old": "a", "new": "b"}, status=401),
    Sent("second-factor-begun", "lead.swj", "/account/second-factor", "开始设置", ".qr-box svg"),
    Sent("token-once", "security", "/admin/tokens/new", "签发", "#token-text", {"username": "handler.swj", "label": "试"}),
    Sent("pack-tried", "admin", "/admin/packs/demo-district/edit", "检查并比较", ".note", {"text": "name = 'demo-district'"}),
    Sent("pack-asked", "admin", "/admin/packs/demo-district", "查一查", "#tester .note", {"fact-category": "010101"}),
    Sent("calendar-tried", "admin", "/admin/calendar/publish", "预览影响", ".note"),
    Sent("limit-reckoned", "admin", "/admin/calendar?year=2025", "推算", "#limit .note", {"amount": "2wd", "start": "2025-09-30T10:00"}),
    Sent("unmask-refused", "supervisor", "/tickets/{id}/unmask", "查看", ".invalid-feedback", {"reason": "想"}, LATE, 400),
    Sent("unmasked", "supervisor", "/tickets/{id}/unmask", "查看", "main dl", {"reason": "回访前核对号码"}, LATE),
    Sent("act-refused", "dispatcher", "/act/tickets/{id}/annotate", "批注", ".invalid-feedback", {"note": "   "}, LATE, 400),
    Sent("unit-refused", "admin", "/admin/units/{id}/move", "调整隶属", ".shown", {"parent_id": "没有", "reason": "旧"}, "/units", 400),
)


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.name)
def test_what_comes_of_a_form(shown: Site, looked: Looked, form: Sent) -> None:
    page = looked(form.who, 360, form.status)
    path = where(shown, page, Scene(form.name, form.who, form.path, form.first)) if NAMED.search(form.path) else form.path
    page.goto(f"{path}{'&' if '?' in path else '?'}lang=zh")
    for name, words in form.typed.items():
        page.fill(f"main [name={name}]", words)
    with page.expect_response(lambda answer: answer.request.method == "POST") as coming:
        page.locator("main").get_by_role("button", name=form.button, exact=True).click()
    assert coming.value.status == form.status
    expect(settled(page).locator(form.shows).first).to_be_visible()
    axe(page)
    assert overflow(page) == 0, "wider than a telephone"
    page.set_viewport_size(WIDE)
    assert overflow(page) == 0, "wider than its screen"
