"""How the smaller kinds of case are shown and listed: their own columns, the ticket above, their limits and what may be done."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from marshmallow import Schema
from marshmallow.fields import Field

from app.api.doors import Ask, Door
from app.api.kinds import KindDoors, Page, doors_of
from app.api.paging import Paged
from app.api.problems import ill_formed, spoken_actions
from app.api.values import Choice, Flag, Ref, Text, shown, shown_due
from app.api.words import Words
from app.core.actors import Actor
from app.core.bus import Result
from app.core.registry import Registry
from app.core.root import Case, Root
from app.core.system import System
from app.core.visibility import predicate, sees, sees_all
from app.hotline.case_shapes import DEADLINES, HIDDEN_COLUMNS, SEALED, is_person, is_unit, shapes_of
from app.hotline.due_order import by_due, ids_by_due, in_place
from app.hotline.filters import finals
from app.hotline.histories import ORDER, history_page
from app.hotline.items import CLOCK, due, label_of, limit_of
from app.hotline.list_shapes import HISTORY_PAGE
from app.hotline.naming import named_fields
from app.hotline.queries import now_of, read_case, reading, run
from app.hotline.reference import Reference, reference
from app.hotline.serialize import clock_view, latest, state_label
from app.hotline.shares import available
from app.hotline.shown import Remaining, hides, person_of, told, unit_of
from workflows.fields import FIELDS

READ, WRITE = "tickets:read", "tickets:write"
TICKET = ("id", "number", "title", "type", "urgency", "confidential")
# Lists of steps with times of their own, kept as JSON.
STEPS = frozenset({"milestones", "tasks"})
# The columns by which a case names the units that it is about.
UNIT_OF = ("unit_id", "caller_unit_id")
UNITS_OF = ("co_unit_ids", "unit_ids", "invited")
# The page of ids comes first, so that the aggregates are made for its rows only.
PAGE = f"""
WITH page AS MATERIALIZED (
    SELECT c.id FROM cases c JOIN {{table}} x ON x.id = c.id WHERE c.kind = %(kind)s AND {{where}} ORDER BY c.id DESC LIMIT %(rows)s)
SELECT c.id, c.state, c.version, c.parent_id, c.root_id, c.created_at, c.last_at, c.due_at, to_jsonb(x),
    (SELECT json_agg(json_build_array({CLOCK}) ORDER BY k.id) FROM clocks k WHERE k.case_id = c.id AND k.state <> 'stopped'),
    json_build_array({", ".join("t." + name for name in TICKET)}, r.state)
