"""A verb of the administration as a form: the door, its fields and where one goes on are a row of data; the door alone decides."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from app.api.words import Words
from app.errors import IllFormed, Refusal
from app.web.forms import split, typed, zoned
from app.web.look import Done, Look, Page, Shown
from app.web.visits import inner_path

Told = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Field:
    """`kind`: line, text, number, password, time, date, choice, choices, unit, units, person, category. `words` is the set of labels of
    `codes`."""

    name: str
    zh: str
    en: str
    kind: str = "line"
    needed: bool = False
    codes: tuple[str, ...] = ()
    words: str = ""
    most: int | None = None
    hint_zh: str = ""
    hint_en: str = ""


REASON = Field("reason", "理由", "Reason", "text", needed=True, most=500)


@dataclass(frozen=True, slots=True)
class Verb:
    """`at` is the page's address, `door` the API's; `back` is where one goes on, `{id}` in it is the page's, `{made}` the answer's.
    `about(look, id)` tells what the form is about: `subject`, `lines` of (zh, en, number) and what stands in the fields already, `given`.
    `blames` is the field beside which a refusal stands that names none. `keyed` is False for a door that takes no idempotency key."""

    at: str
    door: str
    zh: str
    en: str
    fields: tuple[Field, ...]
    roles: frozenset[str]
    back: str
    about: Callable[[Look, int], Told] | None = None
    warn_zh: str = ""
    warn_en: str = ""
    blames: str = ""
    method: str = "POST"
    keyed: bool = True


def verb_pages(verbs: Iterable[Verb]) -> tuple[Page, ...]:
    """The form of each verb, and the same address that does it."""
    return tuple(page for verb in verbs for page in pages_of(verb))


def pages_of(verb: Verb) -> tuple[Page, Page]:
    def form(look: Look, id: int = 0) -> Shown:
        return form_of(look, verb, id)

    def again(look: Look, refusal: Refusal, id: int = 0) -> Shown:
        return form_of(look, verb, id, refusal)

    def act(look: Look, id: int = 0) -> Done:
        named: dict[str, Any] = {"id": id} if "{id}" in verb.door else {}
        made = look.post(verb.door, body_of(look, verb), method=verb.method, **named)
        back = verb.back.format(id=id, made=made.get("id", ""))
        return Done(onward(look.form.get("to", ""), back), f"{verb.zh}：已完成。", f"{verb.en}: done.")

    return (
        Page(verb.at, form, verb.zh, verb.en, verb.roles),
        Page(verb.at, act, verb.zh, verb.en, verb.roles, method="POST", again=again),
    )


def form_of(look: Look, verb: Verb, id: int, refusal: Refusal | None = None) -> Shown:
    kinds = {field.kind for field in verb.fields}
    told = verb.about(look, id) if verb.about else {}
    values = {
        "verb": verb, "action": look.request.path, "about": told, "to": (look.form if refusal else look.args).get("to", ""),
        "back": onward((look.form if refusal else look.args).get("to", ""), verb.back.format(id=id, made="")),
        "categories": look.get("/categories")["items"] if "category" in kinds else (),
        "units": units(look) if kinds & {"unit", "units"} else (), "people": people(look, told) if "person" in kinds else (),
        "problem": spoken(look, verb, refusal) if refusal else None, "typed": typed(look.form if refusal else look.args),
    }  # fmt: skip
    return Shown("admin/form.html", values, status=refusal.status if refusal else 200)


def onward(asked: str, usual: str) -> str:
    """Where one came from when the address says so, else the verb's own place."""
    return inner_path(asked) if asked else usual


def spoken(look: Look, verb: Verb, refusal: Refusal) -> dict[str, Any]:
    """A rule that was only written for machines is said by the sentence of the refusal."""
    problem = look.problem(refusal)
    names = {field.name for field in verb.fields}
    beside = {name: [said_here(look, line, problem) for line in lines] for name, lines in problem["errors"].items() if name in names}
    if not problem["errors"] and verb.blames:
        beside = {verb.blames: [problem["detail"]]}
    return {**problem, "errors": beside}


def said_here(look: Look, line: str, problem: Told) -> str:
    return str(problem["detail"]) if look.lang == "zh" and line.isascii() else line


def units(look: Look) -> Iterable[Told]:
    """What is offered while typing; any other unit is named by its code or its name."""
    found: Iterable[Told] = look.get("/units", {"open": "true", "limit": "200"})["items"]
    return found


def people(look: Look, told: Told) -> Iterable[Told]:
    """The people of the unit that the form is about."""
    unit = {"unit": str(told["unit_id"])} if told.get("unit_id") else {}
    found: Iterable[Told] = look.get("/users", {"active": "true", "limit": "200", **unit})["items"]
    return found


def body_of(look: Look, verb: Verb) -> dict[str, Any]:
    found = {field.name: read(look, field) for field in verb.fields}
    return {name: value for name, value in found.items() if value is not None}


def read(look: Look, field: Field) -> Any:
    """One field as its door reads it; None for one that was left empty."""
    given = [text.strip() for text in look.form.getlist(field.name) if text.strip()]
    if field.kind == "choices":
        return given or None
    if not given:
        return None
    if field.kind == "unit":
        return unit_id(look, field.name, given[-1])
    if field.kind == "units":
        return [unit_id(look, field.name, each) for text in given for each in split(text)]
    if field.kind == "person":
        return person_id(look, field.name, given[-1])
    if field.kind == "category":
        return category_id(look, field.name, given[-1])
    if field.kind == "number":
        return int(given[-1]) if given[-1].isdecimal() and len(given[-1]) < 19 else given[-1]
    if field.kind == "time":
        return zoned(given[-1])
    return look.form[field.name] if field.kind == "password" else given[-1]


def unit_id(look: Look, name: str, text: str) -> int:
    """By its code, as it is picked, or by its whole name."""
    code = text.split(maxsplit=1)[0]
    by_code = look.get("/units", {"code": code})["items"]
    named = by_code or [unit for unit in look.get("/units", {"q": text})["items"] if unit["name"] == text]
    if len(named) != 1:
        told = Words(f"没有名称或代码为“{text}”的单位。", f"No unit has the name or the code {text}.")
        raise IllFormed(str(told), told.en, {name: [told]})
    found: int = named[0]["id"]
    return found


def category_id(look: Look, name: str, text: str) -> int:
    """By its code, as it is picked."""
    code = text.split(maxsplit=1)[0]
    exact = [row for row in look.get("/categories")["items"] if row["code"] == code]
    if not exact:
        told = Words(f"没有代码为“{code}”的分类。", f"No category has the code {code}.")
        raise IllFormed(str(told), told.en, {name: [told]})
    found: int = exact[0]["id"]
    return found


def person_id(look: Look, name: str, text: str) -> int:
    """By the user name, as it is picked, or by the whole name where only one bears it."""
    word = text.split(maxsplit=1)[0]
    rows = look.get("/users", {"q": word, "active": "true"})["items"]
    exact = [row for row in rows if row["username"].lower() == word.lower()] or [row for row in rows if row["name"] == text]
    if len(exact) != 1:
        told = Words(f"没有用户名为“{word}”的在岗人员。", f"Nobody active has the user name {word}.")
        raise IllFormed(str(told), told.en, {name: [told]})
    found: int = exact[0]["id"]
    return found


__all__ = ["REASON", "Field", "Verb", "verb_pages"]
