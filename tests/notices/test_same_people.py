"""What a forecast says of a rung is what its notice does: the same people, also while one is on leave and a role is empty."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from typing import TYPE_CHECKING, Any

import pytest

from tests.factories.hotline import Desk
from tests.notices.telling import rung, told

if TYPE_CHECKING:
    from tests.fixtures.living import MovedClock

LEAVE = {"since": "2025-08-31T00:00:00+08:00", "until": "2025-12-31T00:00:00+08:00"}
DELIVERED = """SELECT n.params->>'clock' AS clock, n.params->>'rung' AS rung, d.user_id AS person, d.via
FROM notices n JOIN deliveries d ON d.notice_id = n.id WHERE n.root_id = %s AND n.event = 'ClockRung' AND d.channel = 'inbox'"""
RECEIVED = dict[tuple[str, str], set[tuple[int, str]]]


def away(desk: Desk, who: str, substitute: str) -> None:
    body = {**LEAVE, "substitute_id": desk.user_ids[substitute]}
    assert desk.call(who, "POST", f"/users/{desk.user_ids[who]}/leaves", body).status_code == 201


def empty(desk: Desk, who: str) -> None:
    desk.change("UPDATE user_roles SET until = now() WHERE user_id = %s", desk.user_ids[who])


def foretold(desk: Desk, ticket: int, until: datetime) -> RECEIVED:
    """Whom each rung up to then will reach, by what the forecast says of its notices."""
    found: RECEIVED = defaultdict(set)
    for clock in desk.get("dispatcher", f"/tickets/{ticket}/forecast")["clocks"]:
        for each in clock["rungs"]:
            if each["fired_at"] is None and each["at"] and datetime.fromisoformat(each["at"]) <= until:
                people = {(one["id"], one["via"]) for action in each["actions"] for one in action.get("recipients", ())}
                if people:
                    found[clock["name"], each["rung"]] |= people
    return found


def delivered(desk: Desk, ticket: int) -> RECEIVED:
    found: RECEIVED = defaultdict(set)
    for row in desk.rows(DELIVERED, ticket):
        found[row["clock"], row["rung"]].add((row["person"], row["via"]))
    return found


def people(received: RECEIVED) -> dict[tuple[str, str], set[int]]:
    return {rung: {person for person, _ in found} for rung, found in received.items()}


def nobody_missing(desk: Desk) -> None:
    """As on every day."""


def clerk_on_leave(desk: Desk) -> None:
    away(desk, "clerk.cgj", "lead.cgj")


def holder_on_leave(desk: Desk) -> None:
    away(desk, "handler.cgj", "lead.cgj")


def no_unit_lead(desk: Desk) -> None:
    empty(desk, "lead.cgj")


def nobody_at_the_unit_and_no_supervisor(desk: Desk) -> None:
    for who in ("clerk.cgj", "lead.cgj", "handler.cgj", "supervisor"):
        empty(desk, who)


@pytest.mark.parametrize("missing", [nobody_missing, clerk_on_leave, holder_on_leave, no_unit_lead, nobody_at_the_unit_and_no_supervisor])
def test_the_forecast_names_whom_the_notices_reach(desk: Desk, clock: MovedClock, missing: Any) -> None:
    ticket = desk.a_ticket("accepted")
    desk.do("dispatcher", ticket, "dispatch", lead_unit="cgj", co_units=["swj"])
    desk.do("clerk.cgj", ticket, "sign")
    desk.do("clerk.cgj", ticket, "assign_person", person=desk.user_ids["handler.cgj"])
    told(desk)
    until = datetime.fromisoformat("2025-09-18T12:00:00+08:00")
    missing(desk)
    expected = foretold(desk, ticket, until)
    assert len(expected) > 6
    clock.freeze(until)
    rung(desk)
    reached = delivered(desk, ticket)
    assert people(reached) == people(expected)
    # Who is told by two of a rung's actions gets one notice, for one of the reasons.
    assert all(reached[one] <= expected[one] for one in reached)
