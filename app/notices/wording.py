"""Ids and codes become sentences: one for a notice, one for a digest. Offices are named, people and what they said never."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from app.clock import end_of_day_shown
from app.core.system import System
from app.hotline.reference import Reference, reference
from app.hotline.rung_words import rung_of
from app.notices.rulebook import row_of, word

GONE = {"zh": "工单 {number} 有新动态。", "en": "There is news of ticket {number}."}
NOTHING = "—"


def sentence(system: System, notice: Mapping[str, Any], lang: str, link: str = "") -> str:
    """`notice` has `pack`, `rule_row` and `params`."""
    row = row_of(system.settings.pack(notice["pack"]), notice["rule_row"])
    wording = GONE[lang] if row is None else row.give[lang]
    made: str = wording.format_map(values(system, notice["params"], lang, link))
    return made


def values(system: System, params: Mapping[str, Any], lang: str, link: str) -> dict[str, str]:
    named = reference(system.engine, system.settings.epoch)
    return {
        "number": str(params.get("number") or NOTHING),
        "type": word("type", params.get("type"), lang) or NOTHING,
        "urgency": word("urgency", params.get("urgency"), lang) or NOTHING,
        "state": state_of(system, params.get("state"), lang),
        "due": due_of(params.get("due"), lang),
        "unit": unit_of(named, params.get("unit")),
        "clock": word("clock", params.get("clock"), lang) or NOTHING,
        "rung": rung_of(params.get("rung"), lang) + late_of(params, lang),
        "round": str(params.get("round") or 1),
        "link": link or NOTHING,
    }


def state_of(system: System, found: Sequence[Any] | None, lang: str) -> str:
    if not found:
        return NOTHING
    state = system.registry.workflows[found[0], found[1]].states.get(found[2])
    return NOTHING if state is None else state.label_en if lang == "en" else state.label_zh


def due_of(due: str | None, lang: str) -> str:
    if due is None:
        return "不限" if lang == "zh" else "no limit"
    shown = end_of_day_shown(datetime.fromisoformat(due))
    return f"{shown.month}月{shown.day}日{shown:%H:%M}" if lang == "zh" else f"{shown:%Y-%m-%d %H:%M}"


def unit_of(named: Reference, unit_id: int | None) -> str:
    unit = named.units.get(unit_id or 0)
    return unit.name if unit else NOTHING


def late_of(params: Mapping[str, Any], lang: str) -> str:
    """A rung that fired after the system had been away says so."""
    if not params.get("late"):
        return ""
    return "（补发）" if lang == "zh" else " (told late)"


def digest(notices: Sequence[Mapping[str, Any]], lang: str = "zh") -> str:
    """How many of which kind: the sentences themselves wait in the inbox."""
    counts = Counter(notice["kind"] for notice in notices)
    parts = [f"{word('kind', kind, lang)} {count}" for kind, count in sorted(counts.items())]
    if lang == "en":
        return f"12345 hotline: {len(notices)} new notices ({'; '.join(parts)}); please see your inbox."
    return f"12345热线：您有{len(notices)}条新消息（{'，'.join(parts)}），请登录查看。"
