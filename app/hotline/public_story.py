"""What a tracking code opens: where a demand stands, its public steps, the answer, what may still be done; nothing that names a person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from app.api.values import shown_due
from app.core.actors import CITIZEN
from app.core.bus import transaction
from app.core.system import System
from app.hotline.citizens import tracking_code
from app.hotline.codes import label
from app.hotline.redaction import for_public
from app.hotline.reference import Reference, reference
from workflows.definition import Workflow

STATE = """
SELECT t.number, t.tracking_sealed, t.citizen_id, t.round, t.evaluated_round, t.type, t.category_id, c.state, c.open, c.workflow,
  c.workflow_version, c.created_at, c.last_at,
  (SELECT k.state <> 'expired' AND (x.expires_at IS NULL OR x.expires_at > %(now)s) FROM callbacks x JOIN cases k ON k.id = x.id
   WHERE x.root_id = t.id AND x.round = t.round) AS in_time,
  (SELECT r.public_reply FROM replies r LEFT JOIN assignments a ON a.id = r.case_id
   WHERE r.root_id = t.id AND r.public_reply IS NOT NULL AND r.stage <> 'interim' AND (r.case_id = r.root_id OR a.role = 'lead')
   ORDER BY r.id DESC LIMIT 1) AS public_reply,
  (SELECT s.public_explanation FROM suspensions s JOIN cases k ON k.id = s.root_id
   WHERE s.root_id = coalesce(t.merged_into, t.id) AND k.state = 'suspended' AND s.public_explanation IS NOT NULL
   ORDER BY s.id DESC LIMIT 1) AS public_explanation,
  (SELECT count(*) FROM attachments f WHERE f.root_id = t.id AND f.attached_by = %(citizen)s AND f.detached_at IS NULL) AS photos
FROM tickets t JOIN cases c ON c.id = t.id WHERE t.id = %(ticket)s
"""
# Of the city's limit and the district's the citizen is told the one that was promised to him here.
DUE = """SELECT name, due_at, provisional FROM clocks WHERE case_id = %(ticket)s AND name = ANY(%(names)s) AND state = 'running'
AND due_at IS NOT NULL ORDER BY (name = 'total_clock') DESC, (level = 'district') DESC, generation DESC LIMIT 1"""
STORY = """SELECT at, trigger, from_state, to_state, fields FROM history
WHERE case_id = %(ticket)s AND trigger = ANY(%(triggers)s) ORDER BY seq LIMIT 200"""
# What units wrote is public only when it has been approved, which is the lead's last reply, or the centre itself has said it.
TOLD = frozenset({"completed", "closed", "archived", "declined"})
DUE_OF = {"acceptance_clock": "accept", "total_clock": "answer"}
ALWAYS = frozenset({"register", "reassign", "redispatch", "note_evaluation", "record_callback"})
MOVED = frozenset({
    "accept", "answer", "decline", "transfer_emergency", "dispatch", "sign", "reply", "approve", "rehandle", "suspend",
    "approve_suspension", "resume", "close", "terminate", "withdraw", "void", "reopen", "recall", "take_back", "follow_main",
})  # fmt: skip
TRIGGERS = sorted(ALWAYS | MOVED | {"supplement"})
SENT = frozenset({"dispatch", "reassign", "redispatch"})
# One word stands for the ways by which the same thing comes about.
SAID_AS = {
    "reassign": "dispatch", "redispatch": "dispatch", "record_callback": "note_evaluation", "approve_suspension": "suspend",
    "take_back": "recall",
}  # fmt: skip


def story(system: System, ticket: int, lang: str) -> dict[str, Any]:
    """State, steps and public reply only; what somebody spoke in a reply is blackened once more."""
    with transaction(system, CITIZEN) as tx:
        row = tx.query(STATE, {"ticket": ticket, "now": tx.now, "citizen": CITIZEN.label})[0]
        due = tx.query(DUE, {"ticket": ticket, "names": list(DUE_OF)}) if row["open"] else []
        told = tx.query(STORY, {"ticket": ticket, "triggers": TRIGGERS})
    named = reference(system.engine, system.settings.epoch)
    flow = system.registry.workflows[row["workflow"], row["workflow_version"]]
    state, may = flow.states[row["state"]], open_to_citizen(flow, row["state"])
    reply, why = row["public_reply"] if row["state"] in TOLD else None, row["public_explanation"]
    return {
        "number": row["number"],
        "tracking_code": tracking_code(system.keyring, row),
        "type": row["type"],
        "category": [category.name for category in named.path(row["category_id"])],
        "state": row["state"],
        "label": state.label_en if lang == "en" else state.label_zh,
        "says": label("public_state", row["state"], lang),
        "due": {"of": DUE_OF[due[0]["name"]], "at": shown_due(due[0]["due_at"]), "provisional": due[0]["provisional"]} if due else None,
        "steps": steps(told, named, lang),
        "public_reply": for_public(reply) if reply else None,
        # Who asked about the same fact is told the same of it: the main ticket's suspension is his own.
        "public_explanation": for_public(why) if why else None,
        "photos": row["photos"],
        "may_rate": may_rate(row),
        "may_supplement": "supplement" in may,
        "may_withdraw": "withdraw" in may,
        "may_attach": row["open"],
        "created_at": row["created_at"],
        "updated_at": row["last_at"],
    }


def may_rate(row: Mapping[str, Any]) -> bool:
    """Once a round, until the evaluation expires; a ticket of the first definition knows no expiry."""
    return row["state"] in ("completed", "closed") and row["evaluated_round"] != row["round"] and row["in_time"] is not False


def open_to_citizen(flow: Workflow, state: str) -> frozenset[str]:
    """What the ticket's own definition lets the citizen do from here."""
    return frozenset(edge.trigger for edge in flow.transitions if state in edge.sources and "citizen@self" in edge.who)


def steps(told: Sequence[Mapping[str, Any]], named: Reference, lang: str) -> list[dict[str, Any]]:
    """The story that may be told outside. A dispatch that was taken back before anybody signed for it never happened."""
    found: list[dict[str, Any]] = []
    for row in told:
        code = code_of(row)
        if code == "recall" and found and found[-1]["step"] == "dispatch":
            found.pop()
        if code is not None and code != "recall":
            found.append(step(row["at"], code, unit_name(row, named), lang))
    return found


def code_of(row: Mapping[str, Any]) -> str | None:
    """The word of a step; None for what was asked for inside the house and moved nothing."""
    trigger, moved = row["trigger"], row["from_state"] != row["to_state"]
    if trigger == "supplement":
        return str(row["fields"].get("kind", "addition"))
    if trigger == "follow_main":
        return {"completed": "approve", "closed": "close", "terminated": "terminate"}.get(row["to_state"]) if moved else None
    return SAID_AS.get(trigger, trigger) if moved or trigger in ALWAYS else None


def unit_name(row: Mapping[str, Any], named: Reference) -> str | None:
    unit = named.units.get(row["fields"].get("lead_unit") or 0) if row["trigger"] in SENT else None
    return unit.name if unit else None


def step(at: datetime, code: str, unit: str | None, lang: str) -> dict[str, Any]:
    return {"at": at, "step": code, "label": label("public_step", code, lang), "unit": unit}


def code_of_ticket(system: System, ticket: int) -> str:
    """The code that opens a ticket, for whoever has just registered it."""
    with transaction(system, CITIZEN) as tx:
        return tracking_code(system.keyring, tx.query("SELECT citizen_id, tracking_sealed FROM tickets WHERE id = %s", (ticket,))[0])
