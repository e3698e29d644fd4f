"""A unit says "not mine": what the centre may decide, and what each decision does to the share, the limits and the ticket."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from app.core import outbox
from app.core.actors import SYSTEM
from app.core.bus import execute
from app.people.reorganise import MergeUnits
from tests.factories.hotline import REPLY, Desk
from tests.fixtures.living import MovedClock
from tests.returns.conftest import ASKED, Returns


def shares(shown: Any) -> list[tuple[str, str, str]]:
    return [(share["unit"]["code"], share["role"], share["state"]) for share in shown["assignments"]]


def test_upheld_with_a_new_unit_the_limit_of_the_unit_is_fresh_and_the_total_goes_on(
    desk: Desk, returns: Returns, clock: MovedClock
) -> None:
    ticket = desk.a_ticket("handling")
    total, first = returns.clocks(ticket, "total_clock"), returns.clocks(ticket, "handle_clock")
    clock.advance(timedelta(hours=3))
    request = returns.ask(ticket, suggested_unit="swj")
    shown = desk.get("dispatcher", f"/tickets/{ticket}")
    assert "return_pending" in shown["badges"] and shares(shown) == [("cgj", "lead", "handling")], "a pending return pauses nothing"
    assert "return_pending" in desk.get("dispatcher", "/tickets")["items"][0]["badges"]
    assert returns.clocks(ticket, "handle_clock") == first
    told = returns.one(request)
    assert (told["state"], told["unit"]["code"], told["suggested_unit"]["code"]) == ("requested", "cgj", "swj")
    assert told["ground"]["zh"] == "不属于本单位职责范围" and told["words"][0]["words"] == ASKED["reason"]
    assert [one["name"] for one in told["clocks"]] == ["adjudication_clock"]
    clock.advance(timedelta(hours=2))
    decided = returns.do("dispatcher", request, "uphold", lead_unit="swj", reason="河道保洁由水务部门负责")
    assert (decided["state"], decided["lead_unit"]["code"]) == ("upheld", "swj")
    shown = desk.get("dispatcher", f"/tickets/{ticket}")
    assert (shown["state"], shown["lead_unit"]["code"], shown["first_unit"]["code"]) == ("dispatched", "swj", "cgj")
    assert shares(shown) == [("cgj", "lead", "returned"), ("swj", "lead", "assigned")]
    assert shown["assignments"][-1]["attempt"] == 2 and shown["badges"] == []
    assert returns.clocks(ticket, "total_clock") == total, "the citizen's limit does not begin anew"
    handle = returns.clocks(ticket, "handle_clock")
    assert [state for state, _ in handle] == ["stopped", "running"] and handle[1][1] >= handle[0][1]
    assert desk.call("clerk.cgj", "GET", f"/tickets/{ticket}").status_code == 404, "who returned it sees it no longer"
    desk.do("clerk.swj", ticket, "sign")
    desk.do("handler.swj", ticket, "submit", **REPLY)
    assert desk.do("lead.swj", ticket, "reply")["state"] == "replied"


def test_upheld_without_a_unit_the_ticket_waits_at_the_desk(desk: Desk, returns: Returns) -> None:
    ticket = desk.a_ticket("handling")
    returns.do("supervisor", returns.ask(ticket), "uphold")
    shown = desk.get("dispatcher", f"/tickets/{ticket}")
    assert (shown["state"], shown["lead_unit"]) == ("accepted", None) and shares(shown) == [("cgj", "lead", "returned")]
    running = sorted(one["name"] for one in shown["clocks"] if one["state"] == "running")
    assert running == ["dispatch_clock", "total_clock"]
    assert desk.do("dispatcher", ticket, "dispatch", lead_unit="swj")["assignments"][-1]["attempt"] == 2


def test_rejected_the_time_was_the_units_and_an_improper_return_is_counted(desk: Desk, returns: Returns, clock: MovedClock) -> None:
    ticket = desk.a_ticket("handling")
    before = returns.clocks(ticket, "handle_clock")
    request = returns.ask(ticket)
    clock.advance(timedelta(days=1))
    assert returns.act("dispatcher", request, "reject").status_code == 400, "a rejection says why"
    assert returns.do("dispatcher", request, "reject", reason="清运属城管职责", improper=True)["state"] == "rejected"
    assert returns.clocks(ticket, "handle_clock") == before
    assert shares(desk.get("dispatcher", f"/tickets/{ticket}")) == [("cgj", "lead", "handling")]
    assert desk.rows("SELECT unit_id, kind FROM merits") == [{"unit_id": desk.unit_ids["cgj"], "kind": "improper_return"}]
    figures = desk.get("supervisor", "/statistics/returns?from=2025-09-01T00:00:00%2B08:00&to=2025-09-03T00:00:00%2B08:00")["items"]
    counted = [(one["unit"]["code"], *(one[name] for name in ("asked", "rejected", "improper", "upheld"))) for one in figures]
    assert counted == [("cgj", 1, 1, 1, 0)]
    assert desk.get("supervisor", "/statistics/returns?from=2025-09-03T00:00:00%2B08:00")["items"] == []
    assert desk.call("clerk.cgj", "GET", "/statistics/returns").status_code == 403


def test_negotiated_the_invited_speak_one_volunteers_and_gets_it(desk: Desk, returns: Returns) -> None:
    ticket = desk.register(type="help")["id"]
    desk.do("agent", ticket, "accept")
    desk.do("dispatcher", ticket, "dispatch", lead_unit="cgj", co_units=["qshj"])
    desk.do("clerk.cgj", ticket, "sign")
    request = returns.ask(ticket, return_ground="shared_duty")
    assert desk.call("clerk.swj", "GET", f"/tickets/{ticket}").status_code == 404
    shown = returns.do("dispatcher", request, "negotiate", co_units=["swj", "hbj"])
    assert shown["state"] == "negotiating" and [unit["code"] for unit in shown["invited"]] == ["swj", "hbj"]
    assert [one["name"] for one in shown["clocks"]] == ["adjudication_clock", "opinion_clock"]
    returns.do("clerk.hbj", request, "state_position", statement="仅负责水质监测")
    heard = returns.one(request, "clerk.swj")["words"]
    assert [(one["part"], one["words"]) for one in heard] == [("request", ASKED["reason"]), ("position", "仅负责水质监测")]
    assert returns.one(request, "clerk.qshj")["words"] == [], "a co-unit that is not invited reads facts, no statements"
    assert ASKED["reason"] not in str(desk.get("clerk.qshj", f"/tickets/{ticket}/history"))
    assert returns.act("clerk.qshj", request, "state_position", statement="与我无关").status_code == 403
    returns.do("lead.swj", request, "volunteer")
    twice = returns.act("clerk.swj", request, "volunteer")
    assert twice.status_code == 422 and "已主动领办" in twice.json["detail"]
    assert returns.act("clerk.swj", request, "uphold", lead_unit="swj").status_code == 403, "units do not decide"
    decided = returns.do("dispatcher", request, "uphold", lead_unit="swj", co_units=["hbj"], reason="水务主动领办")
    assert [unit["code"] for unit in decided["volunteers"]] == ["swj"]
    shown = desk.get("dispatcher", f"/tickets/{ticket}")
    assert shares(shown) == [
        ("cgj", "lead", "returned"), ("qshj", "co", "assigned"), ("swj", "lead", "assigned"), ("hbj", "co", "assigned"),
    ]  # fmt: skip
    assert desk.rows("SELECT relation FROM case_access WHERE root_id = %s AND relation = 'invited'", ticket) == []
    assert [row["kind"] for row in desk.rows("SELECT kind FROM merits")] == ["volunteer"]


def test_designated_after_both_opinions_a_unit_cannot_return_again(desk: Desk, returns: Returns) -> None:
    ticket = desk.a_ticket("handling")
    request = returns.ask(ticket)
    returns.do("supervisor", request, "give_opinion", opinion_of="org_office", opinion="“三定”规定列入水务")
    early = returns.act("supervisor", request, "designate", lead_unit="swj", reason="依两部门意见")
    assert early.status_code == 422 and "机构编制部门和司法行政部门" in early.json["detail"]
    assert returns.one(request)["state"] == "requested"
    returns.do("supervisor", request, "give_opinion", opinion_of="justice_bureau", opinion="同意由水务承担")
    decided = returns.do("supervisor", request, "designate", lead_unit="swj", reason="依两部门意见")
    assert decided["state"] == "designated"
    assert [(word["opinion_of"], word["words"]) for word in decided["words"] if word["part"] == "opinion"] == [
        ("org_office", "“三定”规定列入水务"), ("justice_bureau", "同意由水务承担"),
    ]  # fmt: skip
    shown = desk.do("clerk.swj", ticket, "sign")
    assert shown["assignments"][-1]["designated"] and "request_return" not in [action["trigger"] for action in shown["actions"]]
    refused = desk.act("clerk.swj", ticket, "request_return", ASKED)
    assert refused.status_code == 422 and "指定办理，不得再次退单" in refused.json["detail"]
    assert len(returns.of(ticket)) == 1


def test_the_unit_that_asked_may_be_designated_and_keeps_its_limit(desk: Desk, returns: Returns) -> None:
    ticket = desk.a_ticket("handling")
    before = returns.clocks(ticket, "handle_clock")
    request = returns.ask(ticket)
    same = returns.act("dispatcher", request, "uphold", lead_unit="cgj")
    assert same.status_code == 422 and "不得再派给申请退单的单位" in same.json["detail"]
    for office in ("org_office", "justice_bureau"):
        returns.do("dispatcher", request, "give_opinion", opinion_of=office, opinion="由城管承担")
    returns.do("dispatcher", request, "designate", lead_unit="cgj", reason="职责清楚")
    shown = desk.get("clerk.cgj", f"/tickets/{ticket}")
    assert shares(shown) == [("cgj", "lead", "handling")] and shown["assignments"][0]["designated"]
    assert returns.clocks(ticket, "handle_clock") == before
    assert desk.act("clerk.cgj", ticket, "request_return", ASKED).status_code == 422


def test_a_co_units_return_replaces_its_share_only(desk: Desk, returns: Returns) -> None:
    ticket = desk.a_ticket("accepted")
    desk.do("dispatcher", ticket, "dispatch", lead_unit="cgj", co_units=["swj"])
    desk.do("clerk.cgj", ticket, "sign")
    request = returns.ask(ticket, who="clerk.swj")
    busy = returns.act("dispatcher", request, "uphold", lead_unit="cgj")
    assert busy.status_code == 422, "the lead has a share already"
    returns.do("dispatcher", request, "uphold", lead_unit="hbj")
    shown = desk.get("dispatcher", f"/tickets/{ticket}")
    assert (shown["state"], shown["lead_unit"]["code"]) == ("handling", "cgj")
    assert shares(shown) == [("cgj", "lead", "handling"), ("swj", "co", "returned"), ("hbj", "co", "assigned")]
    assert desk.call("clerk.swj", "GET", f"/tickets/{ticket}").status_code == 404


def test_the_new_unit_is_never_the_one_complained_of(desk: Desk, returns: Returns) -> None:
    ticket = desk.a_ticket("handling", subject="试验区水务局", title="水务局乱收费")
    request = returns.ask(ticket)
    for trigger, fields in (("uphold", {"lead_unit": "swj"}), ("negotiate", {"co_units": ["swj"]})):
        refused = returns.act("dispatcher", request, trigger, **fields)
        assert refused.status_code == 422 and "投诉举报不得" in refused.json["detail"]
    assert returns.one(request)["state"] == "requested" and desk.call("clerk.swj", "GET", f"/tickets/{ticket}").status_code == 404


def test_pending_while_the_unit_replies_it_becomes_moot(desk: Desk, returns: Returns) -> None:
    ticket = desk.a_ticket("handling")
    request = returns.ask(ticket)
    desk.do("handler.cgj", ticket, "submit", **REPLY)
    desk.do("lead.cgj", ticket, "reply")
    late = returns.act("dispatcher", request, "uphold", lead_unit="swj")
    assert late.status_code == 422 and "已经答复" in late.json["detail"]
    desk.do("reviewer", ticket, "approve")
    told = returns.one(request)
    assert told["state"] == "cancelled" and told["due_at"] is None
    assert returns.act("dispatcher", request, "uphold", lead_unit="swj").status_code == 409


@pytest.mark.parametrize(("who", "trigger", "fields"), [
    ("dispatcher", "recall", {"reason": "派错单位"}), ("agent", "withdraw", {"reason": "诉求人撤诉"}),
])  # fmt: skip
def test_when_the_share_ends_otherwise_the_request_is_cancelled(
    desk: Desk, returns: Returns, clock: MovedClock, who: str, trigger: str, fields: dict[str, Any]
) -> None:
    ticket = desk.a_ticket("handling")
    clock.advance(timedelta(minutes=20))
    request = returns.ask(ticket)
    returns.do("dispatcher", request, "negotiate", co_units=["swj"])
    desk.do(who, ticket, trigger, **fields)
    assert returns.one(request)["state"] == "cancelled"
    assert desk.rows("SELECT 1 AS n FROM clocks WHERE case_id = %s AND state <> 'stopped'", request) == []
    assert desk.call("clerk.swj", "GET", f"/tickets/{ticket}").status_code == 404


def test_a_merged_units_request_goes_with_its_share(desk: Desk, returns: Returns) -> None:
    ticket = desk.a_ticket("handling")
    request = returns.ask(ticket)
    execute(desk.system, MergeUnits(SYSTEM, (desk.unit_ids["cgj"],), desk.unit_ids["swj"], "机构改革"))
    while owed := outbox.lease(desk.system):
        for (reaction, _), ids in owed.items():
            outbox.react(desk.system, reaction, ids)
    assert returns.do("clerk.swj", request, "cancel")["unit"]["code"] == "swj"
    assert shares(desk.get("dispatcher", f"/tickets/{ticket}")) == [("swj", "lead", "handling")]


def test_first_unit_responsible_it_is_not_reassigned_past_its_own_request(desk: Desk, returns: Returns) -> None:
    ticket = desk.a_ticket("dispatched")
    request = returns.ask(ticket)
    shown = returns.one(request, "clerk.cgj")
    assert shown["first_unit"]["code"] == "cgj" and shown["first_unit_answers"]
    refused = desk.act("dispatcher", ticket, "reassign", {"lead_unit": "swj", "reason": "改派"})
    assert refused.status_code == 422 and "首接负责制" in refused.json["detail"]
    assert desk.do("clerk.cgj", ticket, "sign")["state"] == "handling", "until it is decided the first unit goes on"
    returns.do("clerk.cgj", request, "cancel")
    assert desk.do("dispatcher", ticket, "reassign", lead_unit="swj", reason="改派")["lead_unit"]["code"] == "swj"
