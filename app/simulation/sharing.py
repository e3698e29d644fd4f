"""What a unit does not do alone: a street hands down to a community or whistles for departments, a lead asks the desk for one more unit."""

from __future__ import annotations

from collections.abc import Generator
from datetime import datetime

from app.core.bus import Result
from app.hotline.co_requests.commands import AskForUnit, GrantUnit
from app.simulation import texts
from app.simulation.returns import stranger
from app.simulation.ticket import LOOK, Act, Beside, Share, Ticket

HANDED_DOWN, WHISTLED, ADDED, NOT_ADDED, CALLED_OFF, LATE = 0.28, 0.06, 0.01, 0.2, 0.1, 0.2
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
        yield from wished(ticket, share)


def wished(ticket: Ticket, share: Share) -> Doing:
    """The lead asks for one more unit; now and then the desk says no."""
    asked = {"wished_unit": stranger(ticket), "reason": texts.HELP_WANTED}
    yield AskForUnit(ticket.world.district.of_unit("handler", share.unit_id), ticket.id, asked)
    yield ticket.hours(1)
    yield LOOK
    wish = ticket.waiting("co-request")
    if wish is not None and ticket.chance(NOT_ADDED):
        yield ticket.on("dispatcher", "co-request", wish.id, "decline", refusal=texts.NO_HELP)
    elif wish is not None:
        yield GrantUnit(ticket.centre("dispatcher"), wish.id, {"instructions": texts.JOIN_IN})


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

