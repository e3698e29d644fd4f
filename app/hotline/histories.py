"""The history of a root reads as one story: the chain tells what happened, record tables give the words to those who may."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from app.api.values import shown
from app.core.actors import Actor
from app.core.system import System
from app.core.visibility import predicate, sees_all
from app.errors import Unseen
from app.hotline.apart import APART, cases_of
from app.hotline.queries import now_of, reading
from app.hotline.redaction import for_public
from app.hotline.reference import Reference, reference
from app.hotline.shown import unit_of
from workflows.definition import Transition, Workflow
from workflows.fields import FIELDS

ORDER: tuple[type, ...] = (datetime, int, int)
BEGINNING = (datetime(1900, 1, 1, tzinfo=UTC), 0, 0)
# What a unit wrote for itself and the centre is not for the other units of the same ticket.
INTERNAL = frozenset({"internal_note", "minutes", "summoned", "report_text"})
# What a unit says when it returns a ticket is read where the return is shown, by those who take part in it.
RETURNING = frozenset({"request_return", "request", "state_position", "give_opinion"})
# Nor is what it says when it asks the centre for more time.
ASKING = frozenset({"request_extension", "pause"})
# What is decided of a caller, and where his voice is kept, is the centre's alone.
OF_CENTRE, STEPS_OF_CENTRE = frozenset({"caller_effects", "recording"}), ["mark_caller"]

SEEN = """SELECT c.root_id, coalesce(t.confidential, false) FROM cases c LEFT JOIN tickets t ON t.id = c.root_id
WHERE c.id = %(case)s AND c.kind = %(kind)s AND {condition}"""
# Record tables that hold the words of a step, which history then does not keep twice; of one word in two of them the later holds.
RECORDS = (
    "callback_attempts", "replies", "evaluations", "supplements", "suspensions", "reviews",
    "return_words", "supervision_reports", "summons", "endorsements", "conference_minutes",
    "knowledge_corrections", "knowledge_settlements",
)  # fmt: skip
OF = "x.root_id = h.root_id AND x.case_id = h.case_id AND x.seq = h.seq"
KEPT = " ".join(f"|| coalesce((SELECT to_jsonb(x) FROM {table} x WHERE {OF} LIMIT 1), '{{}}')" for table in RECORDS)
PAGE = f"""
SELECT h.seq, h.case_id, c.kind, c.workflow, c.workflow_version, h.at, h.recorded_at, h.actor, h.unit_id, h.trigger, h.from_state,
    h.to_state, h.fields, h.inferred, h.cause, encode(h.hash, 'hex'),
    coalesce((SELECT jsonb_object_agg(x.field, x.body) FROM texts x WHERE x.case_id = h.case_id AND x.seq = h.seq), '{{}}')
    {KEPT}
FROM history h JOIN cases c ON c.id = h.case_id
WHERE h.root_id = %(root)s AND (%(whole)s OR h.case_id = %(case)s) AND h.at >= %(at)s
AND (%(centre)s OR NOT h.trigger = ANY(%(steps)s)) AND (h.at, h.case_id, h.seq) > (%(at)s, %(after_case)s, %(after_seq)s)
ORDER BY h.at, h.case_id, h.seq LIMIT %(rows)s"""


@dataclass(frozen=True, slots=True)
class Event:
    """One row of the page, in the order of the statement."""

    seq: int
    case_id: int
    kind: str
    workflow: str
    workflow_version: int
    at: datetime
    recorded_at: datetime
    actor: str
    unit_id: int | None
    trigger: str
    from_state: str
    to_state: str
    fields: Mapping[str, Any]
    inferred: bool
    cause: str | None
    hash: str
    words: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads, and whether what is personal in this ticket is hidden from him."""

    system: System
    actor: Actor
    named: Reference
    hidden: bool
    concerned: frozenset[int]
    lang: str


