"""The words that pages show for codes, and what may be picked for a field: given by the composition root, since the features know them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from app.web.look import Look

# (what is sent, what is read): an id or a code, and its words.
Option = tuple[str, str]
# Words, the code that an administrator wants to see beside them, and whether they are ours to translate.
Part = tuple[str, str, bool]


@dataclass(frozen=True)
class Vocabulary:
    """`label(set, code, lang)` is the word of a code. `options(look, field)` are a field's known values, None when they are open.
    `picks` says which fields name a unit, a person, a category or a ticket, and `things(look, kind)` what there is to pick.
    `resolve(look, kind, text)` turns what was typed for such a field into what its door reads. Of a pack's row `asked(look, column, text)`
    and `given(look, name, text)` are the words of a condition and of a result; `columns(column, lang)` is what a column may be, and
    `basis(look, reference)` what the row of `pack/table/row` rests on.
    `advice(look, plural, id, trigger)` is what to do before that step, and the page where it is done."""

    label: Callable[[str, str, str], str]
    options: Callable[[Look, str], Sequence[Option] | None]
    picks: Mapping[str, str]
    things: Callable[[Look, str], Sequence[Option]]
    resolve: Callable[[Look, str, str], int | str]
    asked: Callable[[Look, str, str], Sequence[Part]]
    given: Callable[[Look, str, str], Sequence[Part]]
    columns: Callable[[str, str], Sequence[Option] | None]
    basis: Callable[[Look, str], str]
    advice: Callable[[Look, str, int, str], tuple[str, str] | None]
