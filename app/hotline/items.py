"""The rows of a list: each is made by the database as one JSON array, and becomes one plain dict."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from app.clock import end_of_day_shown
from app.core.actors import Actor
from app.core.system import System
from app.core.visibility import sees_all
from app.hotline.reference import Reference
from app.hotline.searching import SEARCHED
from app.hotline.serialize import LOCATION, citizen_of, open_badges, share_badges
from app.hotline.shown import badges_of, category_of, hides, person_of, told, unit_of
from workflows.vocabulary import WINDOWS

COLUMNS = (
    "number", "type", "channel", "source", "category_id", "title", "content", "urgency", "labels", "round", "lead_unit_id",
    "claimed_by", "supervised", "elevations", "confidential", "anonymous", "enterprise", "urges", "escalations", "send_backs",
    "termination_requested_by", "dissatisfied_round", "suspension_requested_by", "rating", "solved", "upstream_number",
    "upstream_due_at", "address", "street", "community", "lon", "lat", "crs", "coarse", "citizen_id", "citizen_shown", "merged_into",
    "joined", "earlier_reply_by", "caller_effects",
)  # fmt: skip
SHARE = """a.id, nullif(k.parent_id, a.root_id), a.unit_id, a.role, a.person_id, k.state, a.round, a.assigned_at, a.signed_at, a.replied_at,
a.extended_until, k.due_at, a.paused_at, a.pause_requested_by"""
# Of these a badge is made.
OF_BADGES = ("paused_at", "pause_requested_by")
SHARE_KEYS = (
    "id", "parent", "unit", "role", "person", "state", "round", "assigned_at", "signed_at", "replied_at", "extended_until", "due_at",
    *OF_BADGES,
)  # fmt: skip
CLOCK = "k.id, k.case_id, k.name, k.level, k.due_at, k.state, k.due_at <= coalesce(k.held_at, %(at)s), k.provisional"
CLOCK_KEYS = ("id", "case", "name", "level", "due_at", "state", "overdue", "provisional")

# The page of ids comes first, so that the aggregates are made for its rows only.
TICKET_PAGE = f"""
WITH page AS MATERIALIZED (
    SELECT c.id FROM cases c JOIN tickets t ON t.id = c.id WHERE c.kind = 'ticket' AND {{where}} ORDER BY c.id DESC LIMIT %(rows)s)
SELECT c.id, json_build_array(c.id, c.state, c.version, c.created_at, c.last_at,
    (SELECT json_agg(json_build_array({SHARE}) ORDER BY a.id) FROM assignments a JOIN cases k ON k.id = a.id WHERE a.root_id = c.id),
    (SELECT json_agg(json_build_array({CLOCK}) ORDER BY k.id) FROM clocks k WHERE k.root_id = c.id AND k.state <> 'stopped'),
    json_build_array({", ".join("t." + name for name in COLUMNS)}),
    (SELECT json_agg(DISTINCT o.kind) FROM cases o WHERE o.root_id = c.id AND o.id <> c.id AND o.open))::text{{more}}
FROM page JOIN cases c ON c.id = page.id JOIN tickets t ON t.id = page.id ORDER BY c.id DESC"""
SEARCHED_TOO = f", json_build_array({', '.join('t.' + name for name in SEARCHED)})::text"
ASSIGNMENT_PAGE = f"""
WITH page AS MATERIALIZED (
    SELECT c.id FROM cases c JOIN assignments a ON a.id = c.id WHERE c.kind = 'assignment' AND {{where}}
    ORDER BY c.id DESC LIMIT %(rows)s)
SELECT k.id, json_build_array(k.version, k.created_at, k.last_at, json_build_array({SHARE}), a.attempt, a.contacted_at, a.submitted_at,
    a.outcome, (SELECT json_agg(json_build_array({CLOCK}) ORDER BY k.id) FROM clocks k WHERE k.case_id = a.id AND k.state <> 'stopped'),
    json_build_array(t.id, t.number, t.title, t.type, t.urgency, r.state, t.confidential))::text
