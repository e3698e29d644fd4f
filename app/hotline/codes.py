"""Every code that a person sees has a word in both languages, and this is the one place that knows it; grounds are read from the pack."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import Any

from app.core.system import System
from app.hotline.callbacks.facts import SCALES
from app.people.roles import ROLES
from rules.packs import Pack
from workflows.fields import FIELDS
from workflows.words import WORDS, Words, choices_of, read_words

_OWN = read_words(Path(__file__).parent / "words.toml")
_PACKS = read_words(Path(__file__).parent / "pack-words.toml")
_LOGS = read_words(Path(__file__).parent / "log-words.toml")
SETS: Mapping[str, Words] = MappingProxyType({**WORDS, **_OWN, **_PACKS, **_LOGS, "role": {**ROLES, **_OWN["role"]}})
# The table of the pack in which the codes of a field, and their words, are listed.
TABLES: Mapping[str, str] = {
    "ground": "decline_grounds", "transfer_to": "transfer_targets", "reasons": "dissatisfaction_reasons", "return_ground": "return_grounds",
    "pause_ground": "hold_grounds", "no_further_ground": "no_further_grounds", "restriction_ground": "restriction_grounds",
    "restriction_effect": "restriction_effects", "caller_effects": "restriction_effects",
}  # fmt: skip
RATED = frozenset({"rating", "manner_rating"})
YES_NO = {True: ("是", "Yes"), False: ("否", "No")}
Option = tuple[str, str]


def label(code_set: str, code: str | None, lang: str = "zh") -> str:
    """What a code of a set is called; nothing for None, and the code itself when the set does not know it (any longer)."""
    if code is None:
        return ""
    known = SETS[code_set]
    if code in known:
        return known[code][lang == "en"]
    name, _, number = code.rpartition(" ")
    return known[name][lang == "en"].format(n=number) if name in known and number.isdecimal() else code


def all_of(code_set: str, lang: str = "zh") -> list[Option]:
    """A whole set, for a list to choose from."""
    return [(code, words[lang == "en"]) for code, words in SETS[code_set].items() if words[0] and "{n}" not in words[0]]


def options(
    name: str, system: System | None = None, pack: str | None = None, lang: str = "zh", on: date | None = None
) -> list[Option] | None:
    """What may be chosen for a field, or a whole set; None when its values are not a known list. `pack` is a `name@version`, the case's
    own; without it the one in force. With `on` only what the pack lists on that day."""
    if name not in FIELDS:
        return all_of(name, lang) if name in SETS else None
    if name in TABLES:
        return None if system is None else of_table(packed(system, pack), TABLES[name], lang, on)
    choices = choices_of(name)
    if choices is None:
        return None
    scale = SCALES[packed(system, pack).parameters.get("rating_scale", 5)] if system is not None and name in RATED else choices.keys()
    return [(code, words[lang == "en"]) for code, words in choices.items() if code in scale]


def packed(system: System, pack: str | None) -> Pack:
    return system.settings.pack(pack or system.settings.current_pack)


def of_table(pack: Pack, table: str, lang: str = "zh", on: date | None = None) -> list[Option] | None:
    """The rows of a pack's table as choices; None when the pack has no such table."""
    found = pack.tables.get(table)
    if found is None:
        return None
    return [(row.id, str(row.give["en" if lang == "en" else "zh"])) for row in found.rows if on is None or row.in_force(on)]


def said(name: str, value: Any, lang: str = "zh", system: System | None = None, pack: str | None = None) -> Any:
    """The value of a field in words: its choice, each of its choices, yes or no; anything else as it is."""
    if isinstance(value, bool):
        return YES_NO[value][lang == "en"]
    if isinstance(value, (list, tuple)):
        return [said(name, each, lang, system, pack) for each in value]
    if not isinstance(value, str) or name not in FIELDS:
        return value
    # What was answered on another scale than today's keeps its words.
    choices = choices_of(name)
    if choices is not None:
        return choices[value][lang == "en"] if value in choices else value
    return dict(options(name, system, pack, lang) or ()).get(value, value)


def states(system: System, kind: str, lang: str = "zh") -> list[Option]:
    """The states of a kind, by its newest definition."""
    found = system.registry.latest[kind].states.values()
    return [(state.name, state.label_en if lang == "en" else state.label_zh) for state in found]


def triggers(system: System, kind: str, lang: str = "zh") -> list[Option]:
    """The triggers of a kind, by its newest definition; of several branches the words of the first."""
    named: dict[str, str] = {}
    for edge in system.registry.latest[kind].transitions:
        named.setdefault(edge.trigger, edge.label_en if lang == "en" else edge.label_zh)
    return list(named.items())
