"""A definition's fields as a form's fields, and what a form sends as the JSON that a door reads."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from werkzeug.datastructures import MultiDict

from app.web.look import Look
from app.web.vocabulary import Option, Vocabulary
from workflows.fields import FIELDS, Field

ONE_LINE_UP_TO = 200
RADIOS_UP_TO = 6
SEVERAL = frozenset({"ids", "codes", "choices"})
# An input called `form` hides its form from htmx, which asks each element for its `form`: pages send that field by another name.
SENT_AS = {"form": "form_"}
YES_NO = (("true", "是", "Yes"), ("false", "否", "No"))


@dataclass(frozen=True, slots=True)
class Widget:
    """One field of a form. `kind`: line, text, radios, select, checks, pick, picks, time, number. `things` names the list to pick from."""

    name: str
    label: str
    kind: str
    needed: bool
    options: Sequence[Option] = ()
    most: int | None = None
    things: str = ""


def widgets(look: Look, vocabulary: Vocabulary, needs: Iterable[str], takes: Iterable[str]) -> list[Widget]:
    """What must be given first, then what may be."""
    needed = list(dict.fromkeys(needs))
    optional = [name for name in dict.fromkeys(takes) if name not in needed]
    return [widget(look, vocabulary, name, True) for name in needed] + [widget(look, vocabulary, name, False) for name in optional]


def widget(look: Look, vocabulary: Vocabulary, name: str, needed: bool) -> Widget:
    entry = FIELDS[name]
    label, things = look.t(entry.zh, entry.en), vocabulary.picks.get(name, "")
    if things:
        return Widget(name, label, "picks" if entry.type == "ids" else "pick", needed, things=things)
    if entry.type == "bool":
        return Widget(name, label, "radios", needed, [(code, look.t(zh, en)) for code, zh, en in YES_NO])
    known = vocabulary.options(look, name)
    if known:
        few = "radios" if len(known) <= RADIOS_UP_TO else "select"
        return Widget(name, label, "checks" if entry.type in SEVERAL else few, needed, known)
    return Widget(name, label, plain_kind(entry), needed, most=entry.max_length)


def plain_kind(entry: Field) -> str:
    if entry.type == "instant":
        return "time"
    if entry.type == "number":
        return "number"
    return "text" if entry.type == "text" and (entry.max_length or 2000) > ONE_LINE_UP_TO else "line"


def read_fields(form: MultiDict[str, str], names: Iterable[str]) -> dict[str, Any]:
    """The fields of the vocabulary that a form carries, typed as JSON has them. What was left empty is left out."""
    sent = {name: [*form.getlist(name), *form.getlist(SENT_AS.get(name, ""))] for name in names if name in FIELDS}
    found = {name: value_of(FIELDS[name], values) for name, values in sent.items() if values}
    return {name: value for name, value in found.items() if value is not None}


def value_of(entry: Field, given: Sequence[str]) -> Any:
    """One field. What cannot be read as its type goes on as it is: the door's schema says what is wrong with it."""
    texts = [text.strip() for text in given if text.strip()]
    if not texts:
        return None
    if entry.type in SEVERAL:
        parts = [part for text in texts for part in split(text)]
        return [picked(part) for part in parts] if entry.type == "ids" else parts
    if entry.type == "bool":
        return {"true": True, "false": False}.get(texts[-1], texts[-1])
    if entry.type == "id":
        return picked(texts[-1])
    if entry.type == "number":
        return int(texts[-1]) if texts[-1].isdecimal() and len(texts[-1]) < 19 else texts[-1]
    return zoned(texts[-1]) if entry.type == "instant" else texts[-1]


def split(text: str) -> list[str]:
    """Several in one box stand on lines of their own, or with commas between."""
    return [part.strip() for part in text.replace("，", ",").replace("、", ",").replace("\n", ",").split(",") if part.strip()]


def picked(text: str) -> int | str:
    """A picked thing is sent as its id or code, with its words behind a blank."""
    code = text.split(maxsplit=1)[0]
    # An id begins with no nought; the codes of categories do.
    return int(code) if code.isdecimal() and len(code) < 19 and not code.startswith("0") else code


def zoned(text: str) -> str:
    """A browser's local date and time is the district's: the zone and the seconds are added."""
    whole = f"{text}:00" if len(text) == len("2025-09-30T10:00") else text
    return f"{whole}+08:00" if len(whole) == len("2025-09-30T10:00:00") else whole


def typed(form: MultiDict[str, str]) -> Mapping[str, list[str]]:
    """What was typed, to be shown again."""
    called = {sent: name for name, sent in SENT_AS.items()}
    return {called.get(name, name): values for name, values in form.lists() if name not in ("csrf", "key")}