FROM page JOIN cases c ON c.id = page.id JOIN {{table}} x ON x.id = c.id JOIN cases r ON r.id = c.root_id
LEFT JOIN tickets t ON t.id = c.root_id ORDER BY c.id DESC"""
FILTERS: Mapping[str, str] = {
    "state": "c.state = ANY(string_to_array(%(state)s, ','))",
    "open": "c.open = %(open)s",
    "ticket": "c.root_id = %(ticket)s",
    "unit": "x.unit_id = %(unit)s",
    "overdue": "coalesce(c.due_at <= %(at)s, false) = %(overdue)s",
}
# Filters that name a unit, by code or id.
UNITS_ASKED = ("unit", "party", "position_of", "caller")
EXTRA = Callable[["Showing", Case], Mapping[str, Any]]


class CaseFilters(Paged):
    """What the list of a smaller kind may be narrowed by."""

    state = Text(most=200, metadata={"description": "状态，可用逗号分隔多个 / states, with commas between"})
    open = Flag(text=True, metadata={"description": "是否未结 / still open"})
    ticket = Ref(text=True, metadata={"description": "工单 / of this ticket"})
    overdue = Flag(text=True, metadata={"description": "是否超期 / overdue"})
    order = Choice("due", metadata={"description": "due：未结的，先到期的在前 / open ones, the first to be due first"})


class UnitCaseFilters(CaseFilters):
    """The same for a kind whose row has a `unit_id`."""

    unit = Text(most=64, metadata={"description": "单位代码或编号 / unit, by code or id"})


@dataclass(frozen=True, slots=True)
class Showing:
    """Who is shown a case, and all that memory holds of it."""

    system: System
    actor: Actor
    root: Root
    named: Reference
    lang: str


def nothing_more(showing: Showing, case: Case) -> Mapping[str, Any]:
    return {}


@dataclass(frozen=True)
class CaseDoors:
    """A smaller kind and its doors. `more` adds to the view of one case. `filters` maps the names of further filters to conditions over
    `x` (the kind's row), `c` (the case) and `t` (the ticket, where there is one); `asked` is the schema that reads them. `told` are the
    shapes of columns that are not what the field of their name is."""

    kind: str
    zh: str
    en: str
    more: EXTRA = nothing_more
    asked: Schema = field(default_factory=CaseFilters)
    filters: Mapping[str, str] = field(default_factory=dict)
    birth: Schema | None = None
    born: Callable[[Ask], Result] | None = None
    told: Mapping[str, Field[Any]] = field(default_factory=dict)


def case_doors(registry: Registry, doors: CaseDoors) -> list[Door]:
    """List, one, birth where there is one, transitions and history."""

    def one(ask: Ask, id: int) -> Mapping[str, Any]:
        return case_view(ask.system, ask.actor, read_case(ask.system, ask.actor, doors.kind, id), id, ask.lang, doors.more)

    def after(ask: Ask, result: Result) -> Mapping[str, Any]:
        assert result.root is not None  # the frame asks only when the command has left its case in memory
        return case_view(ask.system, ask.actor, result.root, result.case_id, ask.lang, doors.more)

    def page(ask: Ask, filters: Mapping[str, Any], key: Sequence[Any] | None, limit: int) -> Page:
        return case_page(ask.system, ask.actor, doors, filters, key, limit, ask.lang)

    def first_due(ask: Ask, key: Sequence[Any] | None, limit: int) -> Page:
        return due_page(ask.system, ask.actor, doors, ask.query, key, limit, ask.lang)

    def history(ask: Ask, id: int, key: Sequence[Any] | None, limit: int) -> Page:
        return history_page(ask.system, ask.actor, doors.kind, id, key, limit, ask.lang)

    shape, listed_shape = shapes_of(doors.kind, registry.kinds[doors.kind].columns, tuple(doors.told.items()))
    made = KindDoors(
        kind=doors.kind, zh=doors.zh, en=doors.en, one=one, after=after, page=page, order=(int,), filters=doors.asked,
        history=history, history_order=ORDER, named=named_fields, birth=doors.birth, born=doors.born, reads=READ, writes=WRITE,
        shape=shape, page_shape=listed_shape,
    )  # fmt: skip
    hung = [replace(door, response_schema=HISTORY_PAGE) if door.path.endswith("/history") else door for door in doors_of(registry, made)]
    plural = registry.kinds[doors.kind].plural
    return [by_due(door, first_due) if door.name == f"GET /{plural}" else door for door in hung]


def case_view(system: System, actor: Actor, root: Root, case_id: int, lang: str = "zh", more: EXTRA = nothing_more) -> dict[str, Any]:
    """One case as this actor may see it. Who has just given it away sees only what he did."""
    case, ticket, named = root.cases[case_id], root.top(), reference(system.engine, root.epoch)
    if not sees(actor, root):
        return {"id": case.id, "kind": case.kind, "state": case.state, "version": case.version}
    of_ticket, left = ticket.kind == "ticket", Remaining(system, root.now)
    hidden = of_ticket and hides(ticket.data, actor)
    data = case.data if concerned(actor, case.data) else without_words(case.data)
    return {
        **head_of(case.id, case.kind, case.state, state_label(case, lang), case.version, case.parent_id, case.root_id),
        "ticket": ticket_line({**ticket.data, "id": ticket.id}, ticket.state, hidden) if of_ticket else None,
        **{name: value for column in data for name, value in [told_column(named, column, data[column], hidden)] if name},
        "due_at": shown_due(case.due_at),
        "clocks": [clock_view(left, clock) for clock in latest(root) if clock.case_id == case_id],
        "actions": spoken_actions(available(system, root, case, actor), lang),
        **more(Showing(system, actor, root, named, lang), case),
        "created_at": shown(case.created_at),
        "updated_at": shown(case.last_at),
    }


def case_page(
    system: System, actor: Actor, doors: CaseDoors, filters: Mapping[str, Any], after: Sequence[Any] | None, limit: int, lang: str = "zh"
) -> Page:
    """Newest first, without the open actions; the key of the last one when there is more."""
    table = system.registry.kinds[doors.kind].table
    with reading(system) as connection:
        now, epoch = now_of(system, connection)
        named = reference(system.engine, epoch)
        where, asked = conditions(system, actor, named, doors, filters, now)
        given = {**asked, "after": after[0] if after else 2**63 - 1, "rows": limit + 1}
        rows = run(connection, PAGE.format(table=table, where=f"{where} AND c.id < %(after)s"), given)
    items = [case_item(system, actor, named, doors.kind, row, lang) for row in rows[:limit]]
    return items, (items[-1]["id"],) if len(rows) > limit else None


def due_page(
    system: System, actor: Actor, doors: CaseDoors, filters: Mapping[str, Any], after: Sequence[Any] | None, limit: int, lang: str = "zh"
) -> Page:
    """Open ones, the first to be due first; otherwise as `case_page`."""
    table = system.registry.kinds[doors.kind].table
    with reading(system) as connection:
        now, epoch = now_of(system, connection)
        named = reference(system.engine, epoch)
        where, asked = conditions(system, actor, named, doors, filters, now)
        ids, last = ids_by_due(connection, doors.kind, f"{table} x", where, asked, after, limit)
        rows = run(connection, PAGE.format(table=table, where="c.id = ANY(%(ids)s)"), {**asked, "ids": ids, "rows": limit})
    return [case_item(system, actor, named, doors.kind, row, lang) for row in in_place(ids, rows)], last


def conditions(
    system: System, actor: Actor, named: Reference, doors: CaseDoors, filters: Mapping[str, Any], now: datetime
) -> tuple[str, dict[str, Any]]:
    """What a row must fulfil to be seen and to be asked for, and the values of its conditions."""
    condition, params = predicate(actor)
    known = {**FILTERS, **doors.filters}
    given = {name: value for name, value in filters.items() if name in known and value is not None}
    units = {name: unit_asked(named, given[name], name) for name in UNITS_ASKED if name in given}
    asked = {**params, **given, **units, "kind": doors.kind, "at": now}
    side = side_of(system.registry, doors.kind, str(given["state"])) if "state" in given else ()
    return " AND ".join([condition, *(known[name] for name in given), *side]), asked


def side_of(registry: Registry, kind: str, states: str) -> tuple[str, ...]:
    """Open and ended cases have an index each: the states say in which of them theirs are found."""
    known = finals(registry, kind)
    ends = {known[state] for state in states.split(",") if state in known}
    return ("NOT c.open" if ends == {True} else "c.open",) if len(ends) == 1 else ()


def unit_asked(named: Reference, wanted: str, name: str = "unit") -> int:
    unit = named.unit_by_code.get(wanted) or (named.units.get(int(wanted)) if wanted.isdecimal() and len(wanted) < 19 else None)
    if unit is None:
        raise ill_formed({name: [Words("没有此单位。", "There is no such unit.")]})
    return unit.id


def case_item(system: System, actor: Actor, named: Reference, kind: str, row: tuple[Any, ...], lang: str) -> dict[str, Any]:
    case_id, state, version, parent_id, root_id, created_at, last_at, due_at, data, clocks, of_ticket = row
    *line, root_state = of_ticket
    ticket = dict(zip(TICKET, line, strict=True))
    hidden = ticket["id"] is not None and hides(ticket, actor)
    data = data if concerned(actor, data) else without_words(data)
    return {
        **head_of(case_id, kind, state, label_of(system, kind, state, lang), version, parent_id, root_id),
        "ticket": ticket_line(ticket, root_state, hidden) if ticket["id"] is not None else None,
        **{name: value for column in data for name, value in [told_column(named, column, data[column], hidden)] if name},
        "due_at": shown_due(due_at),
        "clocks": [limit_of(clock) for clock in clocks or ()],
        "created_at": shown(created_at),
        "updated_at": shown(last_at),
    }


def head_of(case_id: int, kind: str, state: str, label: str, version: int, parent_id: int | None, root_id: int) -> dict[str, Any]:
    return {
        "id": case_id, "kind": kind, "state": state, "state_label": label, "version": version, "parent": parent_id, "root": root_id,
    }  # fmt: skip


def ticket_line(row: Mapping[str, Any], state: str, hidden: bool) -> dict[str, Any]:
    return {
        "id": row["id"], "number": row["number"], "title": told(row["title"], hidden), "type": row["type"], "urgency": row["urgency"],
        "state": state,
    }  # fmt: skip


def concerned(actor: Actor, data: Mapping[str, Any]) -> bool:
    """Another unit of the same ticket sees that there is such a case, not what was said in it. A case that names no unit is everybody's."""
    if sees_all(actor) or not any(column in data for column in (*UNIT_OF, *UNITS_OF)):
        return True
    named = {data.get(column) for column in UNIT_OF}.union(*(data.get(column) or () for column in UNITS_OF))
    return not named.isdisjoint(actor.units)


def without_words(data: Mapping[str, Any]) -> dict[str, Any]:
    """Columns and lists of words left empty; a title is that of the ticket, or says what the case is."""
    return {column: [] if listed(value) else None if worded(column) else value for column, value in data.items()}


def listed(value: Any) -> bool:
    return isinstance(value, list) and any(isinstance(each, dict) for each in value)


def worded(column: str) -> bool:
    return column != "title" and column in FIELDS and FIELDS[column].private


def told_time(name: str, value: Any) -> Any:
    """A time that stands in JSON, as every answer writes it."""
    if not (isinstance(value, str) and name.endswith("_at")):
        return value
    instant = datetime.fromisoformat(value)
    return shown_due(instant) if name.endswith(DEADLINES) else shown(instant)


def told_column(named: Reference, column: str, value: Any, hidden: bool) -> tuple[str, Any]:
    """A column under the name by which it is shown: units and people with their names, words blackened where they must be."""
    if column in HIDDEN_COLUMNS or column.endswith(SEALED):
        return "", None
    if is_unit(column):
        return column.removesuffix("_id"), unit_of(named, value)
    if is_person(column):
        return column.removesuffix("_id"), person_of(named, value)
    if isinstance(value, datetime):
        return column, shown_due(value) if column.endswith(DEADLINES) else shown(value)
    if isinstance(value, str) and column.endswith(DEADLINES):
        return column, due(value)
    if column in STEPS:
        return column, [{name: told_time(name, each[name]) for name in each} for each in value or ()]
    if isinstance(value, str) and column in FIELDS and FIELDS[column].private:
        return column, told(value, hidden)
    return column, value
