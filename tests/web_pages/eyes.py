"""Somebody before a screen without scripts: opens pages, fills in the forms that stand there, and sees what comes of it."""

from __future__ import annotations

import html
import re
from typing import Any

from werkzeug.test import TestResponse

from app.core.actors import SYSTEM
from app.core.bus import execute
from app.people.commands import AddUser
from app.web.visits import COOKIE
from bench.pages import counting
from tests.factories.hotline import Desk

INPUT = re.compile(r"<input\b[^>]*>")
ATTRIBUTE = re.compile(r'([\w-]+)="([^"]*)"')


class Eyes:
    """One person's browser."""

    def __init__(self, desk: Desk, who: str, **headers: str) -> None:
        self.browser = desk.client.application.test_client()
        self.browser.set_cookie(COOKIE, desk.token(who))
        self.headers = {"Accept": "text/html", "Accept-Language": "zh-CN", **headers}

    def open(self, path: str) -> str:
        answer = self.browser.get(path, headers=self.headers)
        assert answer.status_code == 200, answer.text[:2000]
        return answer.text

    def status(self, path: str) -> int:
        return self.browser.get(path, headers=self.headers).status_code

    def send(self, page: str, action: str, to: str = "", **typed: Any) -> TestResponse:
        """Sends the form of this page with this action as it stands, with these fields typed in; `to` is where another of its buttons
        sends it."""
        return self.browser.post(to or action, data={**hidden(form_of(page, action)), **typed}, headers=self.headers)

    def done(self, page: str, action: str, to: str = "", **typed: Any) -> str:
        """The same, and the page that one is led to."""
        answer = self.send(page, action, to, **typed)
        assert answer.status_code == 303, answer.text[:3000]
        return self.open(answer.headers["Location"])


def pressed(eyes: Eyes, at: str, trigger: str, **typed: str) -> str:
    """A button of the page of a case, the form that it opens, and the page as it is afterwards."""
    address = f"/act{at}/{trigger}"
    assert f'href="{address}?' in eyes.open(at), f"no button {trigger}"
    return eyes.done(eyes.open(f"{address}?to={at}"), address, **typed)


def form_of(page: str, action: str) -> str:
    found = re.search(rf'<form\b[^>]*\baction="{re.escape(action)}".*?</form>', page, re.DOTALL)
    assert found, f"no form for {action}"
    return found[0]


def hidden(form: str) -> dict[str, str]:
    """What a form carries unseen."""
    fields = (dict(ATTRIBUTE.findall(tag)) for tag in INPUT.findall(form))
    return {field["name"]: html.unescape(field.get("value", "")) for field in fields if field.get("type") == "hidden"}


def words(page: str) -> str:
    """What is read of a page."""
    return html.unescape(re.sub(r"<[^>]+>", "", page))


def cost(eyes: Eyes, path: str) -> int:
    """Trips to the database of a page that has been opened before. Who somebody is, is asked anew every few seconds: the least counts."""
    counted = []
    for _ in range(4):
        with counting() as told:
            eyes.open(path)
            counted.append(told())
    return min(counted)


def another(desk: Desk, role: str) -> str:
    """A second person of the centre who holds this role."""
    name = f"{role.replace('_', '-')}-2"
    if name not in desk.user_ids:
        execute(desk.system, AddUser(SYSTEM, name, "另一位", desk.unit_ids["centre"], roles=(role,), must_change_password=False))
    return name
