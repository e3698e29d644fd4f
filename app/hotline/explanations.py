"""A deadline can be explained: the start, the amount, the pack's row, every step and every pause."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from psycopg.rows import dict_row

from app.api.values import shown, shown_due
from app.core.actors import Actor
from app.core.system import System
from app.core.visibility import predicate
from app.errors import Unseen
from app.hotline.queries import now_of, reading
from rules import walk
from rules.amounts import parse_amount
from rules.days import Calendar
from rules.packs import Pack
from rules.walk import Pause, Step, Walk

CLOCK = "SELECT k.*, c.kind FROM clocks k JOIN cases c ON c.id = k.case_id WHERE k.id = %(id)s AND {condition}"
# A unit is not shown the limits of another unit.
OWN = " AND NOT EXISTS (SELECT 1 FROM assignments a WHERE a.id = k.case_id AND a.unit_id <> ALL(%(seen_units)s))"
EVENTS = "SELECT at, event, prior_due_at, due_at, reason FROM clock_events WHERE clock_id = %(id)s ORDER BY id"
BASES = {
    "upstream": ("市级平台给定的时限", "given by the city's platform"),
    "import": ("原系统文件所载", "told by the file of another system"),
}


def explain(system: System, actor: Actor, clock_id: int, lang: str = "zh") -> dict[str, Any]:
    """Visible to whoever sees the case; a unit's limit to that unit and the centre. One that no rule of ours has set has no steps."""
    condition, params = predicate(actor, "k.root_id")
    asked = CLOCK.format(condition=condition) + (OWN if params else "")
    with reading(system) as connection, connection.cursor(row_factory=dict_row) as cursor:
        now_of(system, connection)
        clock = cursor.execute(asked, params | {"id": clock_id}).fetchone()
        if clock is None:
            raise Unseen()
        events = cursor.execute(EVENTS, {"id": clock_id}).fetchall()
    pack = system.settings.pack(clock["pack"])
    pauses = pauses_of(clock, events)
    walked = walked_of(clock, pauses, system.settings.calendar(clock["pack"]))
    return {
        "id": clock["id"],
        "case": clock["case_id"],
        "name": clock["name"],
        "start": shown(clock["anchored_at"]),
        "level": clock["level"],
        "amount": clock["budget"],
        "pack": clock["pack"],
        "table": clock["rule_table"],
        "row": clock["rule_row"],
        "basis": basis_of(pack, clock["rule_table"], clock["rule_row"], lang),
        "state": clock["state"],
        "steps": [step_of(step, lang) for step in walked.steps] if walked else [],
        "pauses": [
            {"held_at": shown(held), "resumed_at": shown(resumed), **why(system, clock, events, held, resumed, lang)}
            for held, resumed in pauses
        ],
        "changes": [change_of(event) for event in events if event["event"] not in ("hold", "resume")],
        "due_at": shown_due(clock["due_at"]),
        "provisional": clock["provisional"],
        "stopped_at": shown(clock["stopped_at"]),
        "late": clock["late"],
    }


def pauses_of(clock: Mapping[str, Any], events: Sequence[Mapping[str, Any]]) -> list[Pause]:
    """Holds with what ended each. A change of class may have set the anchor anew: what was before it is consumed and gone."""
    pauses: list[Pause] = []
    held: datetime | None = None
    for event in events:
        if event["event"] == "hold":
            held = event["at"]
        elif event["event"] == "resume" and held is not None:
            pauses.append((held, event["at"]))
            held = None
    if held is not None:
        pauses.append((held, None))
    return [pause for pause in pauses if pause[0] >= clock["anchored_at"]]


def why(
    system: System, clock: Mapping[str, Any], events: Sequence[Mapping[str, Any]], held: datetime, resumed: datetime | None, lang: str
) -> dict[str, Any]:
    """By which step a pause began, and by which it ended: in the words of the definition."""
    found = {(event["event"], event["at"]): event["reason"] for event in events}
    ended = found.get(("resume", resumed))
    return {"held_by": step_named(system, clock, found["hold", held], lang), "resumed_by": ended and step_named(system, clock, ended, lang)}


def step_named(system: System, clock: Mapping[str, Any], trigger: str, lang: str) -> str:
    """The label of a step that holds or lets go this limit; where several of one name do, all of them."""
    flows = sorted(system.registry.latest.values(), key=lambda flow: flow.kind != clock["kind"])
    edges = [edge for flow in flows for edge in flow.transitions if edge.trigger == trigger]
    moving = (edge for edge in edges if clock["name"] in (*edge.holds, *edge.resumes))
    labels = dict.fromkeys(edge.label_en if lang == "en" else edge.label_zh for edge in moving)
    return " / ".join(labels) or trigger


def walked_of(clock: Mapping[str, Any], pauses: Sequence[Pause], calendar: Calendar) -> Walk | None:
    if clock["budget"] is None:
        return None
    return walk.explain(clock["anchored_at"], parse_amount(clock["budget"]), calendar, pauses)


def step_of(step: Step, lang: str) -> dict[str, Any]:
    return {
        "day": step.day.isoformat(),
        "kind": step.of.kind,
        "counted": f"{float(step.counted.value):g}{step.counted.unit}",
        "total": f"{float(step.total.value):g}{step.total.unit}",
        "text": step.en if lang == "en" else step.zh,
    }


def change_of(event: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "at": shown(event["at"]),
        "event": event["event"],
        "from": shown_due(event["prior_due_at"]),
        "to": shown_due(event["due_at"]),
        "reason": event["reason"],
    }


def basis_of(pack: Pack, table: str, row_id: str, lang: str) -> str:
    """The law or the notice that the row names."""
    if table in BASES:
        return BASES[table][lang == "en"]
    found = pack.tables.get(table)
    return next((row.basis for row in found.rows if row.id == row_id), "") if found else ""
