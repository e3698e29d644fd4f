"""The first hours of a ticket: registered by the city or the own desk, accepted or turned away, dispatched, sometimes to the wrong unit."""

from __future__ import annotations

from collections.abc import Generator
from datetime import datetime
from typing import Any

from app.clock import local
from app.core.actors import CITIZEN, SYSTEM
from app.core.bus import Result
from app.hotline.commands import ActOn, Register
from app.simulation import texts
from app.simulation.arrivals import Arrival
from app.simulation.duty import attended
from app.simulation.ticket import Act, Ticket, Working
from rules.amounts import Amount
from rules.tables import choose
from rules.worktime import add

# The city platform's own limits in working days, from registration there.
CITY_LIMITS = {"consult": 2, "help": 10, "suggestion": 10, "complaint": 15, "tipoff": 15, "praise": 5, "other": 10}
CATEGORY_IN = {"normal": (14, 0.9), "urgent": (5, 0.6), "critical": (2, 0.5)}
DISPATCH_IN = {"normal": (26, 1.0), "urgent": (9, 0.7), "critical": (3, 0.6)}
# What becomes of a demand at the desk, by its type; `accept` is what goes on to a unit.
AT_THE_DESK = {
    "consult": {"accept": 62, "answer": 34, "withdraw": 1, "void": 1, "decline": 2},
    "praise": {"accept": 45, "answer": 54, "void": 1},
    "other": {"accept": 90, "answer": 4, "void": 2, "decline": 4},
}
OTHERWISE = {"accept": 950, "answer": 12, "withdraw": 8, "void": 5, "decline": 13, "transfer_emergency": 2}
CRITICAL = {"accept": 70, "transfer_emergency": 30}
CO_HANDLED, UNDONE, WRONG_UNIT, CLAIMED, RECLASSIFIED = 0.12, 0.006, 0.015, 0.15, 0.02
FALLBACK = "cgj"
CITED = 0.5


def number_of(arrival: Arrival, run: str) -> str:
    """What the simulated city platform calls the order; "" for a demand of the own desk."""
    return f"SIM-{run}-{arrival.n:06d}" if arrival.from_city else ""


def register(ticket: Ticket) -> Register:
    demand, arrival = ticket.demand, ticket.arrival
    fields = {**demand.fields, "category": ticket.world.district.categories[demand.category]}
    if not arrival.from_city:
        return Register(ticket.centre("agent"), fields, demand.citizen, demand.location)
    due = add(ticket.now, Amount(CITY_LIMITS[fields["type"]], "wd"), ticket.world.calendar).at
    city = {"source": "city", "upstream_number": number_of(arrival, ticket.world.run), "upstream_due_at": due}
    return Register(SYSTEM, {**fields, **city}, demand.citizen, demand.location)


def received(ticket: Ticket) -> Generator[datetime | Act, Result | None, str]:
    """From registration to what the desk decides; returns the ticket's state then."""
    yield register(ticket)
    ticket.threads += [attended(ticket, alarm) for alarm in ticket.alarms]
    urgency = ticket.demand.fields["urgency"]
    yield ticket.minutes(*CATEGORY_IN[urgency])
    if ticket.chance(CLAIMED):
        yield ticket.fire("agent", "claim")
    kind = ticket.demand.fields["type"]
    decision = ticket.arrival.decision or ticket.pick(CRITICAL if urgency == "critical" else AT_THE_DESK.get(kind, OTHERWISE))
    yield decided(ticket, decision)
    return ticket.state


def decided(ticket: Ticket, decision: str) -> ActOn:
    rng = ticket.rng
    if decision == "answer":
        cited = {"cites": [rng.choice(ticket.world.entries)]} if ticket.world.entries and ticket.chance(CITED) else {}
        return ticket.fire("agent", "answer", reply_text=rng.choice(texts.ANSWERS), outcome="explained", **cited)
    if decision == "decline":
        row = rng.choice(ticket.world.pack.tables["decline_grounds"].rows)
        return ticket.fire("dispatcher", "decline", ground=row.id, reply_text=texts.DECLINED.format(why=row.give["zh"]))
    if decision == "transfer_emergency":
        target = rng.choice(ticket.world.pack.tables["transfer_targets"].rows).id
        return ticket.fire("duty", "transfer_emergency", transfer_to=target, reason="属紧急警情，立即转办。")
    if decision == "withdraw":
        return ActOn(CITIZEN, ticket.id, "withdraw", {"reason": "问题已自行解决。"})
    if decision == "void":
        return ticket.fire("agent", "void", reason="测试来电，无实际诉求。")
    return ticket.fire("agent", "accept")


def dispatched(ticket: Ticket) -> Working:
    """To the unit that the directory suggests, undone or corrected now and then; always ends with a ticket dispatched."""
    yield ticket.minutes(*DISPATCH_IN[ticket.demand.fields["urgency"]])
    unit, partners = suggested(ticket)
    if ticket.chance(RECLASSIFIED):
        yield reclassify(ticket)
        yield ticket.minutes(4)
    yield dispatch(ticket, unit, partners)
    if ticket.chance(UNDONE):
        yield ticket.minutes(3)
        yield ticket.fire("dispatcher", "recall", reason="派单有误，撤销后重派。")
        yield ticket.minutes(6)
        yield dispatch(ticket, unit, partners)
    if ticket.chance(WRONG_UNIT):
        yield ticket.hours(1.5)
        yield ticket.fire("dispatcher", "reassign", lead_unit=other_unit(ticket, unit, partners), reason="事权不属该单位，改派。")
    return True


def reclassify(ticket: Ticket) -> ActOn:
    """A plea told as a complaint, or a complaint told as a plea: running clocks get the budget of what it really is."""
    fields = ticket.demand.fields
    fields["type"] = "help" if fields["type"] == "complaint" else "complaint"
    return ticket.fire("dispatcher", "reclassify", type=fields["type"])


def dispatch(ticket: Ticket, unit: int, partners: list[int]) -> ActOn:
    instructions = ticket.rng.choice(texts.INSTRUCTIONS)
    fields: dict[str, Any] = {"lead_unit": unit, "instructions": instructions}
    if partners:
        fields["co_units"] = partners
    return ticket.fire("dispatcher", "dispatch", **fields)


def suggested(ticket: Ticket) -> tuple[int, list[int]]:
    """The unit that the directory names; with it the co-units that it names, or one of the place, in the share of co-handled ones."""
    district, demand = ticket.world.district, ticket.demand
    asked = {**demand.fields, "category": demand.category, "street": demand.street}
    choice = choose(ticket.world.pack.tables["directory"], asked, local(ticket.now).date())
    unit = choice.result["unit"] if choice else FALLBACK
    named = tuple(choice.result.get("co") or ()) if choice else ()
    if not ticket.chance(CO_HANDLED):
        return district.units[unit], []
    partner = next((code for code in (*named, demand.street, FALLBACK) if code != unit), None)
    return district.units[unit], [district.units[partner]] if partner else []


def other_unit(ticket: Ticket, unit: int, partners: list[int]) -> int:
    taken = {unit, *partners}
    return ticket.rng.choice([other for other in ticket.world.district.handling if other not in taken])
