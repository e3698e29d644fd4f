"""What makes a share take longer by the rules: an extension asked for in time, a pause on a ground, a suspension with a plan."""

from __future__ import annotations

from collections.abc import Generator
from datetime import datetime, timedelta
from fractions import Fraction

from app.core.bus import Result
from app.simulation import texts
from app.simulation.ticket import LOOK, Act, Ticket, Working
from rules.amounts import Amount
from rules.worktime import add

EXTENDED, GRANTED, SHORTER, PAUSED, SUSPENDED, RESUMED_EARLY, BY_REQUEST = 0.085, 0.78, 0.15, 0.015, 0.006, 0.25, 0.4
# How long before its limit a unit notices that it needs more time.
NOTICED = (timedelta(hours=4), timedelta(hours=26))
# What is to be seen suspended is not still being asked for, over a week-end, nor has it come back before anybody looks.
LONGEST = 14
PAUSES = {"awaiting_citizen": 60, "expert_examination": 25, "force_majeure": 15}
Course = Generator["datetime | Act", "Result | None", None]


def delayed(ticket: Ticket, share_id: int) -> Working:
    """True when more time was asked for, so that the work goes on for about as long."""
    if ticket.happens(SUSPENDED, "suspended") and alone(ticket):
        yield from suspended(ticket)
    elif ticket.chance(PAUSED):
        yield from paused(ticket, share_id)
    if ticket.state == "handling" and ticket.round == 1 and ticket.happens(EXTENDED, "extension"):
        return (yield from extended(ticket, share_id))
    return False


def alone(ticket: Ticket) -> bool:
    """Whether nobody else works on it, who would find it standing still."""
    return sum(share.open for share in ticket.shares) == 1 and not any(case.open for case in ticket.beside)


def extended(ticket: Ticket, share_id: int) -> Working:
    """Asked near the limit, decided within hours: mostly as asked, sometimes for less, sometimes not at all."""
    due = ticket.share(share_id).due_at
    if due is None:
        return False
    ahead = NOTICED[0] + (NOTICED[1] - NOTICED[0]) * ticket.rng.random()
    yield max(due - ahead, ticket.now)
    share = ticket.share(share_id)
    longest = due_after(ticket, share.due_at, 3)
    until = min(longest, ticket.city_due_at) if ticket.city_due_at else longest
    if share.state != "handling" or share.due_at is None or not ticket.now < share.due_at < until:
        return False
    fields = {"reason": texts.some(ticket.rng, texts.MORE_TIME), "legal_basis": texts.BASIS, "new_due_at": until}
    yield ticket.by_unit("clerk", share, "request_extension", **fields)
    asked = ticket.waiting("extension")
    assert asked is not None
    yield ticket.hours(1.5, 0.6)
    if not ticket.chance(GRANTED):
        yield ticket.on("reviewer", "extension", asked.id, "refuse", reason="理由不充分，请在原期限内办结。")
        return False
    shorter = due_after(ticket, share.due_at, 1)
    less = {"new_due_at": shorter} if shorter < until and ticket.chance(SHORTER) else {}
    yield ticket.on("reviewer", "extension", asked.id, "grant", **less)
    return True


def due_after(ticket: Ticket, due: datetime | None, days: int) -> datetime:
    """A moment on the working day so many days after the one on which a limit ends."""
    return add((due or ticket.now) - timedelta(minutes=1), Amount(days, "wd"), ticket.world.calendar).at - timedelta(minutes=1)


def paused(ticket: Ticket, share_id: int) -> Course:
    """On a ground of the pack; one that needs approval is asked for. It ends by itself, or the unit ends it."""
    ground = ticket.pick(PAUSES)
    share = ticket.share(share_id)
    row = next(row for row in ticket.world.pack.tables["hold_grounds"].rows if row.id == ground)
    until = ticket.at_work(Fraction(7)) + timedelta(days=ticket.rng.randint(1, 2))
    yield ticket.by_unit("lead", share, "pause", pause_ground=ground, reason=row.give["zh"], pause_until=until)
    if row.give["approval"]:
        yield ticket.hours(1.5, 0.5)
        if ticket.chance(0.15):
            yield ticket.on("reviewer", "assignment", share_id, "refuse_pause", reason="依据不足。")
            return
        yield ticket.on("reviewer", "assignment", share_id, "approve_pause")
    if ticket.chance(0.4):
        yield ticket.now + (until - ticket.now) * 0.6
        yield ticket.by_unit("clerk", share, "end_pause", note="条件已具备，恢复办理。")
        return
    yield until + timedelta(hours=1)


def suspended(ticket: Ticket) -> Course:
    """Decided by whom the level asks, or asked for by somebody else first; it comes back on its date, or a little sooner."""
    is_shown, days = ticket.arrival.stops_at == "suspended", ticket.rng.randint(3, 12)
    review = ticket.at_work(Fraction(7)) + timedelta(days=LONGEST if is_shown else days)
    fields = {"plan": texts.PLAN, "approval_level": "department", "review_at": review, "public_explanation": texts.EXPLAINED_PUBLICLY}
    if ticket.chance(BY_REQUEST) and not is_shown:
        yield ticket.fire("dispatcher", "suspend", **fields)
        yield ticket.hours(2, 0.4)
        yield ticket.fire("supervisor", "approve_suspension")
    else:
        yield ticket.fire("supervisor", "suspend", **fields)
    if ticket.chance(RESUMED_EARLY):
        yield ticket.now + (review - ticket.now) * 0.5
        yield ticket.fire("supervisor", "resume", reason="工程提前完工，恢复办理。")
        return
    while ticket.state == "suspended":
        yield max(review, ticket.now) + timedelta(hours=1)
        yield LOOK
