"""A form whose session has ended is carried past the sign-in whole, save secrets and files, and read once more before it is sent."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.web import visits
from app.web.forms import SENT_AS, YES_NO
from app.web.look import Look
from app.web.vocabulary import Vocabulary
from workflows.fields import FIELDS

PREFIX, FILE = "kept.", "file:"
SECRET = frozenset({"csrf", "password", "old", "new"})
# A code is somebody's or something's name, but here it opens an account.
SECRET_OF_ACCOUNT = "/account/"
UNSEEN = frozenset({"key", "version", "against", "to", "draft", "next", "do", "then", "trigger"})
# What forms ask beside the fields of the definitions, or ask of more than one thing.
LABELS: Mapping[str, tuple[str, str]] = {
    "kind": ("类别", "Kind"), "text": ("内容", "Text"), "content": ("内容", "Text"), "unit": ("单位", "Unit"), "code": ("代码", "Code"),
    "name": ("名称", "Name"), "username": ("账号", "User name"), "phone": ("电话", "Telephone"), "address": ("地点", "Place"),
    "street": ("街道", "Street"), "community": ("社区（村）", "Community"), "contact": ("另一联系电话", "Another number to call back"),
    "lat": ("纬度", "Latitude"), "lon": ("经度", "Longitude"), "other_unit": ("其他单位", "Another unit"),
    "decision": ("处理意见", "Decision"), "ruling": ("怎样裁定", "How to rule"),
    "amount": ("时限", "Limit"), "start": ("起算时间", "Starts"),
}  # fmt: skip
Pairs = list[tuple[str, str]]


def of_form(look: Look) -> Pairs:
    """What the interrupted form sent: its fields, and of files their names, since a browser lets nobody choose them but people."""
    secret = SECRET | ({"code"} if look.request.path.startswith(SECRET_OF_ACCOUNT) else set())
    fields = [(name, value) for name, values in look.form.lists() for value in values if name not in secret]
    files = [(f"{FILE}{name}", file.filename) for name, sent in look.request.files.lists() for file in sent if file.filename]
    return fields + files


def carried(look: Look) -> dict[str, Any]:
    """The same out of a form that stood in between, and where it was to be sent."""
    kept = [(name.removeprefix(PREFIX), value) for name, values in look.form.lists() for value in values if name.startswith(PREFIX)]
    return {"kept": [(name, value) for name, value in kept if name not in SECRET], "to": visits.inner_path(look.form.get("to", "/"))}


def line(look: Look, vocabulary: Vocabulary, name: str, value: str) -> tuple[str, str] | None:
    """A field in words: what was asked and what was answered. None of what no person has filled in."""
    called = {sent: field for field, sent in SENT_AS.items()}.get(name, name)
    words = label_of(look, called)
    if not value or called in UNSEEN or (words is None and value.isascii() and not any(sign.isspace() for sign in value)):
        return None
    return words or look.t("其他内容", "Other words"), answer_of(look, vocabulary, called, value)


def label_of(look: Look, name: str) -> str | None:
    if name in LABELS:
        return look.t(*LABELS[name])
    return look.t(FIELDS[name].zh, FIELDS[name].en) if name in FIELDS else None


def answer_of(look: Look, vocabulary: Vocabulary, name: str, value: str) -> str:
    if name not in FIELDS:
        return value
    known = {code: look.t(zh, en) for code, zh, en in YES_NO} if FIELDS[name].type == "bool" else dict(vocabulary.options(look, name) or ())
    return known.get(value, value)
