"""A text that is sent in a box or as a file: the file comes first, and what it holds is shown in the box from then on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.errors import IllFormed
from app.web.look import Look

MOST = 600_000


def text_of(look: Look) -> str:
    file = look.request.files.get("file")
    if file is None or not file.filename:
        return look.form.get("text", "")
    content = file.stream.read(MOST + 1)
    if len(content) > MOST:
        raise IllFormed("文件过大。", "The file is too large.", {"file": ["文件过大。 / Too large."]})
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise IllFormed("无法读取，应为 UTF-8 文本文件。", "It cannot be read as UTF-8 text.", {"file": ["UTF-8"]}) from error


def against(look: Look) -> dict[str, int]:
    """The newest version that whoever sends the form has seen, as its door reads it."""
    given = look.form.get("against", "")
    return {"against": int(given)} if given.isdecimal() and len(given) < 6 else {}


def compared(look: Look, tried: Mapping[str, Any] | None) -> dict[str, Any]:
    """What the form has seen once it is shown with this comparison, and the version that came since it was opened, if one has."""
    newest, seen = (tried["against"] or 0) if tried and tried["name"] else None, against(look).get("against")
    return {"against": seen if newest is None else newest, "since": newest if None not in (seen, newest) and seen != newest else None}
