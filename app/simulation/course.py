"""The whole life of a ticket, from the citizen's words to the archive, as one thread; each co-unit's share runs beside it."""

from __future__ import annotations

from collections.abc import Generator
from datetime import datetime

from app.core.actors import CITIZEN
from app.core.bus import Result
from app.hotline.commands import ActOn
from app.simulation import texts
from app.simulation.answers import UNHAPPY, answers_of, next_call
from app.simulation.desk import dispatched, received
from app.simulation.joining import joined
from app.simulation.ticket import LOOK, Act, Course, Ticket, Working
from app.simulation.unit import helped, led, replied

REVIEW_BACK, CLAIMED, RATED_BY_CITIZEN = 0.06, 0.2, 0.08
# What a person decides on dissatisfaction: at first, and after the study of a second one.
DECISIONS = ({"rehandle": 84, "no_further": 11, "terminate": 5}, {"rehandle": 35, "no_further": 50, "terminate": 15})
NO_FURTHER = {"reason": "已解释说明，诉求人仍不满意，按规定结案。", "no_further_ground": "within_policy"}
TERMINATED = {"reason": "应通过法定途径解决，已书面告知。", "termination_ground": "legal_channel"}
REOPENED = 0.003
ARCHIVED_AFTER = 3.0
# How long a ticket waits for those who call back and who study before it looks what has become of it.
PATIENCE = 16


def life(ticket: Ticket) -> Course:
    state = yield from received(ticket)
    if state == "accepted":
        yield from worked(ticket)
    while ticket.state == "completed":
        if (yield from asked(ticket)):
            yield from handled(ticket)
    yield from laid_away(ticket)


def worked(ticket: Ticket) -> Generator[datetime | Act, Result | None, None]:
    if ticket.arrival.decision == "terminate":
        yield ticket.hours(3)
        reason = "同一事实、同一理由重复反映，且已答复，不再办理。"
        yield ticket.fire("supervisor", "terminate", reason=reason, termination_ground="same_facts_again")
        return
    if ticket.demand.fields.get("labels") and "key" in ticket.demand.fields["labels"] and not ticket.elevated:
        yield ticket.minutes(5)
        yield ticket.fire("supervisor", "elevate", measures=["elevated_review", "elevated_callback"], reason="重点工单，提级审核、回访。")
        ticket.elevated = True
    if not (yield from joined(ticket)):
        yield from dispatched(ticket)
        yield from handled(ticket)


def handled(ticket: Ticket) -> Generator[datetime | Act, Result | None, None]:
    """One round: the units' work and the review of it."""
    ticket.threads += [helped(ticket, share.id) for share in ticket.shares if share.open and share.role == "co"]
    if not (yield from led(ticket)):
        return
    while ticket.state == "replied":
        yield ticket.hours(2.2)
        reviewer = "supervisor" if ticket.elevated else "reviewer"
        if ticket.chance(CLAIMED) and not ticket.elevated:
            yield ticket.fire(reviewer, "claim")
            yield ticket.minutes(8, 0.3)
        if not ticket.chance(REVIEW_BACK):
            yield ticket.fire(reviewer, "approve", **reasons_at_gates(ticket))
            return
        yield ticket.fire(reviewer, "send_back", reason=ticket.rng.choice(texts.SEND_BACKS), gates=["reply"])
        share = ticket.lead
        yield ticket.days(0.7)
        yield from replied(ticket, share.id)


def reasons_at_gates(ticket: Ticket) -> dict[str, str]:
    """The reviewer looks at what the machine found, and says why it is approved all the same."""
    failing = ticket.world.failing(ticket.centre("reviewer"), ticket.id)
    return {f"gate_{gate}_reason": texts.AT_GATES[gate] for gate in failing}


def asked(ticket: Ticket) -> Generator[datetime | Act, Result | None, bool]:
    """The callback, by whoever takes it from the queue; True when the ticket goes into another round, else it comes to its end."""
    said = yield from told(ticket)
    if said is None or ticket.state != "completed":
        return False
    yield ticket.hours(1)
    if said != "unhappy":
        yield ticket.fire("callback", "close")
        return False
    decision = ticket.pick(DECISIONS[min(ticket.round, len(DECISIONS)) - 1])
    if ticket.round > 1 and not (yield from studied(ticket)):
        return False
    if decision == "rehandle" and any(share.role == "lead" for share in ticket.shares):
        yield ticket.fire("reviewer", "rehandle", reason=ticket.rng.choice(texts.REHANDLE))
        return True
    yield ticket.fire("reviewer", "terminate", **TERMINATED) if decision == "terminate" else ticket.fire("reviewer", "close", **NO_FURTHER)
    return False


def told(ticket: Ticket) -> Generator[datetime | Act, Result | None, str | None]:
    """What the citizen said of this round: to an agent, or by himself; None when nobody has heard of it for long."""
    if ticket.chance(RATED_BY_CITIZEN):
        yield ticket.minutes(40, 0.6)
        if ticket.round not in ticket.heard:
            answers = answers_of(ticket.rng, ticket.round)
            ticket.heard[ticket.round] = "unhappy" if answers["rating"] in UNHAPPY else "content"
            yield ActOn(CITIZEN, ticket.id, "record_callback", answers)
    for _ in range(PATIENCE):
        if ticket.round in ticket.heard:
            return ticket.heard[ticket.round]
        yield next_call(ticket.now)
    yield LOOK
    return None


def studied(ticket: Ticket) -> Working:
    """A second dissatisfaction is studied before anybody decides; False when that takes for ever."""
    for _ in range(PATIENCE):
        if ticket.round in ticket.studied:
            return True
        yield next_call(ticket.now)
    return False


def laid_away(ticket: Ticket) -> Course:
    """Days after its end a ticket is archived, unless it is opened once more."""
    yield ticket.days(ARCHIVED_AFTER, 0.4)
    if ticket.state == "closed" and ticket.chance(REOPENED):
        yield ticket.fire("supervisor", "reopen", reason="诉求人来电反映问题反复。")
        yield from worked(ticket)
        while ticket.state == "completed":
            if (yield from asked(ticket)):
                yield from handled(ticket)
        yield ticket.days(ARCHIVED_AFTER, 0.4)
    yield ticket.fire("reviewer", "archive")
