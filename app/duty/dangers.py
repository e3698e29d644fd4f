"""The words of a pack are looked for in a text clause by clause: a negative in the same clause, or sentence, makes them harmless."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Final

from rules.packs import Pack
from rules.tables import Choice, collect

TABLE: Final = "alarm_words"
GAP: Final = "…"
# Between the parts of a phrase written with a gap there may be so much, but no end of a clause.
_BETWEEN: Final = "[^，。！？；,.!?;\n]{0,12}?"
_CLAUSE: Final = re.compile("[，。！？；：,!?;:\n]")
_SENTENCE: Final = re.compile("[。！？!?\n]")
Asked = tuple[tuple[str, object], ...]


@dataclass(frozen=True, slots=True)
class Phrase:
    """`key` is its longest plain part: a text without it needs no closer look, and a text without its letters not even a search."""

    key: str
    letters: frozenset[str]
    pattern: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class Watch:
    """One row of the table made ready; without phrases the row holds whatever the words are."""

    danger: str
    pack: str
    row: str
    phrases: tuple[Phrase, ...]
    clause: tuple[str, ...]
    sentence: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Danger:
    """What was seen, and by which row."""

    danger: str
    origin: str
    pack: str
    row: str


# A pack never changes, so neither do its lists; the few facts that its rows ask make few different questions.
@lru_cache(maxsize=512)
def watches(pack: Pack, asked: Asked, on: date) -> tuple[Watch, ...]:
    table = pack.tables.get(TABLE)
    return tuple(watch(choice) for choice in collect(table, dict(asked), on)) if table else ()


def watch(choice: Choice) -> Watch:
    given = choice.result
    return Watch(
        given["danger"], choice.pack, choice.row_id, tuple(phrase(words) for words in given.get("words", ())),
        given.get("unless", ()), given.get("unless_sentence", ()),
    )  # fmt: skip


@lru_cache(maxsize=4096)
def phrase(words: str) -> Phrase:
    parts = words.split(GAP)
    key = max(parts, key=len)
    return Phrase(key, frozenset(key), re.compile(_BETWEEN.join(map(re.escape, parts))))


def dangers_in(watched: Iterable[Watch], text: str, classified: bool) -> list[Danger]:
    """One for each kind of danger, by the first row that sees it. `classified`: rows by category alone are asked too."""
    found: dict[str, Danger] = {}
    letters = frozenset(text)
    for each in watched:
        if each.danger not in found and (seen(each, text, letters) if each.phrases else classified):
            found[each.danger] = Danger(each.danger, "words" if each.phrases else "category", each.pack, each.row)
    return list(found.values())


def seen(watched: Watch, text: str, letters: frozenset[str]) -> bool:
    return any(phrase.letters <= letters and phrase.key in text and any(spoken(watched, text, phrase)) for phrase in watched.phrases)


def spoken(watched: Watch, text: str, phrase: Phrase) -> Iterator[bool]:
    for match in phrase.pattern.finditer(text):
        clause, sentence = around(text, match, _CLAUSE), around(text, match, _SENTENCE)
        if not any(word in clause for word in watched.clause) and not any(word in sentence for word in watched.sentence):
            yield True


def around(text: str, match: re.Match[str], end: re.Pattern[str]) -> str:
    """From the end of what stands before to the next end."""
    before = [mark.end() for mark in end.finditer(text, 0, match.start())]
    after = end.search(text, match.end())
    return text[before[-1] if before else 0 : after.start() if after else len(text)]
