"""A large district as it lies in the database after three years: a million tickets, 15,000 of them open, each somewhere on its road."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from app.clock import local, wall
from app.core import bus
from app.core.actors import SYSTEM
from app.hotline.commands import ActOn
from app.overview import folding
from bench.copies import DIFFERENT, OF_HISTORY, Connection, copied, copying, index_words, prepare
from bench.ground import DATABASE, World
from bench.world import registered, road, whole_life

OPEN = 15_000
# How far along the road the open ones have come; most are in the hands of a unit.
STEPS: Mapping[int, float] = {1: 0.03, 2: 0.05, 3: 0.10, 4: 0.70, 5: 0.07, 6: 0.05}
EVERY_SECONDS = 95
# The histories of these days are there, which is what figures are counted from when they are not folded yet.
HISTORIES = timedelta(days=64)
# The largest unit, whose people look at their pages here, leads a fifth of all; of its shares one in twenty is its handler's.
LARGEST, OF_LARGEST, OF_HANDLER = "cgj", 5, 20
# A tenth of the open ones is late.
DUE = "now() + (mod(n, 20) - 1.5) * interval '1 day'"
OLD_DAYS = """INSERT INTO folded_days (day, folded_at) SELECT generate_series(min(registered_at)::date, %s::date, '1 day')::date, now()
FROM tickets ON CONFLICT DO NOTHING"""


def grow(made: World, count: int) -> None:
    """`count` tickets beside those that are there, all told; their words can be searched, and their days are folded."""
    templates = [(opened(made, steps), round(min(OPEN, count) * part), True) for steps, part in STEPS.items()]
    templates.append((whole_life(made), max(0, count - OPEN), False))
    with copying(made) as connection:
        for root, many, is_open in templates:
            add(made, connection, root, many, is_open)
        index_words(connection)
        connection.execute("DELETE FROM folded_days")
        connection.execute(OLD_DAYS, [wall() - HISTORIES])


def fold(made: World) -> int:
    """Every day that is over once: what was recorded just now would open it again and again; and today, as a running district has it.
    Then the disk is let come to rest. How many days there were."""
    with bus.transaction(made.system, SYSTEM) as tx:
        days, until = folding.waiting(tx), tx.now - folding.SETTLED
    folded = sum(folding.fold_day(made.system, day) for day in days)
    folding.fold_day(made.system, local(until).date(), until)
    with made.server.connect(DATABASE) as connection:
        connection.execute("CHECKPOINT")
    return folded


def opened(made: World, steps: int) -> int:
    ticket = registered(made, 1)[0]
    for actor, trigger, fields in road(made.district)[: steps - 1]:
        bus.execute(made.system, ActOn(actor, ticket, trigger, fields))
    return ticket


def add(made: World, connection: Connection, root: int, count: int, is_open: bool) -> None:
    also = spread(made)
    if is_open:
        also = {**also, "cases": {"due_at": DUE}, "clocks": {"due_at": DUE}}
    prepare(made, connection, root, 1, count)
    for table, different in DIFFERENT.items():
        copied(connection, table, {**different, **also.get(table, {})}, root, EVERY_SECONDS)
    recent = round(HISTORIES.total_seconds() / EVERY_SECONDS)
    copied(connection, "history", OF_HISTORY["history"], root, EVERY_SECONDS, recent)


def spread(made: World) -> dict[str, dict[str, str]]:
    """Each ticket with a unit of its own, whose share it is."""
    units = sorted(made.district.units.values())
    largest = made.district.units[LARGEST]
    other = f"(ARRAY{units})[1 + mod(n, {len(units)})]"
    unit = f"CASE WHEN mod(n, {OF_LARGEST}) = 0 THEN {largest} ELSE {other} END"
    person = f"CASE WHEN mod(n, {OF_LARGEST * OF_HANDLER}) = 0 THEN {made.district.of_unit('handler', largest).id} ELSE s.person_id END"
    return {
        "tickets": {"lead_unit_id": f"CASE WHEN s.lead_unit_id IS NOT NULL THEN {unit} END"},
        "assignments": {"unit_id": unit, "person_id": person},
        "case_access": {"unit_id": f"CASE WHEN s.relation = 'lead' THEN {unit} ELSE s.unit_id END"},
    }
