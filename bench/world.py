"""A district to measure: real people and units, and the straight road of a ticket from its registration to the archive."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime

from app.clock import wall
from app.core import bus
from app.core.actors import Actor
from app.hotline.commands import ActOn, Register
from app.simulation.found import found
from app.simulation.people import District, read_district
from bench.copies import multiply
from bench.ground import World, bare
from rules.packs import shipped_districts

FIELDS = {
    "type": "complaint", "channel": "phone", "title": "路灯不亮影响夜间出行", "urgency": "normal",
    "content": "和平路十二号门前三盏路灯已三天不亮，老人夜间出行很不方便，请尽快安排维修。" * 6,
}  # fmt: skip
REPLY = {
    "contacted": True, "contact_way": "phone", "facts_true": True, "outcome": "solved", "on_site": True,
    "internal_note": "已派维修班组。", "reply_text": "路灯已于当日修复。", "public_reply": "路灯已修复。",
}  # fmt: skip


@contextmanager
def world(background: int = 0) -> Iterator[World]:
    """With `background` closed tickets beside those to be measured."""
    with bare() as (server, config, system):
        found(system, shipped_districts()["demo-district"], datetime(2020, 1, 1, tzinfo=UTC))
        made = World(server, config, system, read_district(system))
        if background:
            multiply(made, whole_life(made), background)
        yield made


def whole_life(made: World) -> int:
    """One ticket that has been through everything; its id."""
    ticket = registered(made, 1)[0]
    for actor, trigger, fields in road(made.district):
        bus.execute(made.system, ActOn(actor, ticket, trigger, fields))
    return ticket


def registered(made: World, count: int) -> list[int]:
    """New tickets, in chunks of one transaction each; their ids."""
    agent, ids = made.district.centre("agent"), list[int]()
    while len(ids) < count:
        with bus.transaction(made.system, agent) as tx:
            for _ in range(min(200, count - len(ids))):
                ids.append(made.system.registry.handlers[Register](tx, Register(agent, FIELDS)).case_id)
            bus.finish(tx)
    return ids


def road(district: District) -> Sequence[tuple[Actor, str, Mapping[str, object]]]:
    """The straight road from acceptance to the archive: eight transitions of the ticket, two of its lead unit."""
    centre, unit = district.centre, district.units["cgj"]
    lead = district.of_unit("lead", unit)
    return (
        (centre("agent"), "accept", {}),
        (centre("dispatcher"), "dispatch", {"lead_unit": unit}),
        (lead, "sign", {}),
        (lead, "reply", {**REPLY, "contact_at": wall()}),
        (centre("reviewer"), "approve", {}),
        (centre("callback"), "record_callback", {"contacted": True, "solved": True, "rating": "satisfied"}),
        (centre("callback"), "close", {}),
    )
