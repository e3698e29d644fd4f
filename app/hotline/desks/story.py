"""The history of a ticket as one line of time: who did what, when, with which words, and which limits started and stopped."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.hotline import codes, pack_words
from app.hotline.queries import numbers_of
from app.hotline.reference import Reference, reference
from app.hotline.rung_words import rung_of
from app.hotline.vocabulary import PICKS
from app.web.look import Look
from app.web.times import when
from workflows.fields import FIELDS

# What a reader of the story learns from the line itself, or not at all.
UNTOLD = frozenset({"round", "attempt", "rules", "clock", "name", "level", "rung", "late", "rule_pack", "rule_table"})
# What the registration says stands above the story, as the ticket itself.
BIRTH = "register"
# Fields that name tickets, which people know by their numbers.
TICKETS = frozenset(name for name, kind in PICKS.items() if kind == "ticket")
# What a field is called in a case that is no demand.
OWN_WORDS: Mapping[tuple[str, str], tuple[str, str]] = {("knowledge-entry", "content"): ("正文", "Text")}
# What names a row of a pack is told by what the row rests on.
RULE = ("依据", "Rule")
# Steps of other cases that only say once more what their cause has said.
ECHOES = frozenset({"sign", "reply", "assign"})


@dataclass(frozen=True, slots=True)
class Line:
    """One step. `said` are (field, words); `clocks` are (verb, limit)."""

    row: Mapping[str, Any]
    case: str
    said: list[tuple[str, Any]]
    clocks: list[tuple[str, str]]
    rung: tuple[str, str, bool, str] | None


def story(look: Look, rows: list[Mapping[str, Any]], ticket_id: int) -> list[Line]:
    """As told, oldest first; what a step caused in another case without words of its own is left to its cause."""
    named = reference(look.system.engine, look.system.settings.epoch)
    return [line_of(look, named, row) for row in numbered(look, rows) if not echo(row, ticket_id)]


def numbered(look: Look, rows: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """With the numbers of the tickets that a step names, as far as they are this reader's to see."""
    ids = {id for row in rows for name, value in row["fields"].items() if name in TICKETS for id in several(value)}
    numbers = numbers_of(look.system, look.actor, sorted(ids))
    hidden = look.t("（您无权查看的工单）", "(a ticket that is not yours to see)")

    def told(name: str, value: Any) -> Any:
        return [numbers.get(id, hidden) for id in several(value)] if name in TICKETS else value

    return [{**row, "fields": {name: told(name, value) for name, value in row["fields"].items()}} for row in rows]


def several(value: Any) -> Sequence[Any]:
    return value if isinstance(value, list) else [value]


def echo(row: Mapping[str, Any], ticket_id: int) -> bool:
    return bool(row["cause"]) and row["trigger"] in ECHOES and row["case"] == ticket_id


def line_of(look: Look, named: Reference, row: Mapping[str, Any]) -> Line:
    fields = {} if row["trigger"] == BIRTH and row["kind"] == "ticket" else row["fields"]
    rung = rung_reached(look, fields) if "rung" in fields else None
    clocks = [(verb, codes.label("clock", clock, look.lang)) for verb, names in row["clocks"].items() for clock in names]
    return Line(row, codes.label("kind", row["kind"], look.lang), list(words(look, named, row["kind"], fields)), clocks, rung)


def rung_reached(look: Look, fields: Mapping[str, Any]) -> tuple[str, str, bool, str]:
    """Which limit, which of its rungs as a code, whether it was told late, and the rung in words."""
    return codes.label("clock", fields["name"], look.lang), fields["rung"], fields.get("late", False), rung_of(fields["rung"], look.lang)


def words(look: Look, named: Reference, kind: str, fields: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for name, value in fields.items():
        if name in UNTOLD or name not in FIELDS or value in (None, "", []):
            continue
        if name in ("rule", "rule_row"):
            reference = value if name == "rule" else f"{fields['rule_pack']}/{fields['rule_table']}/{value}"
            yield look.t(*RULE), pack_words.basis(look, reference) or reference
            continue
        called = look.t(*OWN_WORDS.get((kind, name), (FIELDS[name].zh, FIELDS[name].en)))
        if isinstance(value, Mapping):
            yield called, look.t("（您无权查看这段文字）", "(words that are not yours to read)")
        else:
            yield called, spoken(look, named, name, value)


def spoken(look: Look, named: Reference, name: str, value: Any) -> Any:
    """Ids by their names, codes by their words, the rest as it was written."""
    if isinstance(value, list):
        return "、".join(str(spoken(look, named, name, each)) for each in value)
    if FIELDS[name].type == "instant":
        return when(look, value)
    if FIELDS[name].type in ("id", "ids") and isinstance(value, int):
        return name_of(named, name, value)
    return codes.said(name, value, look.lang, look.system)


def name_of(named: Reference, field: str, value: int) -> str:
    if field == "category":
        return " › ".join(step.name for step in named.path(value)) if value in named.categories else str(value)
    if value in named.units:
        return named.units[value].name
    return named.people[value].name if value in named.people else str(value)
