"""Names are found by words, by code and by pinyin, among all that a process holds in memory; what fits best comes first."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from heapq import nsmallest
from itertools import accumulate

from app.people.pinyin import readings_of, spellings

SHOWN = 20
# How well something fits, the best first.
EXACT, BEGINS, BEGINS_TYPED, WITHIN, AROUND, IN_ORDER = range(6)


@dataclass(frozen=True, slots=True)
class Entry:
    """`about` are the names that stand about it: those above, or those that it had before."""

    id: int
    code: str
    name: str
    about: str = ""


class Column:
    """One text of every entry, all in one string, since a string is searched many times faster than a list of strings."""

    __slots__ = ("starts", "text")

    def __init__(self, texts: Iterable[str]) -> None:
        lines = [f"\n{text}\n" for text in texts]
        self.text, self.starts = "".join(lines), [0, *accumulate(len(line) for line in lines)]

    def holding(self, wanted: str) -> Iterator[int]:
        """The places of the entries whose text holds it, each once."""
        at = self.text.find(wanted)
        while at >= 0:
            place = bisect_right(self.starts, at) - 1
            yield place
            at = self.text.find(wanted, self.starts[place + 1])

    def of(self, place: int) -> str:
        return self.text[self.starts[place] : self.starts[place + 1]]

    def in_order(self, letters: str) -> Iterator[int]:
        """Where these letters stand one after another, with others between."""
        for found in re.finditer(r"[^\n]*".join(re.escape(letter) for letter in letters), self.text):
            yield bisect_right(self.starts, found.start()) - 1


class Index:
    """Entries in the order of their codes, by everything that they may be asked by."""

    __slots__ = ("about", "codes", "entries", "names", "short", "typed")

    def __init__(self, entries: Iterable[Entry]) -> None:
        self.entries = sorted(entries, key=lambda entry: entry.code.lower())
        readings = readings_of(entry.name for entry in self.entries)
        typed = [spellings(entry.name, readings) for entry in self.entries]
        self.codes = [entry.code.lower() for entry in self.entries]
        self.names = Column(entry.name.lower() for entry in self.entries)
        self.about = Column(f"{entry.about} {entry.name}".lower() for entry in self.entries)
        self.typed = Column(typed)
        # The last whole spelling is one of first letters.
        self.short = Column(each.rpartition("^")[2].partition("$")[0] for each in typed)

    def find(self, asked: str, most: int = SHOWN, usable: Callable[[int], bool] = lambda each: True) -> list[int]:
        """Ids, the best first: what can be used, then the better fit, then the shorter name, then the code."""
        words = unicodedata.normalize("NFKC", asked).lower().split()
        wanted, fits = "".join(words), dict[int, int]()
        for fit, place in self._fitting(wanted, words) if words else ():
            fits[place] = min(fits.get(place, fit), fit)
        if len(fits) < most and len(wanted) > 1:
            for place in (self.short if wanted.isascii() else self.names).in_order(wanted):
                fits.setdefault(place, IN_ORDER)
        best = ((not usable(self.entries[place].id), fit, len(self.entries[place].name), place) for place, fit in fits.items())
        return [self.entries[place].id for *_, place in nsmallest(most, best)]

    def _fitting(self, wanted: str, words: list[str]) -> Iterator[tuple[int, int]]:
        if wanted.isascii():
            yield from self._typed(wanted)
        exact, begins = set(self.names.holding(f"\n{wanted}\n")), set(self.names.holding(f"\n{wanted}"))
        for place in self.names.holding(wanted):
            yield EXACT if place in exact else BEGINS if place in begins else WITHIN, place
        for place in set.intersection(*(set(self.about.holding(word)) for word in words)):
            yield AROUND, place

    def _typed(self, wanted: str) -> Iterator[tuple[int, int]]:
        place = bisect_left(self.codes, wanted)
        while place < len(self.codes) and self.codes[place].startswith(wanted):
            yield EXACT if self.codes[place] == wanted else BEGINS, place
            place += 1
        for place in self.typed.holding(f"^{wanted}"):
            yield EXACT if f"^{wanted}$" in self.typed.of(place) else BEGINS_TYPED, place
        for place in self.typed.holding(f"|{wanted}"):
            yield WITHIN, place


@lru_cache(maxsize=8)
def index_of(entries: tuple[Entry, ...]) -> Index:
    """Reference data is read anew for many reasons; what it finds unchanged needs no new index."""
    return Index(entries)
