"""What the duty officer does with an alarm: seen within minutes, acted on, closed, or found to be none."""

from __future__ import annotations

from typing import Any

from app.core.fire import Fire
from app.simulation import texts
from app.simulation.ticket import Course, Ticket

FALSE = 0.35


def attended(ticket: Ticket, alarm: int) -> Course:
    yield ticket.minutes(3, 0.6)
    yield at_duty(ticket, alarm, "acknowledge")
    yield ticket.minutes(10, 0.5)
    if ticket.chance(FALSE):
        yield at_duty(ticket, alarm, "mark_false", reason=texts.ALARM_FALSE)
        return
    yield at_duty(ticket, alarm, "act", measures_taken=ticket.rng.choice(texts.ALARM_MEASURES))
    yield ticket.minutes(150)
    yield at_duty(ticket, alarm, "close", alarm_result=ticket.rng.choice(texts.ALARM_RESULTS))


def at_duty(ticket: Ticket, alarm: int, trigger: str, **fields: Any) -> Fire:
    return Fire(ticket.centre("duty"), "alarm", alarm, trigger, fields)
