"""What a citizen has filled in: read from the form, kept whatever happens, and turned into what the door of registration reads."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from werkzeug.datastructures import MultiDict

from app.api.problems import ill_formed
from app.api.words import Words
from app.errors import Refusal
from app.hotline.public import checked
from app.hotline.public_photos import Kept
from app.portal.stamp import Stamp
from app.web.forms import zoned

TITLE = 30
SENTENCE = re.compile(r"[。！？!?；;\n\r]")
# Which field of the form stands for a field of the door.
OURS = re.compile(r"^(?:citizen|location)\.")
NO_PHONE = Words("请填写手机号码，或选择“匿名”。", "Give a telephone number, or choose to stay anonymous.")
NOT_AGREED = Words("请阅读并同意个人信息说明。", "Read the notice on personal data and agree to it.")
AT_LEAST = Words("请写下发生了什么。", "Say what happened.")


@dataclass
class Draft:
    """One form on its way. `earlier` is the code of a ticket that this form, or the same words, have already become."""

    form: MultiDict[str, str]
    stamp: Stamp
    photos: list[Kept] = field(default_factory=list)
    earlier: str | None = None

    def text(self, name: str) -> str:
        return self.form.get(name, "").strip()

    @property
    def phone_wanted(self) -> bool:
        return self.text("who") != "anonymous"


def body_of(draft: Draft) -> dict[str, Any]:
    """As the door reads it. Raises one refusal that names every field that is wrong."""
    errors = missing(draft)
    try:
        body = checked(raw_body(draft))
    except Refusal as refusal:
        told = {OURS.sub("", name): words for name, words in refusal.extra.get("errors", {}).items()}
        if "title" in told and not draft.text("title"):
            told["content"] = told.pop("title")
        raise ill_formed({**told, **errors}) from refusal
    if errors:
        raise ill_formed(errors)
    return body


def missing(draft: Draft) -> dict[str, list[Words]]:
    """What the form asks for beyond the door."""
    wanted = {
        "content": (bool(draft.text("content")), AT_LEAST),
        "phone": (bool(draft.text("phone")) or not draft.phone_wanted, NO_PHONE),
        "agree": (draft.text("agree") == "yes", NOT_AGREED),
    }
    return {name: [words] for name, (given, words) in wanted.items() if not given}


def raw_body(draft: Draft) -> dict[str, Any]:
    content, who = draft.text("content"), draft.text("who")
    given = {
        "type": draft.text("type"), "title": draft.text("title") or title_of(content), "content": content,
        "category": draft.text("category"), "occurred_at": zoned(draft.text("occurred_at")),
    }  # fmt: skip
    # A name that was typed before the choice is not kept from somebody who wants to stay unnamed.
    citizen = {"name": "" if who == "anonymous" else draft.text("name"), "phone": draft.text("phone")}
    location = {name: draft.text(name) for name in ("address", "street")}
    return {
        **filled(given), "citizen": {**filled(citizen), "anonymous": who == "anonymous", "confidential": who == "confidential"},
        "location": {**filled(location), **point(draft)},
    }  # fmt: skip


def filled(given: Mapping[str, str]) -> dict[str, str]:
    return {name: text for name, text in given.items() if text}


def point(draft: Draft) -> dict[str, Any]:
    """Where the map was tapped; without scripts there is no map and no point."""
    try:
        return {"lon": float(draft.text("lon")), "lat": float(draft.text("lat")), "crs": "wgs84"}
    except ValueError:
        return {}


def title_of(content: str) -> str:
    """The first sentence, as far as a title goes."""
    first = next((part.strip() for part in SENTENCE.split(content) if part.strip()), content.strip())
    return first if len(first) <= TITLE else f"{first[: TITLE - 1]}…"
