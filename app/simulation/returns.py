"""A unit says "not mine": it asks in its window, the desk decides after some hours, and whoever has the ticket then goes on."""

from __future__ import annotations

from app.simulation import texts
from app.simulation.ticket import Share, Ticket, Working

ASKED, IMPROPER, SUGGESTED, KEPT = 0.062, 0.35, 0.7, 0.4
# What the desk does with a request; `moot` is a unit that replies before anybody has decided.
RULINGS = {"upheld": 50, "desk": 9, "rejected": 22, "negotiated": 8, "designated": 7, "moot": 4}
UNDECIDED = ("assigned", "handling")


def returned(ticket: Ticket, share_id: int) -> Working:
    """True when the share was taken away: the ticket has another lead then, or is at the desk again."""
    yield ticket.hours(0.7, 0.6)
    share = ticket.share(share_id)
    if share.state not in UNDECIDED or share.return_by is None or share.return_by <= ticket.now:
        return False
    other = stranger(ticket)
    ground = ticket.rng.choice(ticket.world.pack.tables["return_grounds"].rows).id
    fields: dict[str, object] = {"return_ground": ground, "reason": texts.some(ticket.rng, texts.NOT_OURS)}
    if ticket.chance(SUGGESTED):
        fields["suggested_unit"] = other
    yield ticket.by_unit("clerk", share, "request_return", **fields)
    ruling = ticket.pick(RULINGS)
    if ruling == "moot":
        return False
    yield ticket.hours(2.5)
    yield from RULED[ruling](ticket, share, other)
    return not ticket.share(share_id).open


def stranger(ticket: Ticket) -> int:
    """A unit that has no open share of this ticket."""
    taken = {share.unit_id for share in ticket.shares if share.open}
    return ticket.rng.choice([unit for unit in ticket.world.district.handling if unit not in taken])


def decide(ticket: Ticket, account: str, trigger: str, **fields: object) -> object:
    request = ticket.waiting("return-request")
    assert request is not None  # nobody else decides it
    return ticket.on(account, "return-request", request.id, trigger, **fields)


def upheld(ticket: Ticket, share: Share, other: int) -> Working:
    yield decide(ticket, "dispatcher", "uphold", lead_unit=other, reason="经核，属该单位职责。")
    return True


def to_the_desk(ticket: Ticket, share: Share, other: int) -> Working:
    yield decide(ticket, "supervisor", "uphold", reason="职责待核，退回派单岗。")
    yield ticket.minutes(25)
    yield ticket.fire("dispatcher", "dispatch", lead_unit=other, instructions="退单后重派，请依职责办理。")
    return True


def rejected(ticket: Ticket, share: Share, other: int) -> Working:
    improper = {"improper": True} if ticket.chance(IMPROPER) else {}
    yield decide(ticket, "dispatcher", "reject", reason="依派单目录属你单位职责，不予退单。", **improper)
    return False


def negotiated(ticket: Ticket, share: Share, other: int) -> Working:
    """Two units are invited: one says what it is for, the other volunteers."""
    taken = {other, *(each.unit_id for each in ticket.shares if each.open)}
    third = ticket.rng.choice([unit for unit in ticket.world.district.handling if unit not in taken])
    yield decide(ticket, "dispatcher", "negotiate", co_units=[other, third])
    request = ticket.waiting("return-request")
    assert request is not None
    yield ticket.hours(1.5)
    yield ticket.at("clerk", third, "return-request", request.id, "state_position", statement="本单位可配合，不宜主办。")
    yield ticket.minutes(40)
    yield ticket.at("lead", other, "return-request", request.id, "volunteer")
    yield ticket.minutes(50)
    yield decide(ticket, "dispatcher", "uphold", lead_unit=other, reason="该单位主动领办。")
    return True


def designated(ticket: Ticket, share: Share, other: int) -> Working:
    """Both offices are heard; the unit that asked may well be the one that is designated."""
    for office in ("org_office", "justice_bureau"):
        yield decide(ticket, "supervisor", "give_opinion", opinion_of=office, opinion="依职责规定和法律规定提出意见。")
        yield ticket.hours(1.0)
    lead = share.unit_id if ticket.chance(KEPT) else other
    yield decide(ticket, "supervisor", "designate", lead_unit=lead, reason="依两部门意见指定办理。")
    return True


RULED = {"upheld": upheld, "desk": to_the_desk, "rejected": rejected, "negotiated": negotiated, "designated": designated}
