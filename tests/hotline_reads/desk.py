"""A small district with people, and hands that register tickets and act on them through the same door as everybody."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from app.core import outbox
from app.core.actors import Actor
from app.core.bus import Result, execute
from app.core.system import System
from app.hotline.commands import ActOn, Register
from app.simulation.found import found
from app.simulation.people import District, read_district

if TYPE_CHECKING:
    # At run time pytest itself loads this module, and wants to be the first to do so.
    from tests.fixtures.living import MovedClock

# A Tuesday morning of a published year: 09:30 in the district.
NOW = datetime(2026, 3, 3, 1, 30, tzinfo=UTC)
DISTRICT: Mapping[str, Any] = {
    "unit": [
        {"code": "C", "name": "区热线中心", "kind": "centre"},
        {"code": "CG", "name": "区城管局", "kind": "department", "parent": "C"},
        {"code": "JT", "name": "区交通局", "kind": "department", "parent": "C"},
        {"code": "HB", "name": "湖滨街道", "kind": "street", "parent": "C"},
    ],
    "category": [
        {"code": "01", "name": "城乡建设"},
        {"code": "0101", "name": "噪音扰民", "parent": "01"},
        {"code": "02", "name": "交通运输"},
    ],
}


@dataclass(frozen=True)
class Desk:
    """What a test does: `register` and `act` are commands, `told` lets the outbox's reactions happen."""

    system: System
    district: District
    clock: MovedClock

    def who(self, username: str) -> Actor:
        return self.district.people[username]

    def unit(self, code: str) -> int:
        return self.district.units[code]

    def register(self, who: str = "agent", citizen: Mapping[str, Any] = {}, location: Mapping[str, Any] = {}, **fields: Any) -> int:
        demand = {"type": "help", "channel": "phone", "title": "路灯不亮", "content": "湖滨路的路灯三天没有亮了。"}
        result: Result = execute(self.system, Register(self.who(who), demand | fields, citizen, location))
        return result.case_id

    def act(self, ticket: int, who: str, trigger: str, **fields: Any) -> Result:
        result: Result = execute(self.system, ActOn(self.who(who), ticket, trigger, fields))
        return result

    def dispatched(self, lead: str = "CG", co: tuple[str, ...] = (), citizen: Mapping[str, Any] = {}, **fields: Any) -> int:
        ticket = self.register(citizen=citizen, **fields)
        self.act(ticket, "agent", "accept")
        units = {"co_units": [self.unit(code) for code in co]} if co else {}
        self.act(ticket, "dispatcher", "dispatch", lead_unit=self.unit(lead), **units)
        return ticket

    def completed(self, lead: str = "CG", **fields: Any) -> int:
        ticket = self.dispatched(lead, **fields)
        self.act(ticket, f"clerk.{lead}", "sign")
        self.act(ticket, f"handler.{lead}", "submit", **REPLY)
        self.act(ticket, f"lead.{lead}", "reply")
        self.act(ticket, "reviewer", "approve")
        return ticket

    def told(self) -> None:
        for (reaction, _), ids in outbox.lease(self.system).items():
            assert outbox.react(self.system, reaction, ids) == len(ids)


REPLY = {
    "contacted": True, "contact_at": NOW, "contact_way": "phone", "outcome": "solved", "internal_note": "内部：已约谈施工方负责人。",
    "reply_text": "已要求施工方夜间停工。",
}  # fmt: skip


def opened(system: System, clock: MovedClock) -> Desk:
    clock.freeze(NOW)
    found(system, DISTRICT, datetime(2020, 1, 1, tzinfo=UTC))
    return Desk(system, read_district(system), clock)
