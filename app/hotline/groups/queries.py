"""What belongs to a group or a subject, counted and listed for who may see it; every statement starts from an index."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

from app.clock import LOCAL
from app.core.actors import Actor
from app.core.root import Case
from app.core.system import System
from app.core.visibility import predicate
from app.hotline.cases import Showing
from app.hotline.queries import now_of, read_case, reading, run
from app.hotline.reference import reference
from app.hotline.shown import category_of, hides, told, unit_of

MOST_MEMBERS = 500
LINE = "t.id, t.number, t.title, t.confidential, c.state, t.registered_at, t.rating"
GROUP = f"""SELECT {LINE} FROM tickets t JOIN cases c ON c.id = t.id WHERE t.id = ANY(
    SELECT %(main)s::bigint UNION ALL SELECT other_id FROM links WHERE main_id = %(main)s AND ended_at IS NULL AND kind = 'same_fact')
AND {{seen}} ORDER BY t.id LIMIT {MOST_MEMBERS}"""
MAINS = f"SELECT {LINE} FROM tickets t JOIN cases c ON c.id = t.id WHERE t.id = ANY(%(mains)s) AND {{seen}}"
SUBJECT = "t.category_id = ANY(%(branch)s) AND t.registered_at >= %(since)s AND coalesce(t.street, '') = %(street)s AND NOT t.confidential"
MEMBERS = f"SELECT {LINE} FROM tickets t JOIN cases c ON c.id = t.id WHERE {SUBJECT} AND {{seen}} ORDER BY t.id DESC LIMIT {MOST_MEMBERS}"
DAYS = f"""SELECT (t.registered_at AT TIME ZONE 'Asia/Shanghai')::date::text, count(*) FROM tickets t JOIN cases c ON c.id = t.id
WHERE {SUBJECT} AND {{seen}} GROUP BY 1 ORDER BY 1"""
# What stood at any time of the month.
BRIEF = """SELECT g.id, c.state, g.citizens, g.tickets, g.formed_at, g.briefed_at, g.ended_at, g.outcome, g.unit_id,
t.id, t.number, t.title, t.category_id, t.street, t.confidential
FROM collective_complaints g JOIN cases c ON c.id = g.id JOIN tickets t ON t.id = g.main_id
WHERE g.formed_at < %(until)s AND (g.ended_at IS NULL OR g.ended_at >= %(since)s) AND {seen} ORDER BY g.citizens DESC, g.id LIMIT 1000"""


def group_members(system: System, actor: Actor, complaint: int) -> list[dict[str, Any]]:
    case = read_case(system, actor, "collective-complaint", complaint).cases[complaint]
    return lines(system, actor, GROUP, {"main": case.data["main_id"]})


def subject_members(system: System, actor: Actor, issue: int) -> list[dict[str, Any]]:
    case = read_case(system, actor, "hot-issue", issue).cases[issue]
    return lines(system, actor, MEMBERS, subject_of(system, case))


def subject_of(system: System, case: Case) -> dict[str, Any]:
    branch = reference(system.engine).subtree(case.data["category_id"])
    return {"branch": branch, "since": case.data["window_from"], "street": case.data["street"]}


def lines(system: System, actor: Actor, sql: str, asked: Mapping[str, Any]) -> list[dict[str, Any]]:
    seen, params = predicate(actor)
    with reading(system) as connection:
        rows = run(connection, sql.format(seen=seen), {**params, **asked})
    keys = ("id", "number", "title", "confidential", "state", "registered_at", "rating")
    items = [dict(zip(keys, row, strict=True)) for row in rows]
    return [{**item, "title": told(item["title"], hides(item, actor))} for item in items]


def days_of(showing: Showing, case: Case) -> Mapping[str, Any]:
    """How many came each day since the subject began to rise, and the subject by its names."""
    seen, params = predicate(showing.actor)
    with reading(showing.system) as connection:
        rows = run(connection, DAYS.format(seen=seen), {**params, **subject_of(showing.system, case)})
    return {"category": category_of(showing.named, case.data["category_id"]), "days": [{"day": day, "count": count} for day, count in rows]}


def with_mains(system: System, actor: Actor, items: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Complaints of a list, each with the line of its main ticket, for who sees it."""
    found = {line["id"]: line for line in lines(system, actor, MAINS, {"mains": [item["main_id"] for item in items]})}
    return [{**item, "main": found.get(item["main_id"])} for item in items]


def main_of(showing: Showing, case: Case) -> Mapping[str, Any]:
    """The line of the ticket under which the group stands, for who sees it."""
    found = lines(showing.system, showing.actor, GROUP, {"main": case.data["main_id"]})
    return {"main": next((line for line in found if line["id"] == case.data["main_id"]), None)}


def brief(system: System, actor: Actor, first: date) -> dict[str, Any]:
    """The collective complaints of a month, the largest first, with how many citizens they speak for."""
    following = date(first.year + first.month // 12, first.month % 12 + 1, 1)
    since, until = (datetime(day.year, day.month, 1, tzinfo=LOCAL).astimezone(UTC) for day in (first, following))
    seen, params = predicate(actor)
    with reading(system) as connection:
        _, epoch = now_of(system, connection)
        rows = run(connection, BRIEF.format(seen=seen), {**params, "since": since, "until": until})
    named, flow = reference(system.engine, epoch), system.registry.latest["collective-complaint"]
    items = []
    for number, state, citizens, tickets, formed, briefed, ended, outcome, unit, *main in rows:
        ticket = dict(zip(("id", "number", "title", "category_id", "street", "confidential"), main, strict=True))
        items.append({
            "id": number, "state": state, "state_label": flow.states[state].label_zh, "citizens": citizens, "tickets": tickets,
            "formed_at": formed, "briefed_at": briefed, "ended_at": ended, "outcome": outcome, "unit": unit_of(named, unit),
            "main": {"id": ticket["id"], "number": ticket["number"], "title": told(ticket["title"], hides(ticket, actor))},
            "category": category_of(named, ticket["category_id"]), "street": ticket["street"],
        })  # fmt: skip
    formed_now = sum(since <= item["formed_at"] < until for item in items)
    counts = {"total": len(items), "formed": formed_now, "citizens": sum(item["citizens"] for item in items)}
    return {"month": f"{first:%Y-%m}", **counts, "items": items}
