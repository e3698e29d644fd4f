"""How a name is typed without an input method: by every reading of each of its characters, whole or by first letters."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from importlib.util import find_spec
from itertools import chain
from pathlib import Path

import orjson

# A name of many characters with several readings each is spelt in this many ways at most, the usual readings first.
MOST = 6
Readings = Mapping[str, tuple[str, ...]]


def readings_of(names: Iterable[str]) -> Readings:
    """Each character of these names with its readings, without tones, ü as v. The package's table is read as data: importing the package
    would load its dictionary of phrases into every process."""
    found = find_spec("pypinyin")
    assert found is not None and found.submodule_search_locations  # the lock file brings it
    table: dict[str, str] = orjson.loads((Path(found.submodule_search_locations[0]) / "pinyin_dict.json").read_bytes())
    letters = set(chain.from_iterable(names))
    return {letter: toneless(table[code]) for letter in letters if (code := str(ord(letter))) in table}


def toneless(readings: str) -> tuple[str, ...]:
    plain = unicodedata.normalize("NFD", readings).replace("u\u0308", "v")
    return tuple(dict.fromkeys("".join(mark for mark in plain if not unicodedata.combining(mark)).split(",")))


def spellings(name: str, readings: Readings) -> str:
    """All that may be typed for a name: `^` stands before a whole spelling, `|` before one that begins within the name, `$` at the end."""
    ways: list[tuple[str, ...]] = [()]
    for letter in name.lower():
        said = readings.get(letter) or ((letter,) if letter.isascii() and letter.isalnum() else ())
        ways = [(*way, syllable) for way in ways for syllable in said][:MOST] if said else ways
    short = dict.fromkeys(tuple(syllable[0] for syllable in way) for way in ways)
    typed = (f"{'|' if start else '^'}{''.join(way[start:])}$" for way in [*ways, *short] for start in range(len(way)))
    return "".join(dict.fromkeys(typed))
