"""What the clocks of a ticket will do if nobody does anything: each rung with its instant, its actions, whom it reaches, by which row."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

import psycopg
from psycopg.rows import dict_row

from app.api.values import shown, shown_due
from app.core.actors import Actor
from app.core.root import Case, Clock, Root
from app.core.rungs import FIRE, TABLE, moment_of, open_to_clocks, who_knows
from app.core.system import System
from app.core.visibility import sees_all
from app.hotline.audience import FALLBACK, People, units_meant
from app.hotline.queries import now_of, read_case, reading
from app.hotline.reference import Reference, reference
from app.hotline.serialize import latest
from app.hotline.shown import person_of
from app.people.roles import ROLES

FIRES = "SELECT clock_id, generation, rung, at, late FROM fires WHERE clock_id = ANY(%(clocks)s)"
NOTIFY = "notify:"
Fired = Mapping[tuple[int, int, str], Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Foresight:
    """All that is looked at: the tree in memory, and what has fired."""

    root: Root
    named: Reference
    fired: Fired
    people: People
    now: datetime
    lang: str

    def word(self, zh: str, en: str) -> str:
        return en if self.lang == "en" else zh


def forecast(system: System, actor: Actor, ticket_id: int, lang: str = "zh") -> dict[str, Any]:
    """Visible to whoever sees the ticket; a unit's limits to that unit and the centre. Reads only."""
    root = read_case(system, actor, "ticket", ticket_id)
    clocks = [clock for clock in latest(root) if clock.state != "stopped" and may_see(actor, root.cases[clock.case_id])]
    with reading(system) as connection:
        now, epoch = now_of(system, connection)
        fired = fires_of(connection, clocks)
        people = People(partial(ask, connection), now)
        seen = Foresight(root, reference(system.engine, epoch), fired, people, now, lang)
        told = [clock_told(seen, clock) for clock in clocks]
    return {"ticket": ticket_id, "number": root.top().data["number"], "state": root.top().state, "at": shown(now), "clocks": told}


def may_see(actor: Actor, case: Case) -> bool:
    return sees_all(actor) or case.data.get("unit_id") is None or case.data["unit_id"] in actor.units


def fires_of(connection: psycopg.Connection[Any], clocks: list[Clock]) -> Fired:
    rows = ask(connection, FIRES, {"clocks": [clock.id for clock in clocks]})
    return {(row["clock_id"], row["generation"], row["rung"]): row for row in rows}


def ask(connection: psycopg.Connection[Any], sql: str, params: Mapping[str, Any]) -> list[dict[str, Any]]:
    with connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(sql, params).fetchall()


def clock_told(seen: Foresight, clock: Clock) -> dict[str, Any]:
    case = seen.root.cases[clock.case_id]
    unit = seen.named.units.get(case.data.get("unit_id") or 0)
    return {
        "id": clock.id,
        "case": case.id,
        "kind": case.kind,
        "unit": unit.name if unit else None,
        "name": clock.name,
        "level": clock.level,
        "state": clock.state,
        "due_at": shown_due(clock.due_at),
        "provisional": clock.provisional,
        "rungs": [rung_told(seen, clock, case, rung, place < clock.rung_next) for place, rung in enumerate(clock.rungs)],
    }


def rung_told(seen: Foresight, clock: Clock, case: Case, rung: Mapping[str, Any], done: bool) -> dict[str, Any]:
    """`at` is None of what is still to come while the clock is held."""
    at = moment_of(dict(rung))
    fired = seen.fired.get((clock.id, clock.generation, rung["key"]))
    waits = not done and clock.state == "running"
    return {
        "rung": rung["key"],
        "at": shown(at) if done or waits else None,
        "fired_at": shown(fired["at"]) if fired else None,
        "late": fired["late"] if fired else None,
        "overdue": waits and at <= seen.now,
        "rules": [f"{clock.pack}/{TABLE}/{row}" for row in rung.get("rows", ())],
        "actions": [action_told(seen, case, action, done) for action in rung["actions"]],
    }


def action_told(seen: Foresight, case: Case, action: str, done: bool) -> dict[str, Any]:
    """What one action means in words; whom a notice reaches, or which case is moved, is said of what has not fired yet."""
    if action.startswith(NOTIFY):
        return {"action": action, **told_to(seen, case, action.removeprefix(NOTIFY), done)}
    if action.startswith(FIRE):
        return {"action": action, **set_off_told(seen, case, action.removeprefix(FIRE), done)}
    return {"action": action, "text": seen.word("标记", "Mark")}


def told_to(seen: Foresight, case: Case, said: str, done: bool) -> dict[str, Any]:
    """`role` is who is really told: where nobody of the role that is meant is there, whoever is told instead."""
    role, _, relation = said.partition("@")
    if done:
        return {"text": seen.word(f"已通知{role_word(seen, role)}", f"{role_word(seen, role)} was told")}
    found = seen.people.audience(seen.root, case, said)
    instead = next((each.role for each in found if each.via == FALLBACK), None)
    units = unit_names(seen, case, relation)
    meant, where, count = role_word(seen, role), seen.word("、", ", ").join(units), len(found)
    if instead is not None:
        real = role_word(seen, instead)
        text = seen.word(f"通知{meant}；现无此人，改由{real}知悉（{count}人）", f"Tell {meant}; nobody is, so {real} is told ({count})")
    else:
        text = seen.word(f"通知{where}{meant}（{count}人）", f"Tell {meant}{f' of {where}' if where else ''} ({count})")
    names = [{**(person_of(seen.named, each.user_id) or {}), "via": each.via} for each in found]
    told = {"role": instead or role, "units": units, "people": count, "recipients": names, "fallback": instead is not None}
    return {"text": text, **told}


def unit_names(seen: Foresight, case: Case, relation: str) -> list[str]:
    """The units whose people are meant; of a role at the centre, or of persons, none is named."""
    if relation in ("centre", "any", "holder"):
        return []
    return sorted(seen.named.units[unit].name for unit in units_meant(seen.root, case, relation))


def set_off_told(seen: Foresight, case: Case, trigger: str, done: bool) -> dict[str, Any]:
    """`possible` as things stand: the definition may refuse it when the time comes."""
    moved = who_knows(seen.root, case, trigger)
    edges = [edge for edge in moved.workflow.transitions if edge.trigger == trigger and open_to_clocks(edge)]
    label = seen.word(edges[0].label_zh, edges[0].label_en) if edges else trigger
    text = seen.word(f"自动：{label}", f"By itself: {label}")
    if done:
        return {"text": text}
    return {"text": text, "case": moved.id, "kind": moved.kind, "possible": any(moved.state in edge.sources for edge in edges)}


def role_word(seen: Foresight, role: str) -> str:
    return seen.word(*ROLES.get(role, (role, role)))
