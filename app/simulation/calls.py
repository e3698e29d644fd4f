"""The calling hours: agents take one citizen after another from the queue until nobody waits, a supervisor those of a higher level."""

from __future__ import annotations

from datetime import timedelta
from random import Random
from typing import Any

from app.core.actors import SYSTEM
from app.core.root import Case
from app.hotline.callbacks.commands import ClaimNext, NoteEvent
from app.simulation.answers import OUTCOMES, RECORDED, UNHAPPY, answers_of
from app.simulation.demand import pick
from app.simulation.office import Office

ASKED_BY_CITY = 0.02
# In one hour of calling nobody calls more than these; who is left waits for the next.
MOST = 5000
WAITING = "SELECT count(*) AS n FROM cases WHERE kind = 'callback' AND state = 'queued'"


def work_through(office: Office) -> None:
    """Nobody asks for a next one when all who waited have been called."""
    waiting = min(MOST, office.rows(WAITING)[0]["n"])
    for agent in ("callback", "supervisor"):
        while waiting:
            result = office.do(ClaimNext(office.district.centre(agent)))
            if result is None or result.root is None:
                break
            waiting -= 1
            called(office, agent, result.root.cases[result.case_id])


def called(office: Office, agent: str, callback: Case) -> None:
    """One call. What comes of it is drawn for this ticket, its round and its attempt, whoever calls and in whatever order."""
    round_, tries = callback.data["round"], callback.data["attempts"]
    rng = office.rng("call", office.of(callback.root_id), round_, office.now)
    outcome = pick(rng, OUTCOMES)
    fields: dict[str, Any] = {"call_outcome": outcome}
    if rng.random() < RECORDED:
        fields["recording"] = f"REC-{office.of(callback.root_id):06d}-{round_}-{tries + 1}"
    if outcome == "reached":
        fields |= answers_of(rng, round_)
    elif outcome == "call_later":
        fields["call_at"] = office.now + timedelta(hours=20)
    result = office.fire(agent, "callback", callback.id, "record_callback", **fields)
    if result is not None and result.state in ("rated", "unreachable"):
        told(office, callback.root_id, round_, fields, result.state, rng)


def told(office: Office, ticket: int, round_: int, fields: dict[str, Any], state: str, rng: Random) -> None:
    if state == "unreachable":
        office.hear(ticket, round_, "unreachable")
        return
    office.hear(ticket, round_, "unhappy" if fields["rating"] in UNHAPPY else "content")
    if office.of(ticket) and rng.random() < ASKED_BY_CITY:
        event = {"evaluation_source": "city", "evaluation_reference": f"CITY-{office.of(ticket):06d}-{round_}", "evaluated_at": office.now}
        office.do(NoteEvent(SYSTEM, {**event, "contacted": True, "solved": True, "rating": "satisfied"}, ticket))
