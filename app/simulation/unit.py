"""A handling unit at work: it signs, gives the ticket to a person, contacts the citizen, reports on the way, submits and signs off."""

from __future__ import annotations

from collections.abc import Generator
from datetime import datetime
from typing import Any

from app.core.actors import CITIZEN
from app.core.bus import Result
from app.hotline.commands import ActOn
from app.simulation import texts
from app.simulation.delays import delayed
from app.simulation.returns import ASKED, returned
from app.simulation.sharing import shared_out
from app.simulation.ticket import Act, Course, Share, Ticket, Working

# How many working days a unit has, which is what its people plan by.
DAYS = {"consult": 1.0, "help": 7.0, "suggestion": 7.0, "complaint": 12.0, "tipoff": 12.0, "praise": 3.0, "other": 7.0}
URGENT_DAYS = {"urgent": 3.0, "critical": 1.0}
# The median share of that time which handling takes; with the spread below about one in twelve is late.
USUAL, SPREAD = 0.36, 0.72
AGAIN = 0.3
INTERIM_AFTER = 4.0
OUTCOMES = {"solved": 62, "partly": 12, "unsolved": 6, "explained": 20}
EXPLAINED = {"solved": 10, "explained": 90}
CONTACT = {"phone": 80, "sms": 6, "wechat": 6, "visit": 8}
TO_A_PERSON, CALLED_FIRST, UNREACHED, INTERIM, SENT_BACK, DIRECT = 0.7, 0.88, 0.04, 0.7, 0.05, 0.2
URGED, ADDED, TERMINATION, WITHDRAWN = 0.05, 0.04, 0.006, 0.006
UNFINISHED = ("assigned", "handling", "submitted")


def signed(ticket: Ticket, share_id: int) -> Working:
    """False when the share was taken away before anybody signed."""
    yield ticket.hours(1.1, 0.9)
    share = ticket.share(share_id)
    if share.state != "assigned":
        return False
    yield ticket.by_unit("clerk", share, "sign")
    if ticket.chance(TO_A_PERSON):
        handler = ticket.world.district.of_unit("handler", share.unit_id)
        yield ticket.by_unit("clerk", share, "assign_person", person=handler.id)
    return True


def contacted(ticket: Ticket, share_id: int) -> Generator[datetime | Act, Result | None, None]:
    if not ticket.chance(CALLED_FIRST):
        return
    yield ticket.hours(1.5, 0.9)
    share = ticket.share(share_id)
    if share.state == "handling":
        yield ticket.by_unit("handler", share, "record_contact", contact_way=ticket.pick(CONTACT), contact_at=ticket.now)


def led(ticket: Ticket, may_return: bool = True) -> Working:
    """The lead unit's work from the dispatch to its reply; False when the ticket came to another end."""
    share = ticket.lead
    if may_return and ticket.round == 1 and ticket.happens(ASKED, "return-request") and (yield from returned(ticket, share.id)):
        return (yield from led(ticket, False))
    if not (yield from signed(ticket, share.id)):
        return False
    yield from contacted(ticket, share.id)
    known = {other.id for other in ticket.shares}
    yield from shared_out(ticket, share.id)
    ticket.threads += [helped(ticket, other.id) for other in ticket.shares if other.id not in known]
    days = allowed(ticket) * ticket.around(USUAL if ticket.round == 1 else AGAIN, SPREAD)
    if days > INTERIM_AFTER:
        yield ticket.days(INTERIM_AFTER * 0.9, 0.1)
        if ticket.chance(INTERIM):
            yield ticket.by_unit("handler", share, "interim_reply", reply_text=texts.INTERIM)
        days -= INTERIM_AFTER * 0.9
    yield from disturbed(ticket)
    if ticket.state != "handling":
        return False
    if (yield from delayed(ticket, share.id)):
        days = 1.5 * ticket.around(1.0, 0.4)
    if ticket.state != "handling":
        return False
    yield ticket.days(days, 0.05)
    return (yield from replied(ticket, share.id))


def allowed(ticket: Ticket) -> float:
    fields = ticket.demand.fields
    return URGENT_DAYS.get(fields["urgency"]) or DAYS[fields["type"]]


