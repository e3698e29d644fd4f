"""One more row behind every tab of every desk, for whoever counts what a list costs."""

from __future__ import annotations

from typing import Any

from tests.factories.hotline import REPLY, Desk
from tests.factories.shares import do_to_share, share_of
from tests.links.told import a_citizens, joined, moment_later
from tests.supervision.office import attach, step

THRESHOLD, HOT = 5, 10
PAUSE = {"pause_ground": "negotiation", "reason": "会商确定单位", "pause_until": "2025-09-03T12:00:00+08:00"}
PLAN = {"plan": "列入明年计划", "approval_level": "district", "review_at": "2025-10-01T12:00:00+08:00", "public_explanation": "已列入"}
BAD = {"contacted": True, "solved": False, "rating": "dissatisfied", "reasons": ["slow"]}


def callbacks(desk: Desk) -> dict[str, Any]:
    """Claimed, to be called later, and dissatisfied."""
    claimed, later, decide = (desk.a_ticket("completed") for _ in range(3))
    call = desk.get("callback", f"/callbacks?ticket={claimed}")["items"][0]["id"]
    step(desk, "callback", "callbacks", call, "claim")
    desk.do("callback", later, "record_callback", call_outcome="call_later", call_at="2025-09-02T15:00:00+08:00")
    desk.do("callback", decide, "record_callback", **BAD)
    return {"call": call, "decide": decide}


def reviews(desk: Desk) -> dict[str, Any]:
    """What waits behind the other tabs of the review desk."""
    paused, held, ending, signing = (desk.a_ticket("handling") for _ in range(4))
    do_to_share(desk, "lead.cgj", share_of(desk, paused, "cgj")["id"], "pause", **PAUSE)
    desk.do("lead.cgj", held, "suspend", **PLAN)
    desk.do("lead.cgj", ending, "terminate", reason="诉求人拒不配合", termination_ground="citizen_blocks")
    desk.do("handler.cgj", signing, "submit", **REPLY)
    return {"submitted": share_of(desk, signing, "cgj")["id"]}


def rulings(desk: Desk) -> dict[str, Any]:
    """A report-in, a ruling, and what it proposes for the directory."""
    street = desk.a_ticket("accepted")
    desk.do("dispatcher", street, "dispatch", lead_unit="qshj")
    desk.do("clerk.qshj", street, "whistle", departments=["swj"], reason="联合处置")
    ticket = desk.a_ticket("handling")
    desk.do("clerk.cgj", ticket, "request_return", return_ground="not_our_duty", reason="河道保洁不属于城管职责", suggested_unit="swj")
    request = desk.get("dispatcher", f"/return-requests?ticket={ticket}")["items"][0]["id"]
    step(desk, "dispatcher", "return-requests", request, "uphold", lead_unit="swj", reason="河道保洁由水务负责")
    return {"ruled": request}


def watched(desk: Desk) -> dict[str, Any]:
    """A key ticket that was raised, somebody's name looked at, a file sent."""
    ticket = desk.a_ticket("replied", labels=["key"])
    desk.do("supervisor", ticket, "elevate", measures=["elevated_review"])
    assert desk.call("dispatcher", "POST", f"/tickets/{ticket}/unmask", {"fields": ["phone"], "reason": "回电核实"}).status_code == 200
    attach(desk, "supervisor", "tickets", ticket)
    code = desk.get("agent", f"/tickets/{ticket}")["tracking_code"]
    return {"code": code, "unit": desk.unit_ids["cgj"], "person": desk.user_ids["agent"]}


def grouped(desk: Desk, number: int, named: dict[str, Any]) -> dict[str, Any]:
    """One more demand of the group and of the rising subject; the first time both come into being."""
    main = named.get("main") or a_citizens(desk, 1, "handling")
    for each in range(2, THRESHOLD + 1) if not number else (THRESHOLD + number,):
        joined(desk, a_citizens(desk, each), main)
    for each in range(HOT if not number else 1):
        desk.register(title=f"幸福路噪音第{number}起{each}", category="0402", location={"street": "青石街道办事处"})
    moment_later(desk)
    assert desk.call("supervisor", "POST", "/hot-issues/find").status_code == 200
    group, subject = (desk.get("supervisor", path)["items"][0]["id"] for path in ("/collective-complaints", "/hot-issues"))
    return {"main": main, "group": group, "subject": subject}


def behind_tabs(desk: Desk, number: int, named: dict[str, Any]) -> dict[str, Any]:
    return callbacks(desk) | reviews(desk) | rulings(desk) | watched(desk) | grouped(desk, number, named)
