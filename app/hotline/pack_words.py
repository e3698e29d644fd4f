"""The rows of a pack in the words of the field: what a column asks and what a row gives, value by value, as people say it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from app.hotline import codes
from app.hotline.codes import Option
from app.hotline.reference import Reference, reference
from app.hotline.rung_words import rung_of, spoken
from app.web.look import Look
from app.web.vocabulary import Part
from rules.derived import fact_of

# The set of words of each column, and of each thing given, that has one.
COLUMNS: Mapping[str, str] = {
    "clock": "clock", "level": "clock_level", "event": "event", "type": "ticket_type", "urgency": "urgency", "channel": "channel",
    "source": "source", "unit_kind": "unit_kind", "role": "share_role", "supervision_level": "supervision_level", "danger": "danger",
    "alarm_state": "alarm_state",
}  # fmt: skip
GIVEN: Mapping[str, str] = {
    "danger": "danger", "measure": "elevation", "step": "ladder_step", "who": "role", "light": "light", "kind": "notice_kind",
    "channels": "notice_channel", "use": "phrase_use",
}  # fmt: skip
NAMES = frozenset({"category", "street", "community", "unit", "co"})
AMOUNTS = frozenset({"amount", "within", "longest"})
WHOLE = frozenset({"zh", "en", "words", "unless", "unless_sentence", "phone"})
UNLIMITED = ("不限", "Unlimited")


def options(column: str, lang: str) -> Sequence[Option] | None:
    """What may be chosen for a column; None when its values are no closed list."""
    fact = fact_of(column)
    if fact is not None and fact.kind == "flag":
        return [(code, codes.YES_NO[code == "true"][lang == "en"]) for code in ("true", "false")]
    if fact is None or fact.values is None:
        return None
    return [(code, codes.label(COLUMNS[column], code, lang)) for code in fact.values]


def asked(look: Look, column: str, text: str) -> list[Part]:
    """A condition as the door writes it: `a|b`, `01…`, `[0.5, 1)`."""
    if text.startswith("["):
        return [(between(text, look.lang), "", True)]
    return [one(look, column, each, COLUMNS) for each in text.split("|")]


def given(look: Look, name: str, text: str) -> list[Part]:
    """One thing that a row gives, as the door writes it."""
    if name in WHOLE or (name == "channel" and text):
        return [(text, "", False)]
    return [one(look, name, each, GIVEN) for each in text.split(", ") if each]


def basis(look: Look, reference: str) -> str:
    """What the row of `name@version/table/row` rests on; nothing for a row that its pack does not know. Without a version the pack in
    force is asked, into which every row of a lower pack has gone."""
    if reference.count("/") != 2:
        return ""
    pack, table, row = reference.split("/")
    settings = look.system.settings
    found = settings.pack(pack if "@" in pack else settings.current_pack).tables.get(table)
    return next((each.basis for each in found.rows if each.id == row), "") if found else ""


def one(look: Look, name: str, text: str, sets: Mapping[str, str]) -> Part:
    lang = look.lang
    if name in NAMES:
        return named(reference(look.system.engine, look.system.settings.epoch), text, lang)
    if name in sets:
        return codes.label(sets[name], text, lang), "", True
    if text in ("True", "False"):
        return codes.YES_NO[text == "True"][lang == "en"], "", True
    if name in AMOUNTS:
        return (UNLIMITED[lang == "en"] if text == "unlimited" else spoken(text, lang)), "", True
    if name == "rung":
        return rung_of(text, lang), "", True
    return (action(text, lang), "", True) if name in ("actions", "to") else (text, "", text.isascii())


def named(known: Reference, text: str, lang: str) -> Part:
    """A unit or a category by its name; a beginning of codes by what stands above all of them."""
    code = text.removesuffix("…")
    found = known.unit_by_code.get(code) or known.category_by_code.get(code)
    return (found.name, text, False) if found else (text, "", True)


def between(text: str, lang: str) -> str:
    low, high = (end.strip() for end in text.strip("[)").split(","))
    ends = (f"≥ {low}" if low else "", f"< {high}" if high else "")
    return (" and " if lang == "en" else " 且 ").join(end for end in ends if end)


def action(text: str, lang: str) -> str:
    """`mark`, `notify:ROLE@RELATION`, `fire:TRIGGER`, or a recipient by himself."""
    verb, _, rest = text.rpartition(":")
    role, _, relation = rest.partition("@")
    if not relation:
        return codes.label("rung_action", rest, lang)
    office, side = codes.label("role", role, lang), codes.label("relation", relation, lang)
    who = f"{office} ({side})" if lang == "en" else f"{side}{office}"
    return f"{'tells ' if lang == 'en' else '通知'}{who}" if verb else who