def disturbed(ticket: Ticket) -> Generator[datetime | Act, Result | None, None]:
    """What happens while a unit works: the citizen urges, adds, withdraws; the unit asks to stop."""
    if ticket.chance(URGED):
        yield ticket.days(0.5)
        yield ActOn(CITIZEN, ticket.id, "supplement", {"kind": "urge"})
        yield ticket.fire("dispatcher", "urge")
    if ticket.chance(ADDED):
        yield ticket.days(0.4)
        yield ActOn(CITIZEN, ticket.id, "supplement", {"kind": "addition", "text": ticket.rng.choice(texts.ADDITIONS)})
    if ticket.chance(TERMINATION):
        yield ticket.days(0.6)
        reason = "诉求人不配合核查，无法继续办理。"
        yield ActOn(actor_of(ticket, "lead"), ticket.id, "terminate", {"reason": reason, "termination_ground": "citizen_blocks"})
        yield ticket.hours(3)
        agreed = ticket.chance(0.6)
        yield ticket.fire("reviewer", "terminate" if agreed else "refuse_termination", reason="同意。" if agreed else "请继续办理。")
    elif ticket.chance(WITHDRAWN):
        yield ticket.days(0.5)
        yield ActOn(CITIZEN, ticket.id, "withdraw", {"reason": "问题已解决，申请撤单。"})


def actor_of(ticket: Ticket, part: str) -> Any:
    return ticket.world.district.of_unit(part, ticket.lead.unit_id)


def replied(ticket: Ticket, share_id: int) -> Working:
    """Submitted by the handler and signed off by the unit's lead, or replied by the lead directly."""
    share = ticket.share(share_id)
    if ticket.chance(DIRECT):
        yield ticket.by_unit("lead", share, "reply", **reply_fields(ticket), **still_open(ticket, share))
        return True
    yield ticket.by_unit("handler", share, "submit", **reply_fields(ticket), **still_open(ticket, share))
    while ticket.chance(SENT_BACK):
        yield ticket.hours(2)
        yield ticket.on_share("lead", share, "send_back", reason=ticket.rng.choice(texts.UNIT_SEND_BACKS))
        yield ticket.hours(3)
        yield ticket.by_unit("handler", share, "submit", **reply_fields(ticket), **still_open(ticket, share))
    yield ticket.hours(1.8)
    yield ticket.by_unit("lead", share, "reply", **still_open(ticket, share))
    return True


def reply_fields(ticket: Ticket) -> dict[str, Any]:
    outcome = ticket.pick(EXPLAINED if ticket.demand.fields["type"] in ("consult", "praise", "suggestion") else OUTCOMES)
    fields: dict[str, Any] = {
        "outcome": outcome,
        "reply_text": texts.reply(ticket.rng, outcome),
        "public_reply": texts.PUBLIC[outcome],
        "internal_note": ticket.rng.choice(texts.INTERNAL),
        "facts_true": ticket.chance(0.85),
        "on_site": ticket.chance(0.5),
    }
    if outcome in ("partly", "unsolved"):
        fields["unsolved_reason"] = ticket.rng.choice(texts.UNSOLVED)
    if ticket.chance(UNREACHED):
        return fields | {"contacted": False, "not_contacted_reason": ticket.rng.choice(texts.CONTACT_REASONS)}
    return fields | {"contacted": True, "contact_at": ticket.now, "contact_way": ticket.pick(CONTACT)}


def still_open(ticket: Ticket, share: Share) -> dict[str, str]:
    """A lead that does not wait for its co-units says why."""
    waiting = any(other.role in ("co", "sub") and other.state in UNFINISHED for other in ticket.shares)
    return {"co_open_reason": texts.CO_OPEN} if share.role == "lead" and waiting else {}


def helped(ticket: Ticket, share_id: int) -> Course:
    """A co-unit's share: quicker than the lead most of the time, and over when the lead's decision closes it."""
    if not (yield from signed(ticket, share_id)):
        return
    yield ticket.days(allowed(ticket) * USUAL * 0.6, SPREAD)
    share = ticket.share(share_id)
    if share.state != "handling":
        return
    yield ticket.by_unit("handler", share, "submit", **reply_fields(ticket))
    yield ticket.hours(1.5)
    share = ticket.share(share_id)
    if share.state == "submitted":
        yield ticket.by_unit("lead", share, "reply")
