"""The whole life of a ticket, from the citizen's words to the archive, as one thread; each co-unit's share runs beside it."""

from __future__ import annotations

from collections.abc import Generator
from datetime import datetime
from fractions import Fraction

from app.core.actors import CITIZEN
from app.core.bus import Result
from app.hotline.commands import ActOn
from app.simulation import texts
from app.simulation.desk import dispatched, received
from app.simulation.ticket import Act, Course, Ticket
from app.simulation.unit import helped, led, replied

REVIEW_BACK, CLAIMED, RATED_BY_CITIZEN, MISSED, REHANDLED = 0.06, 0.2, 0.08, 0.17, 0.9
# By round: most are content the first time; who was not is harder to please the second time.
RATINGS = (
    {"very_satisfied": 38, "satisfied": 36, "basically_satisfied": 16, "dissatisfied": 7, "very_dissatisfied": 3},
    {"very_satisfied": 20, "satisfied": 38, "basically_satisfied": 24, "dissatisfied": 12, "very_dissatisfied": 6},
)
UNHAPPY = ("dissatisfied", "very_dissatisfied")
REASONS = {"not_solved": 50, "slow": 25, "attitude": 10, "not_contacted": 15}
ATTEMPTS = 3
CALLED_WITHIN = 14  # Working hours: the pack calls within three days, and an evaluation lasts five.
NO_FURTHER = {"reason": "已解释说明，诉求人仍不满意，按规定结案。", "no_further_ground": "within_policy"}
REOPENED = 0.003
ARCHIVED_AFTER = 3.0


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
    yield from dispatched(ticket)
    yield from handled(ticket)


def handled(ticket: Ticket) -> Generator[datetime | Act, Result | None, None]:
    """One round: the units' work and the review of it."""
    ticket.threads += [helped(ticket, share.id) for share in ticket.shares if share.open and share.role == "co"]
    if not (yield from led(ticket)):
        return
    while ticket.state == "replied":
        yield ticket.hours(2.2)
        if ticket.chance(CLAIMED):
            yield ticket.fire("reviewer", "claim")
            yield ticket.minutes(8, 0.3)
        if not ticket.chance(REVIEW_BACK):
            yield ticket.fire("reviewer", "approve", **reasons_at_gates(ticket))
            return
        yield ticket.fire("reviewer", "send_back", reason=ticket.rng.choice(texts.SEND_BACKS), gates=["reply"])
        share = ticket.lead
        yield ticket.days(0.7)
        yield from replied(ticket, share.id)


def reasons_at_gates(ticket: Ticket) -> dict[str, str]:
    """The reviewer looks at what the machine found, and says why it is approved all the same."""
    failing = ticket.world.failing(ticket.centre("reviewer"), ticket.id)
    return {f"gate_{gate}_reason": texts.AT_GATES[gate] for gate in failing}


def asked(ticket: Ticket) -> Generator[datetime | Act, Result | None, bool]:
    """The callback; True when the ticket goes into another round, else it is closed."""
    yield min(ticket.days(0.9), ticket.at_work(Fraction(CALLED_WITHIN)))
    if ticket.chance(RATED_BY_CITIZEN):
        unhappy = yield from rated(ticket, by_citizen=True)
    else:
        for attempt in range(ATTEMPTS):
            if attempt:
                yield max(ticket.hours(4.5, 0.2), ticket.rings_again or ticket.now)
            if not ticket.chance(MISSED):
                unhappy = yield from rated(ticket, by_citizen=False)
                break
            yield ticket.fire("callback", "record_callback", reached=False)
        else:
            unhappy = False
    # A second dissatisfaction is first studied: nobody here rehandles it at once.
    again = unhappy and ticket.round == 1 and ticket.chance(REHANDLED)
    if again and (yield from handed_out_again(ticket)):
        return True
    yield ticket.hours(1)
    yield ticket.fire("callback", "close", **(NO_FURTHER if unhappy else {}))
    return False


def rated(ticket: Ticket, by_citizen: bool) -> Generator[datetime | Act, Result | None, bool]:
    """Records the answers; True when the citizen is not content."""
    rating = ticket.pick(RATINGS[min(ticket.round, len(RATINGS)) - 1])
    unhappy = rating in UNHAPPY
    solved = ticket.chance(0.25 if unhappy else 1.0)
    fields = {"contacted": ticket.chance(0.95), "solved": solved, "rating": rating}
    if unhappy:
        fields["reasons"] = [ticket.pick(REASONS)]
    if by_citizen:
        yield ActOn(CITIZEN, ticket.id, "record_callback", fields)
    else:
        yield ticket.fire("callback", "record_callback", **fields)
    return unhappy


def handed_out_again(ticket: Ticket) -> Generator[datetime | Act, Result | None, bool]:
    """Back to the unit that had it. A ticket answered at the desk has had none, so it ends here."""
    if not any(share.role == "lead" for share in ticket.shares):
        return False
    yield ticket.hours(0.8)
    yield ticket.fire("reviewer", "rehandle", reason=ticket.rng.choice(texts.REHANDLE))
    return True


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
