"""A citizen without scripts: he loads pages, fills in what is on them and sends it, from an address of his own."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from html import unescape
from itertools import count
from secrets import randbelow
from typing import TYPE_CHECKING, Any

import pytest
from PIL import Image
from werkzeug.test import TestResponse

from tests.factories.hotline import Desk

if TYPE_CHECKING:
    from tests.fixtures.living import MovedClock

INPUT = re.compile(r"<input\b([^>]*)>")
ATTRIBUTE = re.compile(r'([\w-]+)="([^"]*)"')
TEXTAREA = re.compile(r'<textarea\b[^>]*name="(\w+)"[^>]*>(.*?)</textarea>', re.DOTALL)
CHOSEN = re.compile(r'<select\b[^>]*name="(\w+)".*?</select>', re.DOTALL)
SELECTED = re.compile(r'<option value="([^"]*)"[^>]*\bselected')
FILLED = {
    "content": "小区东门的路灯坏了一个星期。晚上看不见路，请尽快修。", "type": "help", "address": "人民路 8 号东门", "who": "open",
    "name": "王小明", "phone": "13812345678", "agree": "yes",
}  # fmt: skip
ADDRESSES = count(randbelow(1 << 20))


def photo(colour: str = "red", form: str = "JPEG") -> io.BytesIO:
    held = io.BytesIO()
    Image.new("RGB", (40, 30), colour).save(held, form)
    held.seek(0)
    return held


def fields_of(page: str) -> dict[str, Any]:
    """What a browser would send for the page's form as it stands, several values as a list."""
    found: dict[str, list[str]] = {}
    for text in INPUT.findall(page.split("<form", 1)[1]):
        given = {name: unescape(value) for name, value in ATTRIBUTE.findall(text)}
        if given.get("type") in ("file", "submit") or "name" not in given:
            continue
        if given.get("type") in ("radio", "checkbox") and not re.search(r"\bchecked\b", text):
            continue
        found.setdefault(given["name"], []).append(given.get("value", ""))
    for name, text in TEXTAREA.findall(page):
        found[name] = [unescape(text)]
    for match in CHOSEN.finditer(page):
        chosen = SELECTED.findall(match[0])
        found[match[1]] = [unescape(chosen[0]) if chosen else ""]
    return {name: values if len(values) > 1 else values[0] for name, values in found.items()}


@dataclass
class Citizen:
    """`form` is the page he has before him, with what he has typed into it."""

    desk: Desk
    clock: MovedClock
    address: str
    form: dict[str, Any] = field(default_factory=dict)

    def get(self, path: str, **headers: str) -> TestResponse:
        given = {"Accept": "text/html", **{name.replace("_", "-"): value for name, value in headers.items()}}
        return self.desk.client.get(path, headers=given, environ_base={"REMOTE_ADDR": self.address})

    def post(self, path: str, data: dict[str, Any], **headers: str) -> TestResponse:
        given = {"Accept": "text/html", **{name.replace("_", "-"): value for name, value in headers.items()}}
        return self.desk.client.post(
            path, data=data, headers=given, environ_base={"REMOTE_ADDR": self.address}, content_type="multipart/form-data"
        )

    def open_form(self, seconds: int = 20, **typed: Any) -> None:
        """The form, filled in, after so many seconds."""
        page = self.get("/portal/demand")
        assert page.status_code == 200
        self.form = {**fields_of(page.text), **FILLED, **typed}
        self.clock.advance(timedelta(seconds=seconds))

    def send(self, *files: tuple[io.BytesIO, str]) -> TestResponse:
        """Sends the form. Where it comes back, it is what he has before him now."""
        answer = self.post("/portal/demand/send", {**self.form, **({"file": list(files)} if files else {})})
        if answer.status_code != 303:
            self.form = fields_of(answer.text)
        return answer

    def register(self, **typed: Any) -> str:
        """The tracking code of a demand that is registered without further questions."""
        self.open_form(**typed)
        answer = self.send()
        assert answer.status_code == 303, answer.text
        return code_in(answer)

    def tickets(self) -> list[dict[str, Any]]:
        return self.desk.rows("SELECT * FROM tickets ORDER BY id")

    def ticket(self) -> dict[str, Any]:
        found = self.tickets()
        assert len(found) == 1
        return found[0]


def code_in(answer: TestResponse) -> str:
    found = re.fullmatch(r"/t/([0-9A-Z-]{24})(?:\?new=1)?", answer.location or "")
    assert found, answer.location
    return found[1]


@pytest.fixture
def citizen(desk: Desk, clock: MovedClock) -> Iterator[Citizen]:
    """Redis lives longer than a test, and remembers an address for an hour."""
    number = next(ADDRESSES)
    yield Citizen(desk, clock, f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}")
