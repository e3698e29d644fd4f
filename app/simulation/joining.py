"""Tickets about one fact: joined to the main one and completed with it, some unlinked; a repeat gets the earlier reply."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from random import Random

from app.simulation import texts
from app.simulation.demand import Demand, Place, elsewhere
from app.simulation.ticket import LOOK, Ticket, Working
from app.simulation.twins import Twin

UNLINKED = 0.12
IN_WORK = ("dispatched", "handling")
ANSWERED = ("completed", "closed", "archived")


def alike(demand: Demand, main: Demand, twin: Twin, places: Sequence[Place]) -> Demand:
    """The matter and the place of the main one; whoever does not repeat himself is another citizen and has his own words."""
    # What the citizen would have told otherwise is his alone, and so are the chances of how he tells it.
    rng = Random(demand.fields["title"])
    if twin.nearby:
        return elsewhere(demand, main, rng, places)
    fields = {**main.fields, "channel": demand.fields["channel"]}
    if twin.repeat:
        return replace(demand, category=main.category, street=main.street, fields=fields, citizen=main.citizen, location=main.location)
    title, more = rng.choice(texts.RETOLD)
    fields |= {"title": title.format(title=fields["title"])[:200], "content": fields["content"] + more}
    return replace(demand, category=main.category, street=main.street, fields=fields, location=main.location)


def joined(ticket: Ticket) -> Working:
    """After acceptance. True when the ticket needs no unit of its own: it was completed with another, or answered as the other was."""
    twin = ticket.twin
    main = ticket.world.tickets.get(twin.main) if twin else None
    if twin is None or twin.nearby or main is None or not main.id or main.secret != ticket.secret:
        return False
    yield ticket.minutes(8, 0.4)
    return (yield from (repeated(ticket, main) if twin.repeat else merged(ticket, main)))


def merged(ticket: Ticket, main: Ticket) -> Working:
    if main.state not in IN_WORK or main.joined:
        return False
    yield ticket.fire("dispatcher", "link", main_ticket=main.id, link_kind="same_fact", reason=texts.SAME_FACT)
    main.followed = True
    if ticket.chance(UNLINKED):
        yield ticket.hours(3, 0.4)
        if main.state in IN_WORK:
            yield ticket.fire("dispatcher", "unlink", main_ticket=main.id, reason="经核为另一处，恢复单独办理。")
            return False
    while ticket.joined and ticket.state == "accepted":
        yield ticket.hours(6, 0.2)
        if main.state not in ("accepted", *IN_WORK, "replied", "suspended"):
            yield LOOK
    return ticket.state != "accepted"


def repeated(ticket: Ticket, main: Ticket) -> Working:
    """Only where the earlier one was replied to: one proposes, another approves."""
    if main.state not in ANSWERED or not main.demand.citizen.get("phone"):
        return False
    yield ticket.fire("agent", "link", main_ticket=main.id, link_kind="repeat", reason="同一诉求人同一事项。")
    yield ticket.minutes(5)
    yield ticket.fire("agent", "propose_earlier_reply", main_ticket=main.id, no_new_facts=True, reason="无新的事实和理由。")
    yield ticket.hours(1.5)
    yield ticket.fire("reviewer", "approve_earlier_reply")
    return True
