"""A text is searched by pairs of Chinese characters and by words of other scripts; what is redacted leaves no token behind."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from app.hotline.spans import Span

# Han with its extensions, kana and hangul are written without spaces: they are cut into pairs. Everything else that is a letter,
# a digit or a mark on a letter (Tibetan, Arabic, Uyghur) makes words. All else, with emoji, NUL and lone surrogates, divides.
_UNSPACED: Final = "々〇\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\U00020000-\U0003ffff"
_MARKS: Final = "\u0300-\u036f\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06dc\u0f71-\u0f84\u0f86-\u0f87\u0f8d-\u0fbc"
_RUN: Final = re.compile(rf"(?P<unspaced>[{_UNSPACED}]+)|(?:(?![{_UNSPACED}])[^\W_]|[{_MARKS}])+")
_FIRST: Final = re.compile(f"[{_UNSPACED}]")

_WORD_LIMIT: Final = 64  # longer words are found by their beginning; a lexeme may not exceed 2 kB
_QUERY_LIMIT: Final = 200
_TOKENS_ASKED: Final = 64  # the recheck is exact, so that more tokens would only cost time
_BARRIER: Final = "|"  # stands in a searchable text where something was redacted, and can stand in no query


@dataclass(frozen=True, slots=True)
class Query:
    """What to ask the index (`tsquery`) and what to find again in the candidates' searchable text (`phrases`, all of them)."""

    tsquery: str
    phrases: tuple[str, ...]

    def matches(self, searchable_text: str) -> bool:
        """The exact recheck, for the index knows only that the pairs occur somewhere."""
        return all(phrase in searchable_text for phrase in self.phrases)


def searchable(text: str, spans: Iterable[Span] = ()) -> str:
    """The text as it is searched: runs of one kind of script, folded, with one space before each; redacted places are barriers."""
    return "".join(f" {run}" for part in _outside(text, spans) for run in (*_runs(part), _BARRIER)).removesuffix(f" {_BARRIER}")


def tokens(searchable_text: str) -> tuple[str, ...]:
    """The distinct tokens of a searchable text: pairs, the last character of each unspaced run alone, and words."""
    found: dict[str, None] = {}
    for run in searchable_text.split():
        if run != _BARRIER:
            found.update(dict.fromkeys(_indexed(run)))
    return tuple(found)


def vector(searchable_text: str) -> str:
    """The tokens as a tsvector literal: `%s::tsvector` depends on no parser, dictionary or locale of the database."""
    return " ".join(_quoted(token) for token in tokens(searchable_text))


def parse_query(text: str) -> Query | None:
    """What a person typed, spaces meaning AND; None when nothing in it can be searched. Longer than 200 characters is cut.

    A word is found by its beginning, never from its middle: 5号楼 does not find 15号楼.
    """
    phrases: dict[str, None] = {}
    asked: dict[str, None] = {}
    for term in _folded(text[:_QUERY_LIMIT]).split():
        runs = list(_runs(term))
        if runs:
            phrases[_phrase(runs)] = None
            asked.update(dict.fromkeys(_asked(runs)))
    if not asked:
        return None
    return Query(" & ".join(list(asked)[:_TOKENS_ASKED]), tuple(phrases))


def _outside(text: str, spans: Iterable[Span]) -> Iterator[str]:
    position = 0
    for span in sorted(spans, key=lambda span: span.start):
        yield text[position : span.start]
        position = max(position, span.end)
    yield text[position:]


def _folded(text: str) -> str:
    """One spelling for full and half width, compatibility forms and case. Folding twice, for some letters fold into foldable ones."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())


def _runs(text: str) -> Iterator[str]:
    return (match[0] for match in _RUN.finditer(_folded(text)))


def _unspaced(run: str) -> bool:
    return _FIRST.match(run) is not None


def _indexed(run: str) -> list[str]:
    return [run[place : place + 2] for place in range(len(run))] if _unspaced(run) else [run[:_WORD_LIMIT]]


def _asked(runs: Sequence[str]) -> Iterator[str]:
    """A single character asks for every pair that begins with it; the last word may be the beginning of a longer one."""
    for place, run in enumerate(runs):
        if not _unspaced(run):
            yield _quoted(run[:_WORD_LIMIT]) + ":*" * (place == len(runs) - 1)
        elif len(run) == 1:
            yield _quoted(run) + ":*"
        else:
            yield from (_quoted(run[at : at + 2]) for at in range(len(run) - 1))


def _phrase(runs: Sequence[str]) -> str:
    return ("" if _unspaced(runs[0]) else " ") + " ".join(runs)


def _quoted(token: str) -> str:
    return "'" + token.replace("\\", "\\\\").replace("'", "''") + "'"
