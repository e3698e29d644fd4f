"""Which unit a ticket should go to, and why: the pack's directory answers, and never with a unit that the complaint is about."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.clock import local
from app.core.system import System
from app.hotline.reference import Reference
from app.hotline.rule_facts import ACCUSING
from rules.tables import Choice, collect

TABLE = "directory"


@dataclass(frozen=True, slots=True)
class Demand:
    """What the directory asks about: codes as the pack writes them, "" for what is not known."""

    type: str
    category: str
    street: str
    subject: str | None


def suggest(system: System, named: Reference, pack: str, demand: Demand, now: datetime) -> list[dict[str, Any]]:
    """The units that the directory names, the first being the suggestion; each with its row and legal basis.

    A row whose unit is complained of, closed or unknown here is passed over, and the next one that matches is taken.
    """
    table = system.settings.pack(pack).tables.get(TABLE)
    if table is None or not demand.category:
        return []
    facts = {"type": demand.type, "category": demand.category, "street": demand.street}
    accused = named.complained_of(demand.subject) if demand.type in ACCUSING else frozenset()
    found = (shown(named, choice, accused, now) for choice in collect(table, facts, local(now).date()))
    return [each for each in found if each is not None]


def shown(named: Reference, choice: Choice, accused: frozenset[int], now: datetime) -> dict[str, Any] | None:
    lead = named.unit_by_code.get(str(choice.result["unit"]))
    if lead is None or not lead.active(now) or lead.id in accused:
        return None
    wanted = (named.unit_by_code.get(code) for code in choice.result.get("co", ()))
    co_units = [unit for unit in wanted if unit is not None and unit.active(now) and unit.id not in accused]
    return {
        "unit": reason_unit(lead.id, lead.code, lead.name),
        "co_units": [reason_unit(unit.id, unit.code, unit.name) for unit in co_units],
        "pack": choice.pack,
        "table": choice.table,
        "row": choice.row_id,
        "basis": choice.row.basis,
        "valid_from": choice.row.valid_from,
        "valid_to": choice.row.valid_to,
    }


def reason_unit(unit_id: int, code: str, name: str) -> Mapping[str, Any]:
    return {"id": unit_id, "code": code, "name": name}