FROM page JOIN assignments a ON a.id = page.id JOIN cases k ON k.id = a.id JOIN tickets t ON t.id = a.root_id
JOIN cases r ON r.id = a.root_id ORDER BY k.id DESC"""


def due(shown: str | None) -> str | None:
    """A deadline at midnight is shown as the end of the day before."""
    if shown is None or not shown.endswith("T00:00:00+08:00"):
        return shown
    return end_of_day_shown(datetime.fromisoformat(shown)).isoformat()


def ticket_item(system: System, actor: Actor, named: Reference, body: list[Any], lang: str) -> dict[str, Any]:
    """The contract's fields of a ticket but `tracking_code`, `actions` and what is left of each clock; stopped clocks are left out."""
    case_id, state, version, created_at, last_at, shares, clocks, columns, kinds = body
    row = dict(zip(COLUMNS, columns, strict=True))
    hidden = hides(row, actor)
    limits = clocks_of(clocks, shares, actor)
    running = [limit for limit in limits if limit["state"] == "running" and limit["name"] not in WINDOWS]
    flags = state != "suspended" and any(limit["overdue"] for limit in running), any(limit["provisional"] for limit in running)
    lines = [dict(zip(SHARE_KEYS, share, strict=True)) for share in shares or ()]
    shown_shares = [share_item(system, named, share, lang) for share in shares or ()]
    return {
        "id": case_id,
        "kind": "ticket",
        "number": row["number"],
        "type": row["type"],
        "channel": row["channel"],
        "source": row["source"],
        "category": category_of(named, row["category_id"]),
        "title": told(row["title"], hidden),
        "content": told(row["content"], hidden),
        "urgency": row["urgency"],
        "enterprise": row["enterprise"],
        "labels": row["labels"],
        "elevations": row["elevations"] or [],
        "state": state,
        "state_label": label_of(system, "ticket", state, lang),
        "round": row["round"],
        "version": version,
        "lead_unit": unit_of(named, row["lead_unit_id"]),
        "assignments": shown_shares,
        "badges": badges_of(row, actor, state, *flags) + open_badges(kinds or ()) + share_badges(row, lines),
        "location": {"address": told(row["address"], hidden), **{name: row[name] for name in LOCATION}},
        "citizen": None if hidden else citizen_of(system, row),
        "upstream": {"number": row["upstream_number"], "due_at": due(row["upstream_due_at"])} if row["upstream_number"] else None,
        "rating": row["rating"],
        "solved": row["solved"],
        "claimed_by": person_of(named, row["claimed_by"]),
        "due_at": min((limit["due_at"] for limit in running if limit["due_at"]), default=None),
        "clocks": limits,
        "created_at": created_at,
        "updated_at": last_at,
    }


def assignment_item(system: System, actor: Actor, named: Reference, body: list[Any], lang: str) -> dict[str, Any]:
    version, created_at, last_at, share, attempt, contacted_at, submitted_at, outcome, clocks, ticket = body
    ticket_id, number, title, kind, urgency, state, confidential = ticket
    return {
        **share_item(system, named, share, lang),
        "kind": "assignment",
        "version": version,
        "attempt": attempt,
        "contacted_at": contacted_at,
        "submitted_at": submitted_at,
        "outcome": outcome,
        "ticket": {
            "id": ticket_id, "number": number, "title": told(title, hides({"confidential": confidential}, actor)), "type": kind,
            "urgency": urgency, "state": state,
        },
        "clocks": [limit_of(clock) for clock in clocks or ()],
        "created_at": created_at,
        "updated_at": last_at,
    }  # fmt: skip


def share_item(system: System, named: Reference, share: list[Any], lang: str) -> dict[str, Any]:
    row = {name: value for name, value in zip(SHARE_KEYS, share, strict=True) if name not in OF_BADGES}
    row |= {"unit": unit_of(named, row["unit"]), "person": person_of(named, row["person"]), "due_at": due(row["due_at"])}
    row["state_label"] = label_of(system, "assignment", row["state"], lang)
    return row


def clocks_of(clocks: list[list[Any]] | None, shares: list[list[Any]] | None, actor: Actor) -> list[dict[str, Any]]:
    """A unit is not shown the limits of another unit."""
    found = [limit_of(clock) for clock in clocks or ()]
    if sees_all(actor):
        return found
    foreign = {share[0] for share in shares or () if share[2] not in actor.units}
    return [limit for limit in found if limit["case"] not in foreign]


def limit_of(clock: list[Any]) -> dict[str, Any]:
    row = dict(zip(CLOCK_KEYS, clock, strict=True))
    row["due_at"], row["overdue"] = due(row["due_at"]), bool(row["overdue"])
    return row


def label_of(system: System, kind: str, state: str, lang: str) -> str:
    found = system.registry.latest[kind].states[state]
    return found.label_en if lang == "en" else found.label_zh