def history_page(
    system: System, actor: Actor, kind: str, case_id: int, after: Sequence[Any] | None = None, limit: int = 50, lang: str = "zh"
) -> tuple[list[dict[str, Any]], tuple[Any, ...] | None]:
    """In the order of legal time, and the key of the last row when there is more. A ticket's history holds that of its shares."""
    condition, params = predicate(actor)
    at, after_case, after_seq = after or BEGINNING
    with reading(system) as connection:
        seen = connection.execute(SEEN.format(condition=condition), params | {"case": case_id, "kind": kind}).fetchone()
        if seen is None:
            raise Unseen()
        root_id, confidential = seen
        asked = {"root": root_id, "case": case_id, "whole": root_id == case_id, "at": at, "after_case": after_case, "after_seq": after_seq}
        asked |= {"rows": limit + 1, "centre": sees_all(actor), "steps": STEPS_OF_CENTRE}
        rows = [Event(*row) for row in connection.execute(PAGE, asked).fetchall()]
        mine = cases_of(connection, actor, root_id)
        named = reference(system.engine, now_of(system, connection)[1])
    reader = Reader(system, actor, named, confidential and not sees_all(actor), mine, lang)
    last = rows[limit - 1] if len(rows) > limit else None
    return [item(reader, event) for event in rows[:limit]], (last.at, last.case_id, last.seq) if last else None


def item(reader: Reader, event: Event) -> dict[str, Any]:
    told = (name for name in event.fields if name not in OF_CENTRE or sees_all(reader.actor))
    fields = {name: field(reader, event, name, event.fields[name]) for name in told}
    note = fields.get("note")
    return {
        "seq": event.seq,
        "case": event.case_id,
        "kind": event.kind,
        "at": shown(event.at),
        "recorded_at": shown(event.recorded_at),
        "actor": {"id": event.actor, "name": name_of(reader, event)},
        "unit": unit_of(reader.named, event.unit_id),
        "trigger": event.trigger,
        "label": label_of(reader, event),
        "clocks": clocks_of(reader, event),
        "from": event.from_state,
        "to": event.to_state,
        "fields": fields,
        "note": note if isinstance(note, str) else None,
        "inferred": event.inferred,
        "cause": event.cause,
        "hash": event.hash,
    }


def field(reader: Reader, event: Event, name: str, value: Any) -> Any:
    """The words behind a digest, for who may read them. Without its salt a digest of short words cannot be tried out."""
    if name not in FIELDS or not FIELDS[name].private or not isinstance(value, Mapping):
        return value
    words = event.words.get(name)
    if words is None or foreign(reader, event, name):
        return {"digest": value["digest"]}
    return for_public(str(words)) if reader.hidden else words


def foreign(reader: Reader, event: Event, name: str) -> bool:
    """Whether these words are not this unit's to read."""
    if sees_all(reader.actor) or event.unit_id in reader.actor.units:
        return False
    apart = event.kind in APART and event.case_id not in reader.concerned
    return apart or name in INTERNAL or event.trigger in RETURNING or event.trigger in ASKING


def name_of(reader: Reader, event: Event) -> str | None:
    """The centre reads every name, a unit those of its own people."""
    kind, _, number = event.actor.partition(":")
    if kind != "user":
        return None
    person = reader.named.people.get(int(number))
    if person is None or not (sees_all(reader.actor) or person.unit_id in reader.actor.units):
        return None
    return person.name


def label_of(reader: Reader, event: Event) -> str:
    """What the definition of that time calls the step. Of branches the one that takes these fields."""
    edge = edge_of(reader.system.registry.workflows[event.workflow, event.workflow_version], event)
    if edge is None:
        return event.trigger
    return edge.label_en if reader.lang == "en" else edge.label_zh


def clocks_of(reader: Reader, event: Event) -> dict[str, list[str]]:
    """The limits that this step started, stopped, held or let run again, as its definition says."""
    edge = edge_of(reader.system.registry.workflows[event.workflow, event.workflow_version], event)
    if edge is None:
        return {}
    did = {"starts": (*edge.starts, *edge.restarts), "stops": edge.stops, "holds": edge.holds, "resumes": edge.resumes}
    return {name: list(clocks) for name, clocks in did.items() if clocks}


def edge_of(flow: Workflow, event: Event) -> Transition | None:
    edges = [edge for edge in flow.transitions if edge.trigger == event.trigger and event.from_state in edge.sources]
    given = event.fields.keys()
    fitting = [edge for edge in edges if given <= {*edge.needs, *edge.optional} and given >= set(edge.needs)]
    return next(iter([*fitting, *edges]), None)
