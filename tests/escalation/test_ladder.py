"""A clock that nobody stops walks its ticket up: raised, a card shown, a supervision opened, each exactly once and by a named row."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from app.core.anchors import verify
from app.core.sweep import sweep
from tests.factories.hotline import Desk

if TYPE_CHECKING:
    from tests.fixtures.living import MovedClock

DAY = timedelta(days=1)
RUNGS = """SELECT h.fields->>'rung' AS rung, h.fields->'rules' AS rules, h.case_id, h.seq FROM history h JOIN clocks k
ON k.id = (h.fields->>'clock')::bigint WHERE h.trigger = 'rung' AND k.name = %s AND k.root_id = %s ORDER BY h.case_id, h.seq"""
CARDS = "SELECT to_unit_id, round, rule, actor_id FROM cards"
CAUSES = "SELECT trigger, actor, cause FROM history WHERE root_id = %s AND trigger = ANY(%s) ORDER BY at, case_id, seq"


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}+08:00")


def walk(desk: Desk, clock: MovedClock, days: int) -> None:
    """Day by day, as a running installation would see them pass."""
    for _ in range(days):
        clock.advance(DAY)
        sweep(desk.system)


def happened(desk: Desk, ticket: int) -> Counter[tuple[str, str]]:
    return Counter(pair for pair in desk.triggers(ticket) if pair[1] in ("escalate", "yellow_card", "supervise"))


def test_a_unit_that_does_nothing_is_walked_up_the_ladder(desk: Desk, clock: MovedClock) -> None:
    """Twelve working days end on 17 September; five more on the 24th."""
    ticket = desk.a_ticket("handling")
    clock.freeze(at("2025-09-24T23:59:00"))
    sweep(desk.system)
    assert happened(desk, ticket) == Counter(), "reminded, and no more"
    clock.freeze(at("2025-09-25T00:00:30"))
    sweep(desk.system)
    assert happened(desk, ticket) == Counter({("ticket", "escalate"): 1, ("assignment", "yellow_card"): 1})
    assert desk.get("supervisor", f"/tickets/{ticket}")["urgency"] == "urgent"
    (card,) = desk.rows(CARDS)
    assert card == {"to_unit_id": desk.unit_ids["cgj"], "round": 1, "rule": "demo-district@1/escalation/handle-5wd-card", "actor_id": 0}
    (shown,) = desk.get("clerk.cgj", "/cards")["items"]
    assert shown["rule"] == card["rule"] and shown["by"] is None
    rung = next(row for row in desk.rows(RUNGS, "handle_clock", ticket) if row["rung"] == "+5wd")
    assert rung["rules"] == ["demo-district@1/escalation/handle-5wd", "demo-district@1/escalation/handle-5wd-card"]
    causes = {(row["trigger"], row["actor"], row["cause"]) for row in desk.rows(CAUSES, ticket, ["escalate", "yellow_card"])}
    assert causes == {(trigger, "system", f"{rung['case_id']}:{rung['seq']}") for trigger in ("escalate", "yellow_card")}
    verify(desk.system)


def test_each_step_comes_once_however_long_it_lasts(desk: Desk, clock: MovedClock) -> None:
    ticket = desk.a_ticket("handling")
    walk(desk, clock, 90)
    keys = [row["rung"] for row in desk.rows(RUNGS, "handle_clock", ticket)]
    assert len(keys) == len(set(keys)) and {"50%", "80%", "-1wd", "due", "+1wd", "+5wd", "+10wd"} <= set(keys)
    counted = happened(desk, ticket)
    assert counted["assignment", "yellow_card"] == 1
    assert counted["ticket", "supervise"] == 1, "one supervision stands; the second clock's is refused by it"
    assert desk.rows("SELECT count(*) AS n FROM cases WHERE root_id = %s AND kind = 'supervision'", ticket) == [{"n": 1}]
    assert desk.get("supervisor", f"/tickets/{ticket}")["urgency"] == "critical"
    before = happened(desk, ticket)
    walk(desk, clock, 5)
    assert happened(desk, ticket) == before
    verify(desk.system)


def test_a_ticket_that_nobody_takes_is_raised_too(desk: Desk, clock: MovedClock) -> None:
    """Four working hours from half past nine on Monday are over at half past three; one working day later nobody has looked."""
    ticket = desk.a_ticket()
    clock.freeze(at("2025-09-02T15:29:00"))
    sweep(desk.system)
    assert happened(desk, ticket) == Counter()
    clock.freeze(at("2025-09-03T18:00:00"))
    sweep(desk.system)
    assert happened(desk, ticket)["ticket", "escalate"] == 1
    assert desk.get("supervisor", f"/tickets/{ticket}")["urgency"] == "urgent"
    told = {row["rung"]: row["rules"] for row in desk.rows(RUNGS, "acceptance_clock", ticket)}
    assert told["+1wd"] == ["demo-district@1/escalation/front-1wd"] and len(told) == 3, "what is raised for being late has no shorter limit"


def test_a_share_that_nobody_signs_earns_a_card(desk: Desk, clock: MovedClock) -> None:
    ticket = desk.a_ticket("accepted")
    desk.do("dispatcher", ticket, "dispatch", lead_unit="cgj", co_units=["swj"])
    clock.freeze(at("2025-09-04T18:00:00"))
    sweep(desk.system)
    rules = [(row["to_unit_id"], row["rule"]) for row in desk.rows(CARDS)]
    assert rules == [(desk.unit_ids["cgj"], "demo-district@1/escalation/sign-2wd-card")], "the row asks for the lead's role"


def test_revoked_it_no_longer_stands_and_is_not_given_again(desk: Desk, clock: MovedClock) -> None:
    ticket = desk.a_ticket("handling")
    clock.freeze(at("2025-09-25T00:00:30"))
    sweep(desk.system)
    (card,) = desk.get("supervisor", "/cards")["items"]
    body: dict[str, Any] = {"trigger": "revoke_card", "fields": {"card": card["id"], "reason": "等待法定鉴定，非承办单位原因"}}
    assert desk.call("supervisor", "POST", f"/assignments/{card['assignment']}/transitions", body).status_code == 200
    clock.advance(timedelta(days=2))
    sweep(desk.system)
    assert desk.get("supervisor", "/cards?standing=true")["items"] == []
    (figure,) = desk.get("leader", "/statistics/cards")["units"]
    assert (figure["given"], figure["by_rule"], figure["revoked"], figure["standing"]) == (1, 1, 1, 0)
    assert happened(desk, ticket)["assignment", "yellow_card"] == 1
