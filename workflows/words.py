"""What every code of the vocabulary is called, in Chinese and in English; a field with choices is answered from one set of them."""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from workflows.fields import FIELDS

Words = Mapping[str, tuple[str, str]]


def read_words(path: Path) -> dict[str, Words]:
    """The sets of a file: each code with its Chinese and its English words."""
    raw = tomllib.loads(path.read_text(encoding="utf-8"))
    sets = {name: codes for name, codes in raw.items() if name != "fields"}
    return {name: MappingProxyType({code: (zh, en) for code, (zh, en) in codes.items()}) for name, codes in sets.items()}


_FILE = Path(__file__).parent / "words.toml"
WORDS: Mapping[str, Words] = MappingProxyType(read_words(_FILE))
# The set that the choices of a field are taken from.
SET_OF_FIELD: Mapping[str, str] = MappingProxyType(tomllib.loads(_FILE.read_text(encoding="utf-8"))["fields"])


def choices_of(name: str) -> dict[str, tuple[str, str]] | None:
    """The choices of a field with their words, in their order; None for a field that has none."""
    field = FIELDS[name]
    if not field.choices:
        return None
    known = WORDS[SET_OF_FIELD[name]]
    return {code: known[code] for code in field.choices}
