"""The light of a supervised matter: told by the pack from what stands on its row and the hour, never stored."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from app.clock import local
from app.core.system import System
from rules.tables import choose

TABLE = "supervision_lights"
# A pack that says nothing: red when late or a milestone was missed, yellow from four fifths of the time on, otherwise green.
NEAR = 0.8
UNDER_WAY = frozenset({"issued", "signed", "handling", "reported", "verifying"})


def light_of(system: System, pack: str, state: str, row: Mapping[str, Any], now: datetime) -> dict[str, Any] | None:
    """None before it is handed out and after it has ended. `row` holds instants. A report that is being verified is judged by its hour."""
    if state not in UNDER_WAY:
        return None
    facts = facts_of(row, now)
    table = system.settings.pack(pack).tables.get(TABLE)
    choice = choose(table, facts, local(now).date()) if table else None
    if choice is None:
        return {"light": plain(facts), "zh": None, "en": None, "pack": None, "row": None}
    given = choice.result
    return {"light": given["light"], "zh": given["zh"], "en": given["en"], "pack": choice.pack, "row": choice.row_id}


def facts_of(row: Mapping[str, Any], now: datetime) -> dict[str, object]:
    due, began, missed = row["report_due_at"], row["issued_at"], row["next_milestone_at"]
    at = row["reported_at"] or now
    spent = (at - began) / (due - began) if due and began and due > began else 0.0
    late, behind = due is not None and due <= at, missed is not None and missed <= now
    return {"supervision_level": row["level"], "late": late, "milestone_missed": behind, "spent_share": max(0.0, min(spent, 1.0))}


def plain(facts: Mapping[str, Any]) -> str:
    if facts["late"] or facts["milestone_missed"]:
        return "red"
    return "yellow" if facts["spent_share"] >= NEAR else "green"
