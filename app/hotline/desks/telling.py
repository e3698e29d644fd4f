"""What a form of intake says, as the doors read it; and what its text leaves to be worked out: the title, and which category is meant."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from werkzeug.datastructures import MultiDict

from app.api.words import Words
from app.errors import IllFormed
from app.web.forms import zoned
from app.web.look import Look

Form = MultiDict[str, str]
PLAIN = ("type", "channel", "purpose", "urgency", "subject")
PLACE = ("address", "street", "community")
SENTENCE = re.compile(r"[。！？!?；;\n\r]")
LONGEST_TITLE = 40
UNKNOWN = ("没有符合的事项分类。", "No category fits.")
UNCLEAR = ("事项分类不明确，请从下列中选择。", "Several categories fit; choose one.")


def said(form: Form, *names: str) -> dict[str, Any]:
    """The fields that were filled in."""
    return {name: form[name].strip() for name in names if form.get(name, "").strip()}


def headline(content: str) -> str:
    """The first sentence, as a title that may be changed."""
    found = next((part.strip(" ，,、") for part in SENTENCE.split(content) if part.strip(" ，,、")), "")
    return found if len(found) <= LONGEST_TITLE else found[: LONGEST_TITLE - 1] + "…"


def place(form: Form) -> dict[str, Any]:
    """A point is of WGS 84, as the map gives it."""
    degrees = {name: degree(form[name].strip()) for name in ("lon", "lat") if form.get(name, "").strip()}
    return {**said(form, *PLACE), **degrees, **({"crs": "wgs84"} if degrees else {})}


def degree(text: str) -> float | str:
    """What is no number goes on as it is: the door's schema says what is wrong with it."""
    return float(text) if re.fullmatch(r"-?\d{1,9}(\.\d{1,15})?", text) else text


def demand(look: Look) -> dict[str, Any]:
    """The body of `POST /tickets`."""
    form = look.form
    content = form.get("content", "").strip()
    body = {**said(form, *PLAIN), "title": form.get("title", "").strip() or headline(content), "content": content}
    body |= {name: zoned(form[name]) for name in ("occurred_at", "reply_by") if form.get(name)}
    body |= {"enterprise": True} if form.get("enterprise") else {}
    category = meant(look, form)
    body |= {"category": category} if category else {}
    return {**body, "citizen": citizen(form), "location": place(form)}


def citizen(form: Form) -> dict[str, Any]:
    """The number that calls is the one to call back, unless another was told."""
    flags = {name: True for name in ("anonymous", "confidential") if form.get(name)}
    calling, contact = form.get("phone", "").strip(), form.get("contact", "").strip() or form.get("phone", "").strip()
    numbers = {"calling_number": calling if form.get("channel") == "phone" else "", "phone": contact}
    return {**said(form, "name"), **{name: number for name, number in numbers.items() if number}, **flags}


def field_of(form: Form, path: str) -> str:
    """The field of the form that the door's path names."""
    name = path.removeprefix("citizen.").removeprefix("location.")
    if name == "phone" and form.get("contact", "").strip():
        return "contact"
    return "phone" if name == "calling_number" else name


def meant(look: Look, form: Form) -> str | None:
    """The code of the category that was typed. Raises IllFormed when the words are those of none, or of several."""
    text = form.get("category_pick") or form.get("category", "").strip()
    if not text:
        return None
    found = choices(look, text)
    if len(found) == 1:
        code: str = found[0]["code"]
        return code
    zh, en = UNCLEAR if found else UNKNOWN
    raise IllFormed(zh, en, {"category": [Words(zh, en)]})


def choices(look: Look, text: str) -> Sequence[Mapping[str, Any]]:
    """The category with this code or this very name, else all that fit."""
    first = text.split()[0] if text.split() else ""
    for asked in dict.fromkeys((first[:64], text[:64])):
        rows = [row for row in look.get("/categories", {"q": asked})["items"] if row["selectable"]] if asked else []
        exact = [row for row in rows if row["code"] == first] or [row for row in rows if row["name"] == text]
        if len(exact) == 1:
            return exact
    return rows


def known_category(look: Look, form: Form) -> str | None:
    """The same while it is still being typed: nothing as long as it is not clear."""
    try:
        return meant(look, form)
    except IllFormed:
        return None
