"""Which rows decide whom to tell what: the pack's table of notices over our own defaults, read and checked by the same parser."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import date, time
from functools import lru_cache
from pathlib import Path

from app.hotline.codes import label
from rules.packs import Pack
from rules.rows import merge_table
from rules.tables import Choice, Row, Table, collect, make_table

NAME = "notices"
DEFAULTS = merge_table(NAME, tomllib.loads((Path(__file__).parent / "defaults.toml").read_text("utf-8")), "default", None)
# The words of each group stand with those of all other codes.
GROUPS: Mapping[str, str] = {
    "type": "ticket_type", "urgency": "urgency", "clock": "clock", "kind": "notice_kind", "via": "notice_via",
    "channel": "notice_channel", "why": "delivery_why",
}  # fmt: skip
QUIET = (time(22), time(7))
DIGEST_AFTER, DIGEST_MINUTES = 5, 30


@lru_cache(maxsize=64)
def table_of(pack: Pack) -> Table:
    """The pack's own rows first, then every default that none of them replaces by its id."""
    own = pack.tables[NAME].rows if NAME in pack.tables else ()
    named = {row.id for row in own}
    return make_table(NAME, "collect", None, [*own, *(row for row in DEFAULTS.rows if row.id not in named)])


@lru_cache(maxsize=64)
def rungs_decide(pack: Pack) -> bool:
    """Whether of limits nobody is told but those whom their rungs name."""
    of_rungs = [row for row in table_of(pack).rows if "event" in row.when and row.when["event"].holds("ClockRung")]
    return all(set(row.give["to"]) <= {"rung"} for row in of_rungs)


def rows_for(pack: Pack, facts: Mapping[str, object], on: date) -> list[Choice]:
    """Those that are critical first, each kind in the order of the table."""
    return sorted(collect(table_of(pack), facts, on), key=lambda choice: not choice.result.get("critical"))


def row_of(pack: Pack, row_id: str) -> Row | None:
    """The row that a notice was made by; None when it was one of our defaults and this release has it no more."""
    return next((row for row in table_of(pack).rows if row.id == row_id), None)


def quiet_hours(pack: Pack) -> tuple[time, time] | None:
    """When only critical notices leave the house. A pack that says nothing has nobody woken between ten and seven."""
    found: tuple[time, time] | None = pack.parameters.get("quiet_hours", QUIET)
    return found


def digest_after(pack: Pack) -> tuple[int, int]:
    """More than so many messages within so many minutes become one."""
    return pack.parameters.get("notice_digest_after", DIGEST_AFTER), pack.parameters.get("notice_digest_minutes", DIGEST_MINUTES)


def word(group: str, code: str | None, lang: str) -> str:
    """What a code is called; the code itself when it has no name yet."""
    return label(GROUPS[group], code, lang)
