"""How much waits in each list of the reader's roles, how much of it is late, and how much will be within a day; one statement for all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import urlencode

import psycopg

from app.clock import local
from app.core.actors import Actor
from app.core.system import System
from app.core.visibility import predicate
from app.hotline.asking import Asked
from app.hotline.callbacks.queries import NARROWED
from app.hotline.cases import CaseDoors
from app.hotline.cases import conditions as case_conditions
from app.hotline.filters import ASSIGNMENT_FILTERS, TICKET_FILTERS, choose
from app.hotline.queries import now_of, reading, run
from app.hotline.reference import reference
from app.hotline.returns.queries import OF_REPORTS, OF_REQUESTS
from app.overview.counting import midnight
from app.overview.keepers import kept_for
from app.overview.lines import BOARD, LINES, ME, MIDNIGHT, MY_ID, SOON, UNIT, Line
from app.people.roles import ROLES, require
from app.supervision.queries import light_counts

# A count goes no further: a desk that has a thousand before it need not know the last digit.
CAP: Final = 1_000
# Of a list longer than this only so much is looked at: enough for the cap many times over. Of a list that is late as a whole, or due
# soon as a whole, the cap itself is enough.
LOOKED_AT: Final = 20_000
DAY: Final = timedelta(days=1)
PLAIN: Final[Mapping[str, Any]] = {"ticket": TICKET_FILTERS, "assignment": ASSIGNMENT_FILTERS}
NARROWS: Final[Mapping[str, Mapping[str, str]]] = {"callback": NARROWED, "return-request": OF_REQUESTS, "report-in": OF_REPORTS}
DOORS: Final[Mapping[str, CaseDoors]] = {kind: CaseDoors(kind, "", "", filters=filters) for kind, filters in NARROWS.items()}
LINE = """SELECT count(*), count(*) FILTER (WHERE due_at <= %(at)s), count(*) FILTER (WHERE due_at > %(at)s AND due_at <= %(soon)s)
FROM (SELECT c.due_at FROM {source} WHERE c.kind = %(kind)s AND {where} LIMIT %(most)s) w"""
LIGHTS: Final[Mapping[str, tuple[str, str]]] = {
    "red": ("督办红灯", "Supervisions, red"), "yellow": ("督办黄灯", "Supervisions, yellow"), "green": ("督办绿灯", "Supervisions, green"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Reader:
    """Who asks, when, and with which names."""

    asked: Asked
    connection: psycopg.Connection[Any]

    @property
    def actor(self) -> Actor:
        return self.asked.actor


def waiting(system: System, actor: Actor) -> dict[str, Any]:
    """By role, in the order of the roles. `more` says that a count has reached the cap; `list` is the list that is counted."""
    with reading(system) as connection:
        reader = reader_of(system, actor, connection)
        held = [role for role in ROLES if role in actor.roles]
        lines = {line.code: line for role in held for line in LINES.get(role, ())}
        counts = counted(reader, list(lines.values()))
        roles = [{"role": role, "zh": ROLES[role][0], "en": ROLES[role][1], "items": items_of(reader, role, counts)} for role in held]
    return {"as_of": reader.asked.now, "roles": roles}


def board(system: System, actor: Actor) -> dict[str, Any]:
    """What the tiles of the supervision desk count, with the lights of its matters."""
    require(actor, "supervisor", "leader")
    with reading(system) as connection:
        reader = reader_of(system, actor, connection)
        counts = counted(reader, BOARD)
        items = [item_of(reader, line, counts[line.code]) for line in BOARD] + lit(reader)
    return {"as_of": reader.asked.now, "items": items}


def reader_of(system: System, actor: Actor, connection: psycopg.Connection[Any]) -> Reader:
    now, epoch = now_of(system, connection)
    return Reader(Asked(system, actor, reference(system.engine, epoch), now), connection)


def items_of(reader: Reader, role: str, counts: Mapping[str, Sequence[int]]) -> list[dict[str, Any]]:
    items = [item_of(reader, line, counts[line.code]) for line in LINES.get(role, ())]
    if role == "supervisor":
        items += lit(reader)
    return items + kept_for(reader.asked, reader.connection, role, CAP)


def item_of(reader: Reader, line: Line, numbers: Sequence[int]) -> dict[str, Any]:
    count, late, soon = numbers
    late, soon = (count if line.verdict == name else had for name, had in (("late", late), ("due_soon", soon)))
    query = urlencode(wire(filters_of(reader, line)))
    plural = reader.asked.system.registry.kinds[line.kind].plural
    address = line.listing or f"/{plural}"
    return {**said(line.code, line.zh, line.en, count, late, soon), "href": f"{line.page}?{query}", "list": f"{address}?{query}"}


def said(code: str, zh: str, en: str, count: int, late: int = 0, soon: int = 0) -> dict[str, Any]:
    return {
        "code": code, "zh": zh, "en": en, "count": min(count, CAP), "more": count >= CAP, "late": min(late, CAP),
        "due_soon": min(soon, CAP), "at": None,
    }  # fmt: skip


def counted(reader: Reader, lines: Sequence[Line], looked_at: int = LOOKED_AT) -> dict[str, Sequence[int]]:
    """Each line under names of its own in one statement."""
    parts, params = list[str](), dict[str, Any]()
    for place, line in enumerate(lines):
        where, asked = conditions(reader, line)
        most = CAP if line.verdict else looked_at
        own = {**asked, "at": reader.asked.now, "soon": reader.asked.now + DAY, "kind": line.kind, "most": most}
        parts.append(LINE.format(source=source_of(reader, line.kind, where), where=where).replace("%(", f"%(l{place}_"))
        params |= {f"l{place}_{name}": value for name, value in own.items()}
    if not parts:
        return {}
    rows = run(reader.connection, " UNION ALL ".join(f"SELECT {n}, w.* FROM ({part}) w" for n, part in enumerate(parts)), params)
    return {lines[place].code: numbers for place, *numbers in rows}


def source_of(reader: Reader, kind: str, where: str) -> str:
    """A row of the kind is looked up only when something is asked of it."""
    table = reader.asked.system.registry.kinds[kind].table
    alias = {"ticket": "t", "assignment": "a"}.get(kind, "x")
    joined = f"cases c JOIN {table} {alias} ON {alias}.id = c.id" if f"{alias}." in where else "cases c"
    return f"{joined} JOIN cases r ON r.id = c.root_id" if "r." in where else joined


def conditions(reader: Reader, line: Line) -> tuple[str, dict[str, Any]]:
    filters = filters_of(reader, line)
    if line.where:
        condition, params = predicate(reader.actor)
        return f"{condition} AND {line.where}", {**params, **filters}
    if line.kind in PLAIN:
        chosen = choose(reader.asked, typed(filters), PLAIN[line.kind])
        offered = (f"c.id IN ({offer.select})" for offer in chosen.offers)
        return " AND ".join((chosen.where, *offered)), chosen.params
    doors = DOORS.get(line.kind, CaseDoors(line.kind, "", ""))
    return case_conditions(reader.asked.system, reader.actor, reader.asked.named, doors, typed(filters), reader.asked.now)


def filters_of(reader: Reader, line: Line) -> dict[str, Any]:
    now, actor = reader.asked.now, reader.actor
    unit = reader.asked.named.units.get(actor.unit_id or 0)
    known: Mapping[str, Any] = {
        ME: ME, MY_ID: actor.id, UNIT: unit.code if unit else "", MIDNIGHT: midnight(local(now).date() + DAY), SOON: now + DAY,
    }  # fmt: skip
    return {name: known.get(value, value) for name, value in line.asked.items()}


def typed(filters: Mapping[str, Any]) -> dict[str, Any]:
    """As the schema of the list would have read them."""
    return {name: value == "true" if value in ("true", "false") else value for name, value in filters.items()}


def wire(filters: Mapping[str, Any]) -> dict[str, str]:
    return {name: local(value).isoformat() if isinstance(value, datetime) else str(value) for name, value in filters.items()}


def lit(reader: Reader) -> list[dict[str, Any]]:
    """The matters under way by their light, the pressing ones first; a pack may name lights of its own."""
    found = light_counts(reader.asked.system, reader.connection, reader.actor, reader.asked.now)
    order = [*(light for light in LIGHTS if light in found), *sorted(found.keys() - LIGHTS.keys())]
    return [
        {
            **said(f"light_{light}", *LIGHTS.get(light, (f"督办灯 {light}", f"Supervisions, {light}")), found[light]),
            "href": f"/supervisions?{urlencode({'light': light})}", "list": f"/supervisions?{urlencode({'light': light})}",
        }
        for light in order
    ]  # fmt: skip
