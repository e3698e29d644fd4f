"""The verbs of callbacks that are more than one transition: the next one in the queue, and what others have asked the citizen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from app.core.actors import Actor
from app.core.bus import Result
from app.core.fire import by_actor, result_of, seen_root
from app.core.root import Case, Root
from app.core.tx import Tx
from app.errors import Forbidden, NotPossible, Refused, Unseen

CALLERS = frozenset({"callback_agent", "supervisor", "leader"})
HELD = """SELECT c.id FROM cases c JOIN callbacks x ON x.id = c.id JOIN cases r ON r.id = c.root_id
WHERE c.kind = 'callback' AND c.state = 'claimed' AND x.claimed_by = %(actor)s AND r.state = 'completed' ORDER BY x.claimed_at LIMIT 1"""
# Two who ask at once: the second passes by what the first has locked. Never a callback before its ticket.
NEXT = """SELECT c.id FROM cases c JOIN callbacks x ON x.id = c.id JOIN cases r ON r.id = c.root_id
WHERE c.kind = 'callback' AND c.state = 'queued' AND r.state = 'completed' AND NOT c.id = ANY(%(passed)s)
AND (x.next_call_at IS NULL OR x.next_call_at <= %(now)s)
ORDER BY x.priority, c.due_at NULLS LAST, c.id LIMIT 1 FOR UPDATE OF r SKIP LOCKED"""
MOST_PASSED = 200
OF_NUMBER = "SELECT id FROM tickets WHERE upstream_number = %s ORDER BY id DESC LIMIT 1"
TOLD = "SELECT id FROM evaluations WHERE root_id = %s AND source = %s AND reference = %s"


@dataclass(frozen=True, slots=True)
class ClaimNext:
    """An agent takes the next citizen to be called, or goes on with the one he has taken already: asking twice takes no second one."""

    actor: Actor
    key: None = None


@dataclass(frozen=True, slots=True)
class NoteEvent:
    """What the city or a third party has asked the citizen of a ticket, known by our id or by the city's number. A reference that has
    been told already changes nothing."""

    actor: Actor
    fields: Mapping[str, Any] = field(default_factory=dict)
    ticket_id: int | None = None
    upstream_number: str | None = None
    key: str | None = None


def handle_claim_next(tx: Tx, command: ClaimNext) -> Result | None:
    if command.actor.roles.isdisjoint(CALLERS):
        raise Forbidden("您的角色不能回访。", "Your role does not call citizens back.")
    held = tx.query(HELD, {"actor": command.actor.id})
    if held:
        root = tx.root_of("callback", held[0]["id"])
        return result_of(root, root.cases[held[0]["id"]])
    passed: list[int] = []
    while len(passed) < MOST_PASSED:
        rows = tx.query(NEXT, {"passed": passed, "now": tx.now})
        if not rows:
            return None
        root = tx.root_of("callback", rows[0]["id"])
        if claimed(tx, root, root.cases[rows[0]["id"]]):
            return result_of(root, root.cases[rows[0]["id"]])
        passed.append(rows[0]["id"])
    return None


def claimed(tx: Tx, root: Root, callback: Case) -> bool:
    """Whether this one was his to claim. What stood in the queue may have been taken before its lock was held; a handler is passed by."""
    try:
        by_actor(tx, root, callback, "claim", {})
    except (Refused, NotPossible):
        return False
    return True


def handle_note_event(tx: Tx, command: NoteEvent) -> Result:
    root = seen_root(tx, "ticket", command.ticket_id or ticket_of(tx, command.upstream_number))
    ticket = root.top()
    if tx.query(TOLD, (ticket.id, command.fields["evaluation_source"], command.fields["evaluation_reference"])):
        return result_of(root, ticket)
    by_actor(tx, root, ticket, "note_callback_event", command.fields)
    return replace(result_of(root, ticket), detail={"noted": True})


def ticket_of(tx: Tx, number: str | None) -> int:
    rows = tx.query(OF_NUMBER, (number,))
    if not rows:
        raise Unseen("没有此市工单编号的工单。", "There is no ticket with this number of the city platform.")
    return int(rows[0]["id"])


HANDLERS = {ClaimNext: handle_claim_next, NoteEvent: handle_note_event}
