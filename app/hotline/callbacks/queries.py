"""What an agent reads before calling: the script, the replies, how the citizen rated before, what was tried; and the queue in its order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from app.api.values import shown
from app.clock import local
from app.core.actors import Actor
from app.core.root import Case
from app.core.system import System
from app.core.visibility import predicate, sees_all
from app.hotline.cases import PAGE, Showing, case_item
from app.hotline.queries import now_of, reading, run
from app.hotline.reference import reference
from app.hotline.serialize import citizen_of
from app.hotline.shown import hides, person_of, told, unit_of
from rules.tables import collect

REPLIES = """SELECT stage, at, unit_id, reply_text, public_reply FROM replies
WHERE root_id = %(root)s AND round = %(round)s AND stage <> 'interim' ORDER BY id"""
ATTEMPTS = "SELECT at, actor_id, call_outcome, call_at, recording, note FROM callback_attempts WHERE case_id = %(case)s ORDER BY id"
EVALUATIONS = """SELECT round, source, reference, coalesce(evaluated_at, at) AS at, actor_id, way, contacted, solved, rating, manner_rating,
reasons, recording, note FROM evaluations WHERE root_id = %(root)s AND reached AND round <= %(round)s ORDER BY id"""
NEVER = datetime(9999, 1, 1, tzinfo=UTC)
LATER = "coalesce(x.next_call_at > %(at)s, false) = %(later)s"
# What the list may be narrowed by beside what every list of cases knows.
NARROWED: Mapping[str, str] = {"claimed_by": "x.claimed_by = %(claimed_by)s", "later": LATER}
QUEUE_ORDER: tuple[type, ...] = (int, datetime, int)
# Both are open: said so, an index of open cases answers for each, however many have ended.
QUEUED = "c.open AND c.state = 'queued' AND r.kind = 'ticket' AND r.open AND r.state = 'completed'"
# OFFSET 0: each ticket is looked up by its id. Left to itself, the planner compares every callback with every completed ticket.
QUEUE = f"""SELECT c.id, x.priority, coalesce(c.due_at, %(never)s)
FROM cases c JOIN callbacks x ON x.id = c.id
JOIN LATERAL (SELECT i.kind, i.open, i.state FROM cases i WHERE i.id = c.root_id OFFSET 0) r ON true
WHERE c.kind = 'callback' AND {QUEUED} AND {{where}}
AND (x.priority, coalesce(c.due_at, %(never)s), c.id) > (%(priority)s, %(due)s, %(after)s)
ORDER BY x.priority, coalesce(c.due_at, %(never)s), c.id LIMIT %(rows)s"""
BEGINNING = (-1, datetime(1900, 1, 1, tzinfo=UTC), 0)


def for_the_call(showing: Showing, case: Case) -> Mapping[str, Any]:
    """Beside the callback itself. The telephone number is opened by its own door, with a reason; here it is masked."""
    ticket, asked = showing.root.top(), {"root": case.root_id, "case": case.id, "round": case.data["round"]}
    hidden = hides(ticket.data, showing.actor)
    with reading(showing.system) as connection:
        replies, attempts, evaluations = (rows(connection, sql, asked) for sql in (REPLIES, ATTEMPTS, EVALUATIONS))
    return {
        "script": script_of(showing, case),
        "citizen": None if hidden else citizen_of(showing.system, ticket.data),
        "replies": [reply_line(showing, row, hidden) for row in replies],
        "attempts_made": [attempt_line(showing, row, hidden) for row in attempts],
        "evaluations": [evaluation_line(showing, row, hidden) for row in evaluations if row["round"] == case.data["round"]],
        "earlier": [evaluation_line(showing, row, hidden) for row in evaluations if row["round"] < case.data["round"]],
    }


def rows(connection: Any, sql: str, asked: Mapping[str, Any]) -> list[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, asked)
        names = [column.name for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def script_of(showing: Showing, case: Case) -> list[dict[str, str]]:
    """What the pack has the agent say, line by line; nothing when it has no script."""
    system, root = showing.system, showing.root
    table = system.settings.pack(case.pack).tables.get("callback_script")
    if table is None:
        return []
    found = collect(table, system.registry.kinds["callback"].rule_facts(root, case), local(root.now).date())
    return [{"row": each.row_id, "text": each.result["en" if showing.lang == "en" else "zh"]} for each in found]


def reply_line(showing: Showing, row: Mapping[str, Any], hidden: bool) -> dict[str, Any]:
    return {
        "stage": row["stage"],
        "at": shown(row["at"]),
        "unit": unit_of(showing.named, row["unit_id"]),
        "reply_text": told(row["reply_text"], hidden),
        "public_reply": told(row["public_reply"], hidden),
    }


def attempt_line(showing: Showing, row: Mapping[str, Any], hidden: bool) -> dict[str, Any]:
    return {
        "at": shown(row["at"]),
        "by": person_of(showing.named, row["actor_id"] or None),
        "call_outcome": row["call_outcome"],
        "call_at": shown(row["call_at"]),
        "recording": row["recording"] if sees_all(showing.actor) else None,
        "note": told(row["note"], hidden),
    }


def evaluation_line(showing: Showing, row: Mapping[str, Any], hidden: bool) -> dict[str, Any]:
    """Ours (`own`), the city's or a third party's: side by side, none in place of another."""
    plain = ("round", "source", "reference", "way", "contacted", "solved", "rating", "manner_rating", "reasons")
    return {
        **{name: row[name] for name in plain},
        "at": shown(row["at"]),
        "by": person_of(showing.named, row["actor_id"] or None),
        "note": told(row["note"], hidden),
    }


def queue_page(
    system: System, actor: Actor, after: Sequence[Any] | None, limit: int, lang: str, later: bool | None = None
) -> tuple[list[dict[str, Any]], tuple[Any, ...] | None]:
    """Who is to be called, in the order of the pack, and the key of the last one when there are more. With `later` only those who are
    not to be called yet, or only those who may be called now."""
    condition, params = predicate(actor)
    if later is not None:
        condition, params = f"{condition} AND {LATER}", {**params, "later": later}
    priority, due, last = after or BEGINNING
    with reading(system) as connection:
        now, epoch = now_of(system, connection)
        asked = {**params, "at": now, "never": NEVER, "priority": priority, "due": due, "after": last, "rows": limit + 1}
        found = connection.execute(QUEUE.format(where=condition), asked).fetchall()
        ids = [row[0] for row in found[:limit]]
        told_of = {"kind": "callback", "at": now, "rows": limit, "ids": ids}
        lines = run(connection, PAGE.format(table="callbacks", where="c.id = ANY(%(ids)s)"), told_of)
    named, place = reference(system.engine, epoch), {case_id: n for n, case_id in enumerate(ids)}
    items = [case_item(system, actor, named, "callback", row, lang) for row in sorted(lines, key=lambda row: place[row[0]])]
    mark = found[limit - 1] if len(found) > limit else None
    return items, (mark[1], mark[2], mark[0]) if mark else None
