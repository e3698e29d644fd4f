"""What a unit does not do alone: a street hands down to a community or whistles for departments, the desk calls in one more unit."""

from __future__ import annotations

from collections.abc import Generator
from datetime import datetime

from app.core.bus import Result
from app.simulation import texts
from app.simulation.returns import stranger
from app.simulation.ticket import Act, Beside, Share, Ticket

HANDED_DOWN, WHISTLED, ADDED, CALLED_OFF, LATE = 0.28, 0.06, 0.01, 0.1, 0.2
Doing = Generator["datetime | Act", "Result | None", None]


def shared_out(ticket: Ticket, share_id: int) -> Doing:
    """Streets do most of it; every unit may get help that the desk calls in."""
    share = ticket.share(share_id)
    below = ticket.world.district.streets.get(share.unit_id, ())
    if below and ticket.chance(HANDED_DOWN):
        yield ticket.minutes(50)
        yield ticket.by_unit("clerk", share, "hand_down", units=[ticket.rng.choice(below)], instructions=texts.DOWN)
    elif below and ticket.happens(WHISTLED, "report-in"):
        yield ticket.minutes(60)
        yield from whistled(ticket, share)
    if ticket.chance(ADDED):
        yield ticket.hours(2)
        yield ticket.fire("dispatcher", "add_units", co_units=[stranger(ticket)], instructions=texts.JOIN_IN)


def whistled(ticket: Ticket, share: Share) -> Doing:
    departments = ticket.rng.sample(ticket.world.district.departments, 2)
    yield ticket.by_unit("clerk", share, "whistle", departments=departments, reason=texts.WHISTLE)
    ticket.threads += [reporting(ticket, case, share) for case in ticket.beside if case.kind == "report-in" and case.open]


def reporting(ticket: Ticket, call: Beside, share: Share) -> Doing:
    """A department comes, now and then after its time; the street says whether it helped, or calls it off."""
    yield ticket.hours(*((9.0, 0.3) if ticket.chance(LATE) else (1.2, 0.5)))
    if not standing(ticket, call):
        return
    if ticket.chance(CALLED_OFF):
        yield ticket.at("clerk", share.unit_id, "report-in", call.id, "cancel", reason="已自行解决。")
        return
    yield ticket.at("clerk", call.unit_id, "report-in", call.id, "report_in")
    yield ticket.hours(5)
    if standing(ticket, call):
        yield ticket.at("clerk", share.unit_id, "report-in", call.id, "confirm", helpful=ticket.chance(0.85))


def standing(ticket: Ticket, call: Beside) -> bool:
    """What ended with its share needs nobody any more; the street asks nothing of it once it has ended itself."""
    return any(case.id == call.id and case.open for case in ticket.beside)

