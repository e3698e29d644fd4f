"""The words of a pack are looked for in a text clause by clause: a negative in the same clause, or sentence, makes them harmless."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import islice
from typing import Final

from rules.packs import Pack
from rules.tables import collect

TABLE: Final = "alarm_words"
GAP: Final = "…"
# Between the parts of a phrase written with a gap there may be so much, but no end of a clause.
_BETWEEN: Final = "[^，。！？；,.!?;\n]{0,12}?"
_CLAUSE: Final = re.compile("[，。！？；：,!?;:\n]")
_SENTENCE: Final = re.compile("[。！？!?\n]")
Asked = tuple[tuple[str, object], ...]


# A clause longer than this is no clause, and a text that says the same so often is looked at no further.
REACH: Final = 200
MOST: Final = 100


@dataclass(frozen=True, slots=True)
class Phrase:
    """`key` is its longest plain part: a text without it needs no closer look."""

    key: str
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
class Lists:
    """The rows that hold for a ticket, in order, and their phrases by first letter: ordinary words are never searched for."""

    rows: tuple[Watch, ...]
    letters: frozenset[str]
    phrases: Mapping[str, tuple[tuple[int, Phrase], ...]]


@dataclass(frozen=True, slots=True)
class Danger:
    """What was seen, and by which row."""

    danger: str
    origin: str
    pack: str
    row: str


def lists_of(pack: Pack, asked: Asked, on: date) -> Lists:
    table = pack.tables.get(TABLE)
    return lists_by(pack, tuple(choice.row.order for choice in collect(table, dict(asked), on)) if table else ())


# A pack never changes, so neither do its lists. Which rows hold differs by day and ticket, but few sets of rows ever do together.
@lru_cache(maxsize=512)
def lists_by(pack: Pack, orders: tuple[int, ...]) -> Lists:
    rows = tuple(watch(pack, order) for order in orders)
    phrases: dict[str, list[tuple[int, Phrase]]] = {}
    for order, row in enumerate(rows):
        for each in row.phrases:
            phrases.setdefault(each.key[0], []).append((order, each))
    return Lists(rows, frozenset(phrases), {letter: tuple(found) for letter, found in phrases.items()})


@lru_cache(maxsize=4096)
def watch(pack: Pack, order: int) -> Watch:
    row = pack.tables[TABLE].rows[order]
    given = row.give
    return Watch(
        given["danger"], row.pack, row.id, tuple(phrase(words) for words in given.get("words", ())),
        given.get("unless", ()), given.get("unless_sentence", ()),
    )  # fmt: skip


def phrase(words: str) -> Phrase:
    parts = words.split(GAP)
    return Phrase(max(parts, key=len), re.compile(_BETWEEN.join(map(re.escape, parts))))


def dangers_in(lists: Lists, text: str, classified: bool) -> list[Danger]:
    """One for each kind of danger, by the first row that sees it. `classified`: rows by category alone are asked too."""
    seeing = {
        order
        for letter in lists.letters.intersection(text)
        for order, each in lists.phrases[letter]
        if each.key in text and spoken(lists.rows[order], text, each)
    }
    if classified:
        seeing |= {order for order, row in enumerate(lists.rows) if not row.phrases}
    found: dict[str, Danger] = {}
    for row in (lists.rows[order] for order in sorted(seeing)):
        found.setdefault(row.danger, Danger(row.danger, "words" if row.phrases else "category", row.pack, row.row))
    return list(found.values())


def spoken(watched: Watch, text: str, phrase: Phrase) -> bool:
    """Somewhere in the text without a word that makes it harmless."""
    matches = islice(phrase.pattern.finditer(text), MOST)
    return not all(
        holds(watched.clause, around(text, match, _CLAUSE)) or holds(watched.sentence, around(text, match, _SENTENCE)) for match in matches
    )


def holds(words: Iterable[str], part: str) -> bool:
    return any(word in part for word in words)


def around(text: str, match: re.Match[str], end: re.Pattern[str]) -> str:
    """From the end of what stands before to the next end."""
    first, last = max(0, match.start() - REACH), min(len(text), match.end() + REACH)
    before = [mark.end() for mark in end.finditer(text, first, match.start())]
    after = end.search(text, match.end(), last)
    return text[before[-1] if before else first : after.start() if after else last]
